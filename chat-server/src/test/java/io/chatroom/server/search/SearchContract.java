package io.chatroom.server.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of every implementation of search. */
abstract class SearchContract {

  static final long PLENTY = 1_000_000;

  final KeptLines kept = new KeptLines();
  Search search;

  /** Makes the search to test. */
  abstract Search create();

  @BeforeEach
  final void open() {
    search = create();
  }

  @AfterEach
  final void close() {
    search.close();
  }

  final void reopen() {
    close();
    open();
  }

  @Test
  void findsTheNewestFirst() {
    kept.say("lobby", "ann", "green tea");
    kept.say("lobby", "bob", "coffee");
    kept.say("lobby", "ann", "TEA again");

    assertThat(found("tea")).containsExactly("TEA again", "green tea");
    assertThat(found("tea from:ann green")).containsExactly("green tea");
    assertThat(found("from:bob")).containsExactly("coffee");
    assertThat(found("")).isEmpty();
    assertThat(found("?!")).isEmpty();
    assertThat(found("teapot")).isEmpty();
  }

  @Test
  void findsTheLatestMessages() {
    for (int i = 0; i < 50; i++) {
      kept.say("lobby", "ann", "number " + i);
      assertThat(found("number", 1)).containsExactly("number " + i);
    }
  }

  @Test
  void searchesOnlyReadableRooms() {
    kept.say("lobby", "ann", "tea in the lobby");
    kept.say("secret", "ann", "tea in secret");

    assertThat(found("tea")).containsExactly("tea in the lobby");
    assertThat(found("tea in:secret")).isEmpty();
    assertThat(find("tea in:secret", List.of("lobby", "secret"), null, 9).hits())
        .extracting(hit -> hit.message().text())
        .containsExactly("tea in secret");
    assertThat(find("tea", List.of(), null, 9).hits()).isEmpty();
  }

  /** Typed text and names cannot pass for the tags of the index. */
  @Test
  void textsCannotForgeTags() {
    kept.say("secret", "ann", "tea");
    kept.say("lobby", "lobby", "coffee");

    for (String query :
        List.of(
            "\uE000secret",
            "\"\" OR \"\uE000secret\"",
            "tea OR in:secret",
            "tea\" OR \"tea",
            "from:\uE000secret",
            "from:*",
            "*")) {
      assertThat(found(query)).as(query).doesNotContain("tea");
    }
  }

  @Test
  void continuesAfterAPage() {
    for (int i = 0; i < 25; i++) {
      kept.say(i % 3 == 0 ? "other" : "lobby", "ann", (i % 2 == 0 ? "even " : "odd ") + i);
    }
    List<String> pages = new ArrayList<>();
    Long place = null;
    do {
      Found page = find("even", List.of("lobby", "other"), place, 4);
      page.hits().forEach(hit -> pages.add(hit.message().text()));
      kept.say("lobby", "ann", "even newer");
      place = page.next();
    } while (place != null);

    assertThat(pages)
        .isEqualTo(IntStream.rangeClosed(0, 12).mapToObj(i -> "even " + (24 - 2 * i)).toList());
  }

  /** In one room, a page can continue at any number. */
  @Test
  void continuesAtANumberInOneRoom() {
    for (int i = 1; i <= 10; i++) {
      kept.say("lobby", "ann", "tea " + i);
      kept.say("other", "ann", "tea of others");
    }
    kept.forget("lobby", 2);
    List<Searched> lobby = kept.searched("lobby");
    for (int before = 1; before <= 12; before++) {
      Found page = find(new Wanted(Query.of("tea"), lobby, true, (long) before, 3, PLENTY));
      assertThat(page.hits())
          .extracting(hit -> hit.message().text())
          .isEqualTo(
              IntStream.iterate(Math.min(before - 1, 10), i -> i - 1)
                  .limit(3)
                  .filter(i -> i > 2)
                  .mapToObj(i -> "tea " + i)
                  .toList());
      assertThat(page.next()).isEqualTo(before > 6 ? (Long) Math.min(before - 3L, 8L) : null);
    }
  }

  @Test
  void reportsTheLastPage() {
    kept.say("lobby", "ann", "tea 1");
    kept.say("lobby", "ann", "tea 2");

    assertThat(find("tea", List.of("lobby"), null, 2).next()).isNull();
    assertThat(find("tea", List.of("lobby"), null, 1).next()).isNotNull();
  }

