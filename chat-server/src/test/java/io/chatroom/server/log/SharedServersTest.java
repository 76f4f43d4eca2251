package io.chatroom.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.server.log.RoomLogContract.Heard;
import io.chatroom.server.log.shared.SharedLogs;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.postgres.FaultyProxy;
import io.chatroom.server.postgres.Postgres;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several servers on one database: one order, and every message once, whatever is lost. */
class SharedServersTest {

  private final Postgres postgres = Postgres.shared();
  private final String store = postgres.newStore();
  private final List<SharedLogs> servers = new ArrayList<>();
  private final FaultyProxy proxy = new FaultyProxy(postgres.port());

  private SharedLogs server() throws IOException {
    return server(store);
  }

  private SharedLogs server(String url) throws IOException {
    return server(url, LogMetrics.NOOP);
  }

  private SharedLogs server(String url, LogMetrics metrics) throws IOException {
    SharedLogs logs = SharedLogs.open(Objects.requireNonNull(StoreAddress.parse(url)), metrics);
    servers.add(logs);
    return logs;
  }

  private SharedLogs serverOverProxy() throws IOException {
    return server(Postgres.through(proxy.port(), store));
  }

  private static Heard open(SharedLogs server, String room) {
    return RoomLogContract.follow(server.open(room, () -> {}));
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(60));
  }

  @AfterEach
  void close() {
    servers.forEach(SharedLogs::close);
    proxy.close();
  }

  @Test
  void deliverOneOrder() throws Exception {
    int rooms = 3;
    int bursts = 40;
    List<List<Heard>> heard = new ArrayList<>();
    for (int s = 0; s < 3; s++) {
      SharedLogs server = server();
      List<Heard> all = new ArrayList<>();
      for (int r = 0; r < rooms; r++) {
        all.add(open(server, "room" + r));
      }
      heard.add(all);
    }
    List<Thread> talkers = new ArrayList<>();
    for (int s = 0; s < heard.size(); s++) {
      int server = s;
      Random random = new Random(s);
      talkers.add(
          new Thread(
              () -> {
                for (int i = 0; i < bursts; i++) {
                  int room = random.nextInt(rooms);
                  Burst burst =
                      random.nextBoolean()
                          ? RoomLogContract.burst("s" + server, i + "a" + server, i + "b" + server)
                          : RoomLogContract.posts(server + "-" + i, i + "c" + server);
                  heard.get(server).get(room).log.append(burst);
                }
              }));
    }
    talkers.forEach(Thread::start);
    for (Thread talker : talkers) {
      talker.join();
    }
    patiently()
        .until(() -> heard.stream().flatMap(List::stream).allMatch(one -> one.log.isEmpty()));
    for (int r = 0; r < rooms; r++) {
      String room = "room" + r;
      long newest =
          Long.parseLong(
              postgres.query(store, "SELECT newest FROM room WHERE name = '" + room + "'").get(0));
      for (List<Heard> server : heard) {
        Heard one = server.get(r);
        patiently().until(() -> one.texts.size() == newest);
        assertThat(one.texts).isEqualTo(heard.get(0).get(r).texts);
        assertThat(numbers(one)).isEqualTo(LongStream.rangeClosed(1, newest).boxed().toList());
        List<Message> kept = RoomLogContract.read(one.log, before(one, 1), 1_000).messages();
        assertThat(kept).extracting(Message::text).isEqualTo(one.texts);
        assertThat(one.resets).isEmpty();
        assertThat(one.refused).isEmpty();
      }
    }
  }

  /** The seqs of all delivered messages; a burst's end where the next one begins. */
  private static List<Long> numbers(Heard one) {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < one.firstSeqs.size(); i++) {
      long end =
          i + 1 < one.firstSeqs.size() ? one.firstSeqs.get(i + 1) : one.log.newest().seq() + 1;
      for (long seq = one.firstSeqs.get(i); seq < end; seq++) {
        numbers.add(seq);
      }
    }
    return numbers;
  }

  private static Position before(Heard heard, long seq) {
    return new Position(heard.log.newest().epoch(), seq - 1);
  }

  @Test
  void storeAnIdOnce() throws Exception {
    SharedLogs a = server();
    SharedLogs b = server();
    Heard hereA = open(a, "tea");
    Heard hereB = open(b, "tea");
    Heard elsewhere = open(b, "coffee");
    int posts = 50;
    for (int i = 0; i < posts; i++) {
      hereA.log.append(RoomLogContract.posts("" + i, "text"));
      hereB.log.append(RoomLogContract.posts("" + i, "text"));
      elsewhere.log.append(RoomLogContract.posts("" + i, "text"));
    }
    patiently().until(() -> hereA.log.isEmpty() && hereB.log.isEmpty() && elsewhere.log.isEmpty());

    assertThat(postgres.query(store, "SELECT count(*) FROM message")).containsExactly("" + posts);
    int tea = // possibly 0: the first room to store an id has it
        Integer.parseInt(
            postgres
                .query(store, "SELECT coalesce(sum(newest), 0) FROM room WHERE name = 'tea'")
                .get(0));
    patiently().until(() -> hereA.texts.size() == tea && hereB.texts.size() == tea);
    assertThat(elsewhere.texts).hasSize(posts - tea);
    assertThat(hereA.again.size() + hereB.again.size() + elsewhere.again.size())
        .isEqualTo(2 * posts);
    for (String repeated : hereA.again) {
      assertThat(repeated).matches("\\d+ is (\\d+|another)");
    }
  }

  @Test
  void agreeOnTheEpochOfANewRoom() throws Exception {
    Heard a = open(server(), "tea");
    Heard b = open(server(), "tea");
    a.log.append(RoomLogContract.burst("ann", "1"));
    b.await(1);

    assertThat(b.log.newest()).isEqualTo(a.log.newest());
    assertThat(b.resets).isEmpty();
  }

  @Test
  void deliverTopicsAndDeletions() throws Exception {
    Heard a = open(server(), "tea");
    Heard b = open(server(), "tea");
    a.log.append(RoomLogContract.burst("ann", "1", "2"));
    Burst topic = new Burst(Unpooled.directBuffer());
    topic.add(() -> new byte[0], new RoomEvent(RoomEvent.TOPIC, "ann", null, "Te\0a"));
    topic.seal();
    a.log.append(topic);
    a.log.append(RoomLogContract.deletes(1));
    b.await(4);

    assertThat(b.log.topic()).isEqualTo("Te\0a");
    assertThat(server().open("tea", () -> {}).topic()).isEqualTo("Te\0a");
    assertThat(RoomLogContract.read(b.log, before(b, 1), 10).messages())
        .extracting(Message::text)
        .containsExactly(null, "2", "", "");
  }

  @Test
  void deliverMessagesWhoseNotificationWasLost() throws Exception {
    Heard a = open(serverOverProxy(), "tea");
    Heard b = open(server(), "tea");
    a.log.append(RoomLogContract.burst("ann", "1"));
    b.await(1);
    postgres.execute(
        store,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            + " AND datname = current_database()");
    b.log.append(RoomLogContract.burst("bob", "2"));
    a.await(2);
    postgres.execute(
        store,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    a.log.append(RoomLogContract.burst("ann", "3"));
    a.await(3);
    b.await(3);

    assertThat(b.texts).containsExactly("1", "2", "3").isEqualTo(a.texts);
  }

  /** Nothing fails: the answer of the database only takes long. */
  @Test
  void refuseBurstsThatWaitLongForTheDatabase() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    LogMetrics metrics =
        new LogMetrics() {
          @Override
          public void stored(int messages, long nanos, long syncNanos) {}

          @Override
          public void failed() {
            failures.incrementAndGet();
          }
        };
    Heard a = open(server(Postgres.through(proxy.port(), store), metrics), "tea");
    a.log.append(RoomLogContract.burst("ann", "1"));
    a.await(1);
    CountDownLatch late = proxy.lose("the late answer", FaultyProxy.Loss.TIME);
    a.log.append(RoomLogContract.burst("ann", "the late answer"));
    assertThat(late.await(60, TimeUnit.SECONDS)).isTrue();
    a.log.append(RoomLogContract.burst("ann", "3"));
    a.awaitRefused(2);
    proxy.mend();
    a.await(3);

    assertThat(a.texts).containsExactly("1", "the late answer", "3");
    assertThat(failures).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"REQUEST", "ANSWER"})
  void storeOnceAfterALostExchange(FaultyProxy.Loss loss) throws Exception {
    Heard a = open(serverOverProxy(), "tea");
    Heard b = open(server(), "tea");
    a.log.append(RoomLogContract.burst("ann", "1"));
    a.await(1);
    CountDownLatch lost = proxy.lose("the lost words", loss);
    a.log.append(RoomLogContract.burst("ann", "the lost words"));
    assertThat(lost.await(60, TimeUnit.SECONDS)).isTrue();
    b.log.append(RoomLogContract.burst("bob", "another"));
    a.awaitRefused(1);
    a.await(3);
    b.await(3);

    assertThat(a.texts)
        .isEqualTo(b.texts)
        .containsExactlyInAnyOrder("1", "the lost words", "another");
    assertThat(a.refused).containsExactly("the lost words");
    assertThat(a.resets).isEmpty();
  }

  /** A client has received more from another server than this one has delivered. */
  @Test
  void reachAPositionThatAnotherServerHasDelivered() throws Exception {
    SharedLogs late = serverOverProxy();
    Heard b = open(late, "tea");
    Heard a = open(server(), "tea");
    a.log.append(RoomLogContract.burst("ann", "1", "2"));
    a.await(2);
    CompletionStage<Void> reached = late.reach("tea", a.log.newest());
    if (reached != null) {
      reached.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    assertThat(b.log.newest()).isEqualTo(a.log.newest());
    assertThat(late.reach("tea", a.log.newest())).isNull();
    CompletionStage<Void> never =
        Objects.requireNonNull(late.reach("tea", new Position(a.log.newest().epoch(), 1_000)));
    never.toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertThat(b.resets).isEmpty();
  }

  @Test
  void keepTrackOfPreparedRooms() throws Exception {
    SharedLogs a = server();
    Heard tea = open(a, "tea");
    tea.log.append(RoomLogContract.burst("ann", "1", "2"));
    tea.await(2);
    SharedLogs b = server();
    Objects.requireNonNull(b.prepare("tea")).toCompletableFuture().get(60, TimeUnit.SECONDS);
    Objects.requireNonNull(b.prepare("new")).toCompletableFuture().get(60, TimeUnit.SECONDS);

    assertThat(b.prepare("tea")).isNull();
    assertThat(b.keeps("tea")).isTrue();
    assertThat(b.keeps("new")).isFalse();
    assertThat(b.list("", 10).toCompletableFuture().get(60, TimeUnit.SECONDS))
        .containsExactly(new KeptRoom("tea", 2, null));
    tea.log.append(RoomLogContract.burst("ann", "3"));
    tea.await(3);
    RoomLog log = b.open("tea", () -> {});
    Heard late = RoomLogContract.follow(log);
    tea.log.append(RoomLogContract.burst("ann", "4"));
    patiently().until(() -> log.newest().seq() == 4);
    assertThat(late.texts).endsWith("4");
    log.close();
    assertThat(b.prepare("tea")).as("known for a minute").isNull();
    assertThat(b.open("tea", () -> {}).newest().seq()).isEqualTo(4);
  }

  @Test
  void beginANewEpochOnlyInRoomsThatLostDeliveredMessages() throws Exception {
    Heard a = open(server(), "tea");
    Heard b = open(server(), "tea");
    Heard whole = open(servers.get(1), "whole");
    whole.log.append(RoomLogContract.burst("ann", "kept"));
    whole.await(1);
    a.log.append(RoomLogContract.burst("ann", "1", "2", "3"));
    a.await(3);
    b.await(3);
    String epoch = a.log.newest().epoch();
    // as after a failover to a standby that lagged
    postgres.execute(
        store,
        "BEGIN; DELETE FROM message WHERE text = '3'; UPDATE room SET newest = 2,"
            + " at = (SELECT max(at) FROM message WHERE room = room.id AND seq = 2),"
            + " bytes = (SELECT bytes FROM message WHERE room = room.id AND seq = 2)"
            + " WHERE name = 'tea'; COMMIT");
    a.log.append(RoomLogContract.burst("ann", "4"));
    a.await(4);
    patiently().until(() -> b.log.newest().equals(a.log.newest()));

    assertThat(a.log.newest().epoch()).isNotEqualTo(epoch);
    assertThat(a.resets).hasSize(1);
    assertThat(b.resets).hasSize(1);
    assertThat(a.texts).containsExactly("1", "2", "3", "4");
    assertThat(RoomLogContract.read(b.log, before(b, 1), 10).messages())
        .extracting(Message::text)
        .containsExactly("1", "2", "4");
    assertThat(whole.resets).isEmpty();
  }

  @Test
  void learnOfDeletedMessages() throws Exception {
    Heard a = open(server(), "tea");
    a.log.append(RoomLogContract.burst("ann", "1", "2", "3"));
    a.await(3);
    postgres.execute(store, "DELETE FROM message WHERE seq < 3", "UPDATE room SET forgotten = 2");
    patiently().until(() -> a.log.first() == 3);

    assertThat(RoomLogContract.read(a.log, before(a, 1), 10).messages())
        .extracting(Message::seq)
        .containsExactly(3L);
    assertThat(a.resets).isEmpty();
  }

  /** All other messages are stored. */
  @Test
  void rejectOnlyMessagesThatTheDatabaseRejects() throws Exception {
    Heard a = open(server(), "tea");
    a.log.append(RoomLogContract.burst("ann", "1"));
    a.await(1);
    postgres.execute(store, "ALTER TABLE message ADD CHECK (text <> 'bad')");
    a.log.append(RoomLogContract.burst("ann", "2", "bad", "3"));
    a.log.append(RoomLogContract.posts("a", "bad"));
    a.log.append(RoomLogContract.posts("b", "4", "c", "bad", "b", "4"));
    a.log.append(RoomLogContract.burst("ann", "5"));
    a.await(5);
    a.awaitAgain(4);

    assertThat(a.texts).containsExactly("1", "2", "3", "4", "5");
    assertThat(a.again)
        .containsExactlyInAnyOrder("what has no id is bad", "a is bad", "c is bad", "b is 4");
    assertThat(a.refused).isEmpty();
    assertThat(postgres.query(store, "SELECT text FROM message ORDER BY seq")).isEqualTo(a.texts);
  }

  @Test
  void recoverWhenTheDatabaseIsBack() throws Exception {
    try (Postgres own = Postgres.start("full_page_writes=off")) {
      String url = own.newStore();
      Heard a = open(server(url), "tea");
      Heard b = open(server(url), "tea");
      a.log.append(RoomLogContract.burst("ann", "1"));
      b.await(1);
      own.kill();
      a.log.append(RoomLogContract.burst("ann", "2"));
      a.awaitRefused(1);
      a.log.append(RoomLogContract.burst("ann", "3"));
      a.awaitRefused(2);
      own.start();
      a.await(3);
      b.await(3);

      assertThat(b.texts).containsExactly("1", "2", "3").isEqualTo(a.texts);
      assertThat(a.refused).containsExactly("2", "3");
      assertThat(a.resets).isEmpty();
      servers.forEach(SharedLogs::close);
    }
  }
}
