package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The model: the entry at each sequence number of each room, as first received by anybody. All
 * other received objects are checked against it, and at the end the model itself is checked.
 */
final class RoomOrders {

  /** Prefix of a text that is posted only once, except in repeated posts. */
  static final String POSTED_ONCE = "P";

  /** Prefix of a text that is posted with the id of another post. */
  static final String OTHER_TEXT = "Q";

  private final String seed;
  private final Map<String, SortedMap<Long, Said>> rooms = new HashMap<>();

  /** Acknowledged rooms and numbers; each must be acknowledged to one author only. */
  private final Set<String> acknowledged = new HashSet<>();

  private final List<Gone> lagged = new ArrayList<>();
  private boolean otherTextExpected;

  /** The numbers reported as deleted, by room. */
  private final Map<String, List<Long>> deleted = new HashMap<>();

  /** Rooms and numbers for which a deletion was requested. */
  private final Set<String> unwanted = new HashSet<>();

  /**
   * What stands at one number.
   *
   * @param text null also where a message was deleted
   */
  record Said(String from, @Nullable String text, long at, boolean message) {

    boolean isDeleted() {
      return message && text == null;
    }

    boolean isAs(Said other) {
      return from.equals(other.from)
          && at == other.at
          && message == other.message
          && (isDeleted() || other.isDeleted() || Objects.equals(text, other.text));
    }
  }

  /** A gap with the reason lagged was received. */
  private record Gone(String room, long to) {}

  RoomOrders(String seed, List<String> names) {
    this.seed = seed;
    names.forEach(room -> rooms.put(room, new TreeMap<>()));
    names.forEach(room -> deleted.put(room, new ArrayList<>()));
  }

  private SortedMap<Long, Said> of(String room) {
    return LawScene.isPrivate(room)
        ? rooms.computeIfAbsent(room, name -> new TreeMap<>())
        : Objects.requireNonNull(rooms.get(room), room);
  }

  /** A message was received; all others must receive the same. */
  void stands(String room, long seq, Said said) {
    Said before = of(room).putIfAbsent(seq, said);
    if (before != null) {
      assertThat(said)
          .as("%s, one order: %s of %s", seed, seq, room)
          .matches(before::isAs, "as " + before);
      if (before.isDeleted()) {
        of(room).put(seq, said);
      }
    }
    if (said.isDeleted()) {
      assertThat(isUnwanted(room, seq)).as("%s, somebody deleted %s", seed, seq).isTrue();
    }
  }

  /** A deletion is requested. */
  void wantDeleted(String room, long seq) {
    unwanted.add(room + " " + seq);
  }

  boolean isUnwanted(String room, long seq) {
    return unwanted.contains(room + " " + seq);
  }

  /** A deletion was reported. */
  void deleted(String room, long seq) {
    assertThat(isUnwanted(room, seq)).as("%s, somebody deleted %s", seed, seq).isTrue();
    assertThat(of(room).get(seq)).as("%s, it is a message", seed).matches(Said::message);
    if (!deletions(room).contains(seq)) {
      deletions(room).add(seq);
    }
  }

  private List<Long> deletions(String room) {
    return LawScene.isPrivate(room)
        ? deleted.computeIfAbsent(room, name -> new ArrayList<>())
        : Objects.requireNonNull(deleted.get(room), room);
  }

  /** The number of deletions reported so far. */
  int deletedUntilNow(String room) {
    return deletions(room).size();
  }

  /**
   * What is asked for is without a text that was deleted before.
   *
   * @param before as {@link #deletedUntilNow} said when it was asked for
   */
  void isWithoutDeleted(String room, long seq, @Nullable String text, int before) {
    assertThat(text == null || !deletions(room).subList(0, before).contains(seq))
        .as("%s, S-31: %s of %s has no text any more: %s", seed, seq, room, text)
        .isTrue();
  }

  /** A number was acknowledged to its author. */
  void acknowledged(String room, long seq) {
    assertThat(acknowledged.add(room + " " + seq)).as("one author").isTrue();
  }

  /** All messages up to this number were reported as no longer kept. */
  void lagged(String room, long to) {
    lagged.add(new Gone(room, to));
  }

  boolean knows(String room, long seq) {
    return of(room).containsKey(seq);
  }

  /** The newest known number of a room; 0 if there is none. */
  long newest(String room) {
    SortedMap<Long, Said> all = of(room);
    return all.isEmpty() ? 0 : all.lastKey();
  }

  /** The number of known messages of a room. */
  int size(String room) {
    return of(room).size();
  }

  /**
   * Such a text stands somewhere, as the one that had its id was forgotten; it may not have been
   * heard yet.
   */
  void expectOtherText() {
    otherTextExpected = true;
  }

  private boolean hasOtherText() {
    return rooms.values().stream()
        .flatMap(all -> all.values().stream())
        .anyMatch(said -> said.text != null && said.text.startsWith(OTHER_TEXT));
  }

  /** The messages of a room without those of one author, as seed members receive them. */
  List<String> messages(String room, String butFrom) {
    return of(room).values().stream()
        .filter(said -> said.message && !said.from.equals(butFrom))
        .map(said -> said.from + ": " + said.text)
        .toList();
  }

  /** Checks that are possible only at the end. */
  void lookBack(int historyMessages) {
    rooms.forEach((room, all) -> lookBack(room, all, historyMessages));
    assertThat(!otherTextExpected || hasOtherText()).as("%s, S-55, id-reused", seed).isTrue();
    for (Gone gone : lagged) {
      if (LawScene.isPrivate(gone.room)) {
        continue; // messages without any receiver are not known
      }
      long newest = size(gone.room);
      assertThat(gone.to)
          .as("%s, a gap is for dropped messages: from %s of %s", seed, gone.room, newest)
          .isLessThanOrEqualTo(newest - historyMessages);
    }
  }

  private void lookBack(String room, SortedMap<Long, Said> all, int historyMessages) {
    if (!all.isEmpty() && !LawScene.isPrivate(room)) {
      assertThat(all.lastKey()).as("%s, %s is dense", seed, room).isEqualTo(all.size());
    }
    long at = 0;
    Map<String, Long> seqs = new HashMap<>();
    for (Map.Entry<Long, Said> one : all.entrySet()) {
      assertThat(one.getValue().at).as("%s, times are in order", seed).isGreaterThanOrEqualTo(at);
      at = one.getValue().at;
      String text = one.getValue().text;
      if (text != null && one.getValue().message && text.startsWith(POSTED_ONCE)) {
        Long before = seqs.put(text, one.getKey());
        assertThat(before == null || before < one.getKey() - historyMessages)
            .as("%s, S-55: %s stands at %s and %s", seed, text, before, one.getKey())
            .isTrue();
      }
    }
  }
}
