package io.chatroom.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.Journal.Line;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoredLogs;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredJournalTest {

  @TempDir Path directory;
  private StoredLogs logs;
  private Journal journal;

  @BeforeEach
  void open() throws Exception {
    logs = StoredLogs.open(directory, Retention.FOREVER, InstantSource.system());
    journal = logs.journal().open();
  }

  @AfterEach
  void close() throws Exception {
    journal.close();
    logs.close();
  }

  @Test
  void readsAllRoomsInTheOrderInWhichTheyWereStored() throws Exception {
    assertThat(journal.newest()).isZero();
    assertThat(journal.after(0, 10)).isEmpty();
    RoomLog lobby = room("lobby");
    RoomLog other = room("other");
    say(lobby, "ann", "one");
    say(other, "bob", "two");
    say(lobby, "ann", "three");

    List<Line> all = journal.after(0, 10);
    assertThat(all).extracting(Line::room).containsExactly("lobby", "other", "lobby");
    assertThat(all).extracting(line -> line.message().seq()).containsExactly(1L, 1L, 2L);
    assertThat(all).extracting(line -> line.message().from()).containsExactly("ann", "bob", "ann");
    assertThat(all)
        .extracting(line -> line.message().text())
        .containsExactly("one", "two", "three");
    assertThat(journal.newest()).isEqualTo(all.get(2).n());
    assertThat(journal.after(all.get(0).n(), 1)).isEqualTo(all.subList(1, 2));
    assertThat(journal.after(all.get(2).n(), 10)).isEmpty();
  }

  @Test
  void readsTheRequestedLines() throws Exception {
    RoomLog lobby = room("lobby");
    RoomLog other = room("other");
    say(other, "bob", "zero");
    say(lobby, "ann", "one");
    say(lobby, "ann", "two");
    List<Line> all = journal.after(0, 10);
    long last = journal.newest();

    assertThat(journal.at(List.of(last, 99L, all.get(0).n())))
        .containsExactlyInAnyOrder(all.get(0), all.get(2));
    assertThat(journal.numberFrom("lobby", 1)).isEqualTo(all.get(1).n());
    assertThat(journal.numberFrom("lobby", 2)).isEqualTo(last);
    assertThat(journal.numberFrom("lobby", 3)).isZero();
    assertThat(journal.numberFrom("no", 1)).isZero();
    assertThat(journal.forgotten()).containsOnlyKeys("lobby", "other").containsEntry("lobby", 0L);
  }

  /** A line can have any size, but a read is bounded. */
  @Test
  void boundsARead() throws Exception {
    RoomLog lobby = room("lobby");
    for (int i = 0; i < 10; i++) {
      say(lobby, "ann", "x".repeat(60_000));
    }
    List<Line> some = journal.after(0, 1_000);
    assertThat(some).hasSizeBetween(1, 9);
  }

  @Test
  void notifiesOfCommits() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    logs.whenCommitted(told::countDown);
    say(room("lobby"), "ann", "one");
    assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void isTheSameAfterARestart() throws Exception {
    say(room("lobby"), "ann", "one");
    String name = journal.name();
    List<Line> all = new ArrayList<>(journal.after(0, 10));
    close();
    open();

    assertThat(journal.name()).isEqualTo(name);
    say(room("lobby"), "ann", "two");
    assertThat(journal.after(0, 10)).hasSize(2).startsWith(all.get(0));
  }

  private RoomLog room(String name) {
    RoomLog log = logs.open(name, () -> {});
    log.follow(new Ignoring());
    return log;
  }

  private void say(RoomLog log, String from, String text) {
    log.append(RoomLogContract.burst(from, text));
    logs.settle(Duration.ofSeconds(60));
  }

  private static final class Ignoring implements RoomLog.Follower {

    @Override
    public void next(Burst burst, long firstSeq, long atMillis) {
      burst.release();
    }

    @Override
    public void repeated(Author author, Post post, long seq, long atMillis) {}

    @Override
    public void reused(Author author, Post post) {}

    @Override
    public void delivered() {}

    @Override
    public void refused(Burst burst, Refusal why) {}

    @Override
    public void reset(Position to) {}
  }
}
