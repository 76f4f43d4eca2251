import { gapEntry } from './entry.js';

/** Lists of entries, ordered by number. Pure functions. */

export function lastOf(list) {
  return list[list.length - 1];
}

/** The entries, with a gap wherever numbers are missing between two of them. */
export function withGaps(entries) {
  const all = [];
  for (const entry of entries) {
    const before = lastOf(all);
    if (before && entry.seq > before.seq + 1) {
      all.push(gapEntry(before.seq + 1, entry.seq - 1, 'retention'));
    }
    all.push(entry);
  }
  return all;
}

/** Of numbers in ascending order, those greater than one. */
export function above(seqs, seq) {
  return seqs.length > 0 && seqs[0] <= seq ? seqs.filter((one) => one > seq) : seqs;
}

/** The entries before a number; a gap across it is cut. */
export function below(list, seq) {
  const kept = list.filter((entry) => entry.seq < seq);
  const last = kept.pop();
  if (last?.kind === 'gap' && last.to >= seq) {
    return last.from < seq ? [...kept, gapEntry(last.from, seq - 1, last.why)] : kept;
  }
  return last === undefined ? kept : [...kept, last];
}

/** The index of the entry with that seq, or -1. */
export function indexOf(list, seq) {
  const i = lowerBound(list, seq);
  return list[i]?.seq === seq ? i : -1;
}

/** The entry with that seq, or null. */
export function entryAt(list, seq) {
  const i = indexOf(list, seq);
  return i < 0 ? null : list[i];
}

/** The index of the first entry with that seq or a greater one. */
export function lowerBound(entries, seq) {
  return firstIndex(entries, (entry) => entry.seq >= seq);
}

/** The index after the last entry with that seq or a smaller one. */
export function upperBound(entries, seq) {
  return firstIndex(entries, (entry) => entry.seq > seq);
}

/** Binary search for the first entry with a property that all later ones have, too. */
function firstIndex(entries, has) {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (has(entries[middle])) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
