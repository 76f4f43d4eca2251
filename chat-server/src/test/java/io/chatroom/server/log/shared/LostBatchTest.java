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
import io.chatroom.server.log.shared.Found.Use;
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

/** What was stored, and not handed on before its room began a new epoch. */
class LostBatchTest implements SharedLog.Keeper, RoomLog.Follower {

  private static final byte[] NAME = "3         ann".getBytes(UTF_8);
  private static final Author ANN = () -> NAME;

  private final Postgres postgres = Postgres.shared();
  private final String store = postgres.newStore();
  private final BurstStore here = new BurstStore(new byte[] {1});
  private final List<Long> heard = new ArrayList<>();
  private final List<Position> resets = new ArrayList<>();
  private SharedDatabase database;
  private Connection connection;
  private SharedLog log;
  private long marks;
  private int writes;

  /** Another server says something that ours has not heard; ours says something behind it. */
  @BeforeEach
  void say() throws IOException, SQLException {
    database = SharedDatabase.open(Objects.requireNonNull(StoreAddress.parse(store)));
    connection = database.take();
    SharedRoom room = RoomQuery.load(connection, "tea");
    log = new SharedLog(room, this, new RecentMessages.Memory(1_000_000));
    log.opened(() -> {});
    log.follow(this);
    Batch others = new Batch(List.of(burst("before")), 1);
    new BurstStore(new byte[] {2}).store(connection, room, others);
    others.release();
    log.append(burst("ours"));
    store(Objects.requireNonNull(log.take()));
    assertThat(log.take()).isNull();
    assertThat(heard).isEmpty();
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

  private Use find() throws SQLException {
    Found found =
        RoomQuery.behind(connection, new byte[] {1}, List.of(Objects.requireNonNull(log.wanted())))
            .get("tea");
    return log.found(Objects.requireNonNull(found));
  }

  private List<String> texts() {
    return postgres.query(store, "SELECT text FROM message ORDER BY seq");
  }

  /** A standby that has not got it takes over. */
  @Test
  void isStoredAnewWhereItIsGone() throws SQLException {
    postgres.execute(
        store,
        "DELETE FROM message WHERE seq = 2",
        "UPDATE room SET newest = 1, epoch = 'other', at = (SELECT at FROM message)");
    writes = 0;
    find();
    assertThat(resets).containsExactly(new Position("other", 1));
    assertThat(writes).as("somebody is sent for it").isEqualTo(1);

    assertThat(log.hasWaiting()).isTrue();
    BurstStore.Stored stored = store(Objects.requireNonNull(log.take()));
    assertThat(stored.firstSeq()).isEqualTo(2);
    assertThat(heard).containsExactly(2L);
    assertThat(texts()).containsExactly("before", "ours");
    assertThat(log.isEmpty()).isTrue();
    assertThat(log.take()).isNull();
  }

  /** Something else was gone. */
  @Test
  void isNotStoredTwiceWhereItIsThere() throws SQLException {
    postgres.execute(store, "UPDATE room SET epoch = 'other'");
    find();
    store(Objects.requireNonNull(log.take()));

    assertThat(texts()).containsExactly("before", "ours");
    assertThat(log.isEmpty()).isTrue();
    assertThat(log.room().newest()).isEqualTo(2);
  }

  @Test
  void isGivenBackWhereTheLogIsClosed() throws SQLException {
    postgres.execute(store, "UPDATE room SET epoch = 'other'");
    find();
    log.close();
    assertThat(log.isEmpty()).isTrue();
  }

  // ---- the log's keeper and follower

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
    heard.add(firstSeq);
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
  public void handedOn() {}

  @Override
  public void refused(Burst burst, Refusal why) {
    throw new AssertionError();
  }

  @Override
  public void reset(Position to) {
    resets.add(to);
  }
}
