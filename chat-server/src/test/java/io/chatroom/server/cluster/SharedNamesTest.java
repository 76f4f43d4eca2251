package io.chatroom.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.postgres.Postgres;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guests' names in a PostgreSQL that two servers share. */
class SharedNamesTest {

  private static @Nullable String name;
  private static @Nullable SharedDatabase opened;

  private final List<SharedNames> all = new ArrayList<>();
  private final SharedNames here = server(1);
  private final SharedNames there = server(2);

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
  void begin() {
    execute("TRUNCATE name_in_use, server CASCADE");
    lives(1);
    lives(2);
  }

  @AfterEach
  void close() {
    all.forEach(SharedNames::close);
  }

  private SharedNames server(int id) {
    SharedNames server = new SharedNames(Objects.requireNonNull(opened), new byte[] {(byte) id});
    all.add(server);
    return server;
  }

  private static void execute(String... statements) {
    Postgres.shared().execute(Objects.requireNonNull(name), statements);
  }

  private static void lives(int id) {
    execute(
        "INSERT INTO server (id, name, seen, version, members) VALUES ('\\x0%d', 's', now(), '', 0)"
            .formatted(id));
  }

  private static void dies(int id) {
    execute("DELETE FROM server WHERE id = '\\x0%d'".formatted(id));
  }

  private static boolean get(CompletionStage<Boolean> taken) throws Exception {
    return taken.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static List<String> rows() {
    return Postgres.shared()
        .query(
            Objects.requireNonNull(name),
            "SELECT key || ' ' || client || ' ' || servers::text FROM name_in_use ORDER BY key");
  }

  @Test
  void aNameHasOneClientOnAllServers() throws Exception {
    assertThat(get(here.take("bob", "b"))).isTrue();
    assertThat(get(there.take("bob", "x"))).isFalse();
    assertThat(get(there.take("bob", "b"))).isTrue();
    assertThat(get(there.take("eve", "e"))).isTrue();
    here.giveBack("bob");
    assertThat(get(here.take("bob", "x"))).as("still there").isFalse();
    there.giveBack("bob");
    there.giveBack("eve");
    assertThat(get(there.take("carol", "c"))).isTrue(); // waits for the earlier requests
    assertThat(get(here.take("bob", "x"))).isTrue();
    assertThat(get(here.take("eve", "x"))).isTrue();
  }

  @Test
  void oneOfManyClientsGetsAName() throws Exception {
    List<CompletionStage<Boolean>> asked = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      asked.add((i % 2 == 0 ? here : there).take("n" + i / 4, "c" + i % 4));
    }
    int taken = 0;
    for (CompletionStage<Boolean> one : asked) {
      taken += get(one) ? 1 : 0;
    }
    // each name is requested by two clients on each server, of which the later replaces the earlier
    assertThat(rows()).hasSize(50);
    assertThat(taken).isBetween(50, 100);
  }

  @Test
  void theNamesOfADeadServerAreFree() throws Exception {
    assertThat(get(here.take("bob", "b"))).isTrue();
    assertThat(get(there.take("bob", "b"))).isTrue();
    dies(1);
    assertThat(get(there.take("bob", "b"))).isTrue();
    assertThat(get(server(3).take("bob", "x"))).as("the other lives").isFalse();
    dies(2);
    assertThat(get(server(3).take("bob", "x"))).isTrue();
  }

  @Test
  void aServerWritesItsNamesAgainAfterItWasTakenForDead() throws Exception {
    assertThat(get(here.take("bob", "b"))).isTrue();
    assertThat(get(here.take("eve", "e"))).isTrue();
    here.giveBack("eve");
    execute("TRUNCATE name_in_use, server CASCADE");
    lives(1);
    here.writeAgain();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(rows()).hasSize(1).first().asString().startsWith("bob b"));
  }

  @Test
  void closingReleasesAllNames() throws Exception {
    assertThat(get(here.take("bob", "b"))).isTrue();
    assertThat(get(there.take("bob", "b"))).isTrue();
    assertThat(get(here.take("eve", "e"))).isTrue();
    here.close();
    assertThat(rows()).hasSize(1).first().asString().startsWith("bob b");
    assertThatThrownBy(() -> get(here.take("bob", "b"))).hasCauseInstanceOf(IOException.class);
  }

  @Test
  void failedWritesAreCorrectedLater() throws Exception {
    assertThat(get(here.take("bob", "b"))).isTrue();
    execute("ALTER TABLE name_in_use RENAME TO hidden");
    CompletionStage<Boolean> fails;
    try {
      fails = here.take("eve", "e");
      here.giveBack("bob");
      assertThatThrownBy(() -> get(fails)).hasCauseInstanceOf(IOException.class);
    } finally {
      execute("ALTER TABLE hidden RENAME TO name_in_use");
    }
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(rows()).isEmpty());
  }
}
