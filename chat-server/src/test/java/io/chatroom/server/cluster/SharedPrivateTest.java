package io.chatroom.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import io.chatroom.server.postgres.Postgres;
import io.chatroom.server.session.PrivateElsewhere;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Private rooms in a PostgreSQL that two servers share. */
class SharedPrivateTest {

  private static final Owner ALICE = new Owner("a1", "alice");
  private static final Owner BOB = new Owner("b2", "Bob");
  private static final Owner CAROL = new Owner("c3", "carol");
  private static final String OF_BOTH = Pair.of(ALICE, BOB).key();
  private static final String OF_BOB = Pair.of(BOB, BOB).key();

  private static @Nullable String name;
  private static @Nullable SharedDatabase opened;

  private final List<SharedPrivate> all = new ArrayList<>();

  @BeforeAll
  static void open() throws IOException {
    Postgres postgres = Postgres.shared();
    name = postgres.newDatabase();
    opened = SharedDatabase.open(Objects.requireNonNull(StoreAddress.parse(postgres.store(name))));
  }

  @AfterAll
  static void closeDatabase() {
    if (opened != null) {
      opened.close();
    }
  }

  @BeforeEach
  void empty() {
    execute("TRUNCATE room, message");
  }

  @AfterEach
  void close() {
    all.forEach(SharedPrivate::close);
  }

  private static void execute(String... statements) {
    Postgres.shared().execute(Objects.requireNonNull(name), statements);
  }

  private SharedPrivate server(int id) {
    SharedPrivate server =
        new SharedPrivate(Objects.requireNonNull(opened), new byte[] {(byte) id});
    all.add(server);
    return server;
  }

  /** Receives notifications for an owner on this server. */
  private static final class Recorder implements PrivateElsewhere.Listener {

    private final Set<String> owners;
    private final List<String> received = new CopyOnWriteArrayList<>();

    Recorder(Owner owner) {
      owners = Set.of(owner.id());
    }

    @Override
    public void onPost(String room, long from) {
      received.add(room + " " + from);
    }

    @Override
    public Set<String> owners() {
      return owners;
    }

    void awaits(String... expected) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(received).containsExactly(expected));
    }
  }

  private static void room(String room, long newest, String at) {
    execute(
        "INSERT INTO room (name, epoch, newest, at) VALUES ('%s', 'e', %d, %s)"
            .formatted(room, newest, at));
  }

  private static String ago(int seconds) {
    return "floor(extract(epoch FROM now()) * 1000)::bigint - %d000".formatted(seconds);
  }

  @Test
  void notifiesOtherServers() {
    Recorder here = new Recorder(ALICE);
    Recorder there = new Recorder(BOB);
    SharedPrivate one = server(1);
    one.follow(here);
    server(2).follow(there);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              one.announcePost(OF_BOTH, 5);
              assertThat(there.received).isNotEmpty().containsOnly(OF_BOTH + " 5");
            });
    assertThat(here.received).as("its own notifications").isEmpty();
  }

  @Test
  void findsTheNewestRoomsOfAnOwner() throws Exception {
    room(OF_BOTH, 3, ago(500));
    room(OF_BOB, 1, ago(400));
    room(Pair.of(CAROL, BOB).key(), 0, ago(300));
    room("@imported", 1, ago(1));
    room("b2", 1, ago(1));
    assertThat(newest(BOB, 9)).containsExactly(OF_BOB, OF_BOTH);
    assertThat(newest(BOB, 1)).containsExactly(OF_BOB);
    assertThat(newest(ALICE, 9)).containsExactly(OF_BOTH);
    assertThat(newest(CAROL, 9)).isEmpty();
  }

  private List<String> newest(Owner owner, int limit) throws Exception {
    return server(1).newest(owner.id(), limit).toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  /** With the newest seq before the missed messages. */
  @Test
  void findsRoomsWhoseNotificationWasMissed() {
    room(OF_BOTH, 3, ago(1));
    room(OF_BOB, 1, ago(500));
    execute(
        "INSERT INTO message (room, seq, at, bytes, author) SELECT id, s, %s, 1, 'a' FROM room, generate_series(1, 1) s WHERE name = '%s'"
            .formatted(ago(500), OF_BOTH),
        "INSERT INTO message (room, seq, at, bytes, author) SELECT id, s, %s, 1, 'a' FROM room, generate_series(2, 3) s WHERE name = '%s'"
            .formatted(ago(1), OF_BOTH));
    Recorder bob = new Recorder(BOB);
    Recorder carol = new Recorder(CAROL);
    server(1).follow(bob);
    server(2).follow(carol);
    bob.awaits(OF_BOTH + " 1");
    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    room(Pair.of(CAROL, BOB).key(), 1, ago(0));
    String later = Pair.of(CAROL, BOB).key() + " 1"; // the room has no message row
    bob.awaits(OF_BOTH + " 1", later);
    carol.awaits(later);
  }
}
