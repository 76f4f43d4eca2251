package io.chatroom.server.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScanSearchTest extends SearchContract {

  @Override
  Search create() {
    return new ScanSearch();
  }

  /** Rooms are merged by time; within a room its own order counts, whatever the clock does. */
  @Test
  void mergesRoomsEvenIfTheClockGoesBack() {
    long[] lobby = {9, 3, 10};
    long[] other = {1, 8, 7};
    for (long at : lobby) {
      kept.say("lobby", "ann", "tea lobby " + at, at);
    }
    for (long at : other) {
      kept.say("other", "ann", "tea other " + at, at);
    }
    List<String> expected =
        List.of(
            "tea lobby 10",
            "tea other 7",
            "tea other 8",
            "tea lobby 3",
            "tea lobby 9",
            "tea other 1");
    for (int limit = 1; limit <= 7; limit++) {
      List<String> found = new ArrayList<>();
      @Nullable Long place = null;
      do {
        Found page = find("tea", List.of("lobby", "other"), place, limit);
        page.hits().forEach(hit -> found.add(hit.message().text()));
        place = page.next();
      } while (place != null);
      assertThat(found).as("%d at once", limit).isEqualTo(expected);
    }
  }

  @Test
  void stopsEarly() {
    Searched endless =
        new Searched() {

          @Override
          public String key() {
            return "lobby";
          }

          @Override
          public Position newest() {
            return new Position("x", 30_000);
          }

          @Override
          public long oldest() {
            return 1;
          }

          @Override
          public CompletionStage<Slice> read(Position after, int limit) {
            List<Message> some =
                LongStream.rangeClosed(after.seq() + 1, after.seq() + limit)
                    .mapToObj(seq -> new Message(seq, seq, "ann", "coffee", null))
                    .toList();
            return CompletableFuture.completedFuture(new Slice("x", 1, 30_000, some));
          }
        };
    assertThat(
            search
                .find(new Wanted(Query.of("tea"), List.of(endless), true, null, 5, PLENTY))
                .toCompletableFuture()
                .join())
        .isEqualTo(new Found(List.of(), null, false));
  }
}
