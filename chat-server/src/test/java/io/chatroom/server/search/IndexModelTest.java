package io.chatroom.server.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.Journal.Line;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index finds the same as a full scan, after any posts, deletions and restarts. */
class IndexModelTest {

  private static final List<String> ROOMS =
      List.of("lobby", "other", "empty", "third", "a", "b", "c", "d", "e", "f", "g");
  private static final List<String> AUTHORS = List.of("ann", "Bob", "Zoë", "ann lee", "李雷");
  private static final List<String> WORDS =
      List.of(
          "build",
          "is",
          "green",
          "builds",
          "deploy",
          "deployed",
          "Zoë",
          "zoe",
          "東京",
          "東京都",
          "京都",
          "都",
          "部署",
          "部",
          "署部",
          "a",
          "b",
          "a",
          "10.0.0.1",
          "🎉",
          "ห้อง",
          "foo_bar");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void findsTheSameAsAFullScan(long seed) throws Exception {
    Random random = new Random(seed);
    KeptLines kept = new KeptLines();
    IndexSearch search = IndexSearch.open(directory, () -> kept);
    try {
      for (int step = 0; step < 250; step++) {
        switch (random.nextInt(40)) {
          case 0 -> forget(random, kept);
          case 1 -> {
            List<Line> all = kept.all();
            if (!all.isEmpty()) {
              kept.delete(all.get(random.nextInt(all.size())));
            }
          }
          case 2 -> kept.drop(ROOMS.get(random.nextInt(ROOMS.size())));
          case 3 -> {
            search.close();
            search = IndexSearch.open(directory, () -> kept);
          }
          case 4 -> {
            search.close();
            try (IndexWriter writer = IndexWriter.open(new IndexFile(directory), kept)) {
              while (writer.clean(kept, 1 + random.nextInt(5))) {
                // more
              }
            } catch (DoubtException e) {
              // there was none yet, or another
            } finally {
              search = IndexSearch.open(directory, () -> kept);
            }
          }
          default -> {
            for (int i = random.nextInt(10); i > 0; i--) {
              say(random, kept);
            }
          }
        }
        compare(random, kept, search);
      }
    } finally {
      search.close();
    }
  }

  private static void say(Random random, KeptLines kept) {
    String room = ROOMS.get(random.nextInt(1 + random.nextInt(4)));
    long at = (random.nextInt(5) + 20_000) * 86_400_000L + random.nextInt(86_400_000);
    kept.say(room, AUTHORS.get(random.nextInt(AUTHORS.size())), text(random, 6), at);
  }

  private static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i >= 0; i--) {
      text.append(WORDS.get(random.nextInt(WORDS.size()))).append(random.nextInt(4) > 0 ? " " : "");
    }
    return text.toString();
  }

  private static void forget(Random random, KeptLines kept) {
    String room = ROOMS.get(random.nextInt(ROOMS.size()));
    kept.all().stream()
        .filter(line -> line.room().equals(room))
        .map(line -> line.message().seq())
        .skip(random.nextInt(10))
        .findFirst()
        .ifPresent(seq -> kept.forget(room, seq));
  }

  private static void compare(Random random, KeptLines kept, IndexSearch search) {
    String typed = query(random);
    Query query = Query.of(typed);
    List<String> rooms = ROOMS.stream().filter(room -> random.nextInt(3) > 0).toList();
    int limit = 1 + random.nextInt(10);
    List<Long> expected =
        kept.all().stream()
            .filter(line -> rooms.contains(line.room()) && query.looksInto(line.room()))
            .filter(line -> query.matches(line.message()))
            .map(Line::n)
            .sorted(Comparator.reverseOrder())
            .toList();

    List<Searched> searched = kept.searched(rooms.toArray(String[]::new));
    List<Long> found = new ArrayList<>();
    @Nullable Long place = null;
    do {
      Long from = place;
      Found page =
          SearchContract.complete(
              () ->
                  search
                      .find(new Wanted(query, searched, false, from, limit, 1_000_000))
                      .toCompletableFuture()
                      .join());
      assertThat(page.hits()).hasSizeLessThanOrEqualTo(limit);
      for (Hit hit : page.hits()) {
        found.add(kept.numberFrom(hit.room(), hit.message().seq()));
      }
      place = page.next();
    } while (place != null);
    assertThat(found).as("%s in %s", typed, rooms).isEqualTo(expected);
  }

  private static String query(Random random) {
    StringBuilder query = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      query.append(
          switch (random.nextInt(8)) {
            case 0 -> "from:" + AUTHORS.get(random.nextInt(3));
            case 1 -> "in:" + ROOMS.get(random.nextInt(ROOMS.size()));
            case 2 ->
                (random.nextBoolean() ? "before:" : "after:") + "2024-10-0" + random.nextInt(9);
            case 3 -> "\"" + text(random, 3) + (random.nextBoolean() ? "\"" : "\"*");
            case 4 -> {
              String word = WORDS.get(random.nextInt(WORDS.size()));
              yield word.substring(0, 1 + random.nextInt(word.length())) + "*";
            }
            default -> WORDS.get(random.nextInt(WORDS.size()));
          });
      query.append(' ');
    }
    return query.toString();
  }

  /** Pages read while others post contain every message exactly once. */
  @Test
  void pagesAreExactWhileOthersPost() throws Exception {
    KeptLines kept = new KeptLines();
    for (int i = 0; i < 1_000; i++) {
      kept.say("lobby", "ann", "tea");
    }
    Thread talker =
        new Thread(
            () -> {
              for (int i = 0; i < 3_000; i++) {
                kept.say(i % 2 == 0 ? "lobby" : "other", "bob", "tea");
              }
            });
    try (IndexSearch search = IndexSearch.open(directory, () -> kept)) {
      talker.start();
      for (int round = 0; round < 5; round++) {
        List<Long> seqs = new ArrayList<>();
        @Nullable Long place = null;
        do {
          Wanted wanted =
              new Wanted(Query.of("tea"), kept.searched("lobby"), true, place, 50, 1_000_000);
          Found page =
              SearchContract.complete(() -> search.find(wanted).toCompletableFuture().join());
          page.hits().forEach(hit -> seqs.add(hit.message().seq()));
          place = page.next();
        } while (place != null);
        assertThat(seqs).hasSizeGreaterThanOrEqualTo(1_000).last().isEqualTo(1L);
        for (int i = 0; i < seqs.size(); i++) {
          assertThat(seqs.get(i)).isEqualTo(seqs.size() - i);
        }
      }
    } finally {
      talker.join();
    }
  }
}
