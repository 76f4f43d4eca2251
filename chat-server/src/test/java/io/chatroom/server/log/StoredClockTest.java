package io.chatroom.server.log;

import static io.chatroom.server.log.RoomLogContract.before;
import static io.chatroom.server.log.RoomLogContract.burst;
import static io.chatroom.server.log.RoomLogContract.follow;
import static io.chatroom.server.log.RoomLogContract.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.RoomLogContract.Heard;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoredLogs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clocks can be set back and forth; the order is the log's and not theirs. */
class StoredClockTest {

  private static final int MESSAGES = 300;
  private static final int RESTART_EVERY = 100;
  private static final long TWO_WEEKS = Duration.ofDays(14).toMillis();

  @TempDir Path directory;

  @Test
  void twoWeeksBackAndForthChangeNoOrder() throws IOException {
    Random random = new Random(14);
    AtomicLong now = new AtomicLong(Instant.parse("2026-11-26T12:00:00Z").toEpochMilli());
    InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    List<String> said = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    StoredLogs logs = StoredLogs.open(directory, Retention.FOREVER, clock);
    Heard heard = follow(logs.open("tea", () -> {}));
    String epoch = heard.log.newest().epoch();
    for (int i = 1; i <= MESSAGES; i++) {
      now.addAndGet(random.nextLong(-TWO_WEEKS, TWO_WEEKS));
      heard.log.append(burst("ann", "" + i));
      heard.await((i - 1) % RESTART_EVERY + 1);
      said.add("" + i);
      times.add(now.get());
      if (i % RESTART_EVERY == 0) {
        logs.close();
        logs = StoredLogs.open(directory, Retention.FOREVER, clock);
        heard = follow(logs.open("tea", () -> {}));
        assertThat(heard.log.newest()).isEqualTo(new Position(epoch, i));
      }
    }

    List<Message> all = read(heard.log, before(heard.log, 1), MESSAGES).messages();
    assertThat(all)
        .extracting(Message::seq)
        .isEqualTo(LongStream.rangeClosed(1, MESSAGES).boxed().toList());
    assertThat(all).extracting(Message::text).isEqualTo(said);
    assertThat(all).extracting(Message::atMillis).isEqualTo(times);
    logs.close();
  }
}
