/** Lists of entries, which are in the order of their numbers. Pure functions. */

/** What an entry takes beside its text, about. */
const ENTRY_CHARS = 200;

/** Whether it counts as unread until it was read. */
export function isToBeHeard(entry) {
  return entry.kind === 'message' && !entry.mine && !entry.deleted && !entry.hidden;
}

/** Whether it is one: what was kept may be of another version, or somebody has had their hands in it. */
export function isEntry(entry) {
  return Number.isFinite(entry?.seq) && typeof entry.kind === 'string' && typeof entry.text === 'string';
}

/** Stands for numbers that are missing, half a number below its first. */
export function gapEntry(from, to, why) {
  const base = { seq: from - 0.5, at: 0, kind: 'gap', from, to, why, owned: false, text: '' };
  return { ...base, replyTo: null, mine: false, mention: false, deleted: false, hidden: false };
}

export function charsOf(entry) {
  return ENTRY_CHARS + entry.text.length;
}

export function lastOf(list) {
  return list[list.length - 1];
}

/** Those of some numbers in order that are above one. */
export function above(seqs, seq) {
  return seqs.length > 0 && seqs[0] <= seq ? seqs.filter((one) => one > seq) : seqs;
}

/** What comes before a number; a gap may have to end before it. */
export function below(list, seq) {
  const kept = list.filter((entry) => entry.seq < seq);
  const last = kept.pop();
  if (last?.kind === 'gap' && last.to >= seq) {
    return last.from < seq ? [...kept, gapEntry(last.from, seq - 1, last.why)] : kept;
  }
  return last === undefined ? kept : [...kept, last];
}

/** The place of the entry with that seq, or -1. */
export function indexOf(list, seq) {
  const i = lowerBound(list, seq);
  return list[i]?.seq === seq ? i : -1;
}

/** The entry with that seq, or null. */
export function entryAt(list, seq) {
  const i = indexOf(list, seq);
  return i < 0 ? null : list[i];
}

/** The place of the first entry with that seq, or above. */
export function lowerBound(entries, seq) {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle].seq < seq) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The place behind the last entry with that seq, or below. */
export function upperBound(entries, seq) {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle].seq <= seq) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