  @Test
  void limitsThePage() {
    for (int i = 0; i < 5; i++) {
      kept.say("lobby", "ann", "tea " + "x".repeat(1_000));
    }
    Found page =
        search
            .find(new Wanted(Query.of("tea"), kept.searched("lobby"), true, null, 50, 1_500))
            .toCompletableFuture()
            .join();
    assertThat(page.hits()).hasSize(2);
    assertThat(page.next()).isNotNull();
  }

  /** Whatever the clock does, the order is that of the posts. */
  @Test
  void matchesDaysEvenIfTheClockGoesBack() {
    long day = 86_400_000;
    long[] days = {10, 11, 9, 10, 12, 8, 12};
    for (int i = 0; i < days.length; i++) {
      kept.say("lobby", "ann", "tea " + i, days[i] * day + i);
    }
    assertThat(found("tea")).containsExactly(said(6, 5, 4, 3, 2, 1, 0));
    assertThat(found("tea before:1970-01-12")).containsExactly(said(5, 3, 2, 0));
    assertThat(found("tea after:1970-01-12")).containsExactly(said(6, 4, 1));
    assertThat(found("after:1970-01-11 before:1970-01-12")).containsExactly(said(3, 0));
    assertThat(found("tea before:1970-01-01")).isEmpty();
    assertThat(found("tea after:1971")).isEmpty();
  }

  private static String[] said(int... numbers) {
    return IntStream.of(numbers).mapToObj(i -> "tea " + i).toArray(String[]::new);
  }

  /** With any number of rooms and of prefixes. */
  @Test
  void findsInManyRooms() {
    List<String> mine = IntStream.range(0, 30).mapToObj(i -> "room" + i).toList();
    for (int i = 0; i < 600; i++) {
      kept.say("room" + i % 30, "ann", "tea " + i);
      kept.say("secret" + i % 40, "ann", "tea of others");
    }
    for (int i = 0; i < 200; i++) {
      kept.say("secret", "ann", "tea of others");
    }
    assertThat(find("tea", mine, null, 3).hits())
        .extracting(hit -> hit.message().text())
        .containsExactly("tea 599", "tea 598", "tea 597");
    assertThat(find("after:2026-01-01", mine, null, 1).hits()).hasSize(1);
    assertThat(find("te* t* 5* 59* 598* \"tea 59*\" \"tea 5*\"", mine, null, 9).hits())
        .extracting(hit -> hit.message().text())
        .containsExactly("tea 598");
    assertThat(find("from:a* from:b* from:c* from:d* from:e* 17", mine, null, 9).hits()).hasSize(1);
    assertThat(find("others", mine, null, 9).hits()).isEmpty();
  }

  @Test
  void neverFailsForAnyText() {
    Random random = new Random(11);
    for (int i = 0; i < 100; i++) {
      kept.say("lobby", RandomText.of(random, 4), RandomText.of(random, 20));
    }
    for (int i = 0; i < 300; i++) {
      String typed = RandomText.of(random, 12);
      Found found = find(typed, List.of("lobby", "other"), null, 5);
      assertThat(found.complete()).as(typed).isTrue();
      found.hits().forEach(hit -> assertThat(Query.of(typed).matches(hit.message())).isTrue());
    }
  }

  @Test
  void findsNoTopics() {
    kept.topic("lobby", "tea");
    assertThat(found("tea")).isEmpty();
  }

  final void sayTea(int times) {
    for (int i = 0; i < times; i++) {
      kept.say("lobby", "ann", "tea");
    }
  }

  final List<String> found(String query) {
    return found(query, 50);
  }

  final List<String> found(String query, int limit) {
    return find(query, List.of("lobby"), null, limit).hits().stream()
        .map(hit -> hit.message().text())
        .toList();
  }

  final Found find(String query, List<String> rooms, @Nullable Long place, int limit) {
    List<Searched> searched = kept.searched(rooms.toArray(String[]::new));
    return find(new Wanted(Query.of(query), searched, false, place, limit, PLENTY));
  }

  final Found find(Wanted wanted) {
    return complete(() -> search.find(wanted).toCompletableFuture().join());
  }

  /** On a busy machine, the index may need longer than a search waits for it. */
  static Found complete(Supplier<Found> search) {
    Found found = search.get();
    for (int again = 0; !found.complete() && again < 60; again++) {
      found = search.get();
    }
    return found;
  }
}
