package io.chatroom.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.LogCapture;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.postgres.Postgres;
import io.chatroom.server.room.Company;
import io.chatroom.server.room.Elsewhere;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Presence of several servers over one database. */
class ClusterTest {

  private static final Duration TICK = Duration.ofMillis(20);

  /** A timeout that no pause of this machine exceeds. */
  private static final Duration NEVER = Duration.ofMinutes(9);

  private static final Cluster.Pace QUICK = new Cluster.Pace(TICK, TICK, NEVER, NEVER, NEVER);

  private final String store = Postgres.shared().newStore();
  private final List<Server> servers = new ArrayList<>();
  private final LogCapture log = new LogCapture();

  @AfterEach
  void close() {
    servers.forEach(Server::close);
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(TICK);
  }

  private Server server(int id) {
    return server(id, QUICK);
  }

  private Server server(int id, Cluster.Pace pace) {
    Server server = new Server(store, id, pace);
    servers.add(server);
    return server;
  }

  /** A fake server without connections. */
  private static final class Server implements Elsewhere.Here, AutoCloseable {

    private final ConcurrentMap<String, Company> mine = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Company> others = new ConcurrentHashMap<>();
    private final List<Company> changes = new CopyOnWriteArrayList<>();
    private final SharedDatabase database;
    private final Cluster cluster;

    Server(String store, int id, Cluster.Pace pace) {
      try {
        database = SharedDatabase.open(Objects.requireNonNull(StoreAddress.parse(store)));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      cluster = new Cluster(database, new byte[] {(byte) id}, "server " + id, "1", pace);
      cluster.start(this);
    }

    /** Sets the members of a room here. */
    void has(String room, String... names) {
      has(room, new Company(names.length, List.of(names)));
    }

    void has(String room, Company company) {
      mine.put(room, company);
      cluster.changed(room);
    }

    /** Opens a room. */
    Company opens(String room) {
      CompletionStage<Void> known = cluster.prepare(room);
      if (known != null) {
        known.toCompletableFuture().join();
      }
      Company there = cluster.in(room);
      others.put(room, there);
      mine.putIfAbsent(room, Company.NOBODY);
      return there;
    }

    /** Prepares more rooms than a query names. */
    void knowsOfManyRooms() {
      List<CompletionStage<Void>> asked = new ArrayList<>();
      for (int number = 0; number <= 1_000; number++) {
        CompletionStage<Void> known = cluster.prepare("room" + number);
        if (known != null) {
          asked.add(known);
        }
      }
      asked.forEach(known -> known.toCompletableFuture().join());
    }

    Company elsewhere(String room) {
      return others.getOrDefault(room, Company.NOBODY);
    }

    void awaits(String room, String... names) {
      await()
          .untilAsserted(
              () -> assertThat(elsewhere(room).names()).containsExactlyInAnyOrder(names));
      assertThat(elsewhere(room).count()).isEqualTo(names.length);
    }

    /** Dies as after kill -9, without removing its rows. */
    void dies() {
      database.close();
      cluster.close();
    }

    @Override
    public int members() {
      return mine.values().stream().mapToInt(Company::count).sum();
    }

    @Override
    public List<String> openRooms() {
      return List.copyOf(mine.keySet());
    }

    @Override
    public Company here(String room) {
      return mine.getOrDefault(room, Company.NOBODY);
    }

    @Override
    public void elsewhere(String room, Supplier<Company> now) {
      changes.add(now.get());
      others.put(room, now.get());
    }

    @Override
    public void close() {
      cluster.close();
      database.close();
    }
  }

  @Test
  void deliversTheMembersOfOtherServers() {
    Server one = server(1);
    one.has("tea", "alice", "Bob \0\1{\"'é");
    await().until(() -> rows("presence") == 1);
    Server two = server(2);
    assertThat(two.opens("tea").names()).containsExactly("alice", "Bob \0\1{\"'é");
    assertThat(one.opens("tea")).isEqualTo(Company.NOBODY);
    two.has("tea", "carl");
    one.awaits("tea", "carl");
    one.knowsOfManyRooms();
    Server three = server(3);
    three.has("tea", "dora");
    one.awaits("tea", "carl", "dora");
    two.awaits("tea", "alice", "Bob \0\1{\"'é", "dora");
    two.has("tea");
    one.awaits("tea", "dora");
    one.has("tea", new Company(1_000, List.of()));
    three.opens("tea");
    await().until(() -> three.elsewhere("tea").count() == 1_000);
    await().until(() -> three.cluster.members() == 1_000);
  }

  @Test
  void listsRoomsThatHaveMembersElsewhere() {
    Server one = server(1);
    Server two = server(2);
    one.has("b", "alice");
    one.has("c", "alice", "bob");
    two.has("c", "carl");
    two.has("d", "carl");
    Server three = server(3);
    await().until(() -> rows("presence") == 4);
    assertThat(three.cluster.list("", 9).toCompletableFuture().join())
        .containsExactly(listed("b", 1), listed("c", 3), listed("d", 1));
    assertThat(one.cluster.list("b", 1).toCompletableFuture().join())
        .containsExactly(listed("c", 1));
    one.has("b");
    await()
        .until(
            () ->
                three
                    .cluster
                    .list("", 1)
                    .toCompletableFuture()
                    .join()
                    .equals(List.of(listed("c", 3))));
  }

