package io.chatroom.server.log.shared;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.Author;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RecentMessages;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import io.chatroom.server.postgres.Postgres;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches that were stored but not delivered before their room began a new epoch. */
class LostBatchTest implements SharedLog.Services, RoomLog.Follower {

  private static final byte[] NAME = "3         ann".getBytes(UTF_8);
  private static final Author ANN = () -> NAME;

  private final Postgres postgres = Postgres.shared();
  private final String store = postgres.newStore();
  private final BurstStore here = new BurstStore(new byte[] {1});
  private final List<Long> delivered = new ArrayList<>();
  private final List<Position> resets = new ArrayList<>();
  private SharedDatabase database;
  private Connection connection;
  private SharedLog log;
  private long marks;
  private int writes;

  /** Another server stores a message that ours has not read; ours stores one after it. */
  @BeforeEach
  void store() throws IOException, SQLException {
    database = SharedDatabase.open(Objects.requireNonNull(StoreAddress.parse(store)));
    connection = database.take();
    SharedRoom room = RoomQuery.load(connection, "tea");
    log = new SharedLog(room, this, new RecentMessages.Memory(1_000_000));
    log.opened(() -> {});
    log.follow(this);
    Batch earlier = new Batch(List.of(burst("before")), 1);
    new BurstStore(new byte[] {2}).store(connection, room, earlier);
    earlier.release();
    log.append(burst("ours"));
    store(Objects.requireNonNull(log.take()));
    assertThat(log.take()).isNull();
    assertThat(delivered).isEmpty();
    assertThat(log.isEmpty()).isFalse();
  }

  @AfterEach
  void close() throws SQLException {
    log.close();
    connection.close();
    database.close();
  }

  private static Burst burst(String text) {
    Burst burst = new Burst(Unpooled.directBuffer());
    burst.add(
        ANN, Unpooled.wrappedBuffer("%-10d%s".formatted(text.length(), text).getBytes(UTF_8)));
    burst.seal();
    return burst;
  }

  private BurstStore.Stored store(Batch batch) throws SQLException {
    BurstStore.Stored stored =
        Objects.requireNonNull(here.store(connection, log.room(), batch), "nothing stored");
    log.stored(batch, stored);
    return stored;
  }

  private void catchUp() throws SQLException {
    RoomSnapshot.Request request = Objects.requireNonNull(log.nextRequest());
    RoomSnapshot snapshot =
        RoomQuery.snapshots(connection, new byte[] {1}, List.of(request)).get("tea");
    log.apply(Objects.requireNonNull(snapshot));
  }

  private List<String> texts() {
    return postgres.query(store, "SELECT text FROM message ORDER BY seq");
  }

  /** As after a failover to a standby that lacks the batch. */
  @Test
  void aLostBatchIsStoredAgain() throws SQLException {
    postgres.execute(
        store,
        "DELETE FROM message WHERE seq = 2",
        "UPDATE room SET newest = 1, epoch = 'other', at = (SELECT at FROM message)");
    writes = 0;
    catchUp();
    assertThat(resets).containsExactly(new Position("other", 1));
    assertThat(writes).as("a writer is scheduled").isEqualTo(1);

    assertThat(log.hasWaiting()).isTrue();
    BurstStore.Stored stored = store(Objects.requireNonNull(log.take()));
    assertThat(stored.firstSeq()).isEqualTo(2);
    assertThat(delivered).containsExactly(2L);
    assertThat(texts()).containsExactly("before", "ours");
    assertThat(log.isEmpty()).isTrue();
    assertThat(log.take()).isNull();
  }

  /** As after the loss of another message. */
  @Test
  void aBatchThatIsStillThereIsNotStoredTwice() throws SQLException {
    postgres.execute(store, "UPDATE room SET epoch = 'other'");
    catchUp();
    store(Objects.requireNonNull(log.take()));

    assertThat(texts()).containsExactly("before", "ours");
    assertThat(log.isEmpty()).isTrue();
    assertThat(log.room().newest()).isEqualTo(2);
  }

  @Test
  void closingTheLogReleasesTheBatch() throws SQLException {
    postgres.execute(store, "UPDATE room SET epoch = 'other'");
    catchUp();
    log.close();
    assertThat(log.isEmpty()).isTrue();
  }

  // ---- the log's services and follower

  @Override
  public void write(SharedLog room) {
    writes++;
  }

  @Override
  public void catchUp(SharedLog room) {}

  @Override
  public void waits(long bytes) {}

  @Override
  public void settled(long bytes) {}

  @Override
  public long nextMark() {
    return ++marks;
  }

  @Override
  public CompletionStage<Slice> read(SharedLog room, Position after, int limit) {
    throw new AssertionError();
  }

  @Override
  public void closed(SharedLog room) {}

  @Override
  public void next(Burst burst, long firstSeq, long atMillis) {
    delivered.add(firstSeq);
    burst.release();
  }

  @Override
  public void repeated(Author author, Post post, long seq, long atMillis) {
    throw new AssertionError();
  }

  @Override
  public void reused(Author author, Post post) {
    throw new AssertionError();
  }

  @Override
  public void delivered() {}

  @Override
  public void refused(Burst burst, Refusal why) {
    throw new AssertionError();
  }

  @Override
  public void reset(Position to) {
    resets.add(to);
  }
}