  private static Elsewhere.Listed listed(String room, int members) {
    return new Elsewhere.Listed(room, members);
  }

  @Test
  void oneServerLeads() {
    Server two = server(2);
    await().until(two.cluster::leads);
    Server one = server(1);
    await().until(() -> one.cluster.leads() && !two.cluster.leads());
    one.cluster.close();
    assertThat(one.cluster.leads()).isFalse();
    await().until(two.cluster::leads);
  }

  @Test
  void closingRemovesTheServerAndItsMembers() {
    Server one = server(1);
    Server two = server(2);
    one.opens("tea");
    two.has("tea", "bob");
    one.awaits("tea", "bob");
    two.cluster.close();
    one.awaits("tea");
    assertThat(rows("server")).isEqualTo(1);
    assertThat(rows("presence")).isEqualTo(0);
  }

  /** The test makes the row older instead of waiting. */
  @Test
  void aDeadServerIsRemovedWithinFifteenSeconds() {
    Cluster.Pace usual = Cluster.Pace.USUAL;
    assertThat(usual.dead().plus(usual.heartbeat())).isLessThanOrEqualTo(Duration.ofSeconds(15));
    Cluster.Pace pace = new Cluster.Pace(TICK, TICK, usual.dead(), NEVER, NEVER);
    Server one = server(1, pace);
    Server two = server(2, pace);
    two.has("tea", "bob");
    one.opens("tea");
    one.awaits("tea", "bob");
    two.dies();
    execute("UPDATE server SET seen = now() - interval '12.1 s' WHERE id = '\\x02'");
    one.awaits("tea");
    await().until(() -> rows("server") == 1 && rows("presence") == 0);
  }

  @Test
  void aSilentServerIsRemovedAndWritesItsRowsAgainWhenItIsBack() {
    Server one = server(1, new Cluster.Pace(TICK, TICK, Duration.ofSeconds(9), NEVER, NEVER));
    Server two = server(2);
    two.has("tea", "bob");
    two.has("attic", "bob");
    one.opens("tea");
    one.awaits("tea", "bob");
    // As if it had been stopped for that long: its next poll writes its row again.
    await()
        .until(
            () -> {
              execute("UPDATE server SET seen = now() - interval '10 s' WHERE id = '\\x02'");
              return one.elsewhere("tea").equals(Company.NOBODY);
            });
    one.awaits("tea", "bob");
    await().until(() -> rows("presence") == 2);
  }

  /** As after a crash of the database, which empties unlogged tables. */
  @Test
  void writesItsRowsAgainWhenTheyAreLost() {
    Server one = server(1);
    Server two = server(2);
    one.has("tea", "alice");
    two.has("tea", "bob");
    one.opens("tea");
    two.opens("tea");
    one.awaits("tea", "bob");
    two.awaits("tea", "alice");
    one.changes.clear();
    execute("TRUNCATE server CASCADE");
    await().until(() -> rows("server") == 2 && rows("presence") == 2);
    one.awaits("tea", "bob");
    two.awaits("tea", "alice");
    two.has("tea", "bob", "carl");
    one.awaits("tea", "bob", "carl");
    assertThat(one.changes).as("nobody left").hasSize(1);
  }

  @Test
  void membersElsewhereStayWhileTheDatabaseIsAway() {
    Server one = server(1, new Cluster.Pace(TICK, TICK, NEVER, NEVER, TICK.multipliedBy(50)));
    Server two = server(2);
    two.has("tea", "bob");
    one.opens("tea");
    one.awaits("tea", "bob");
    String database = store.substring(store.lastIndexOf('/') + 1);
    Postgres.shared()
        .execute("postgres", "ALTER DATABASE " + database + " ALLOW_CONNECTIONS false");
    await()
        .until(
            () -> {
              Postgres.shared()
                  .execute(
                      "postgres",
                      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                          + database
                          + "'");
              return log.lines().stream()
                  .anyMatch(it -> it.contains("cannot read the presence of"));
            });
    two.has("tea", "bob", "carl");
    await().until(one.cluster::isCutOff);
    assertThat(two.cluster.isCutOff()).as("has a longer timeout").isFalse();
    assertThat(one.opens("unknown")).isEqualTo(Company.NOBODY);
    assertThat(one.cluster.list("", 9).toCompletableFuture().join()).isEmpty();
    one.awaits("tea", "bob");
    Postgres.shared().execute("postgres", "ALTER DATABASE " + database + " ALLOW_CONNECTIONS true");
    one.awaits("tea", "bob", "carl");
    await().until(() -> !one.cluster.isCutOff());
  }

  private int rows(String table) {
    return Integer.parseInt(Postgres.shared().query(store, "SELECT count(*) FROM " + table).get(0));
  }

  private void execute(String sql) {
    Postgres.shared().execute(store, sql);
  }
}
