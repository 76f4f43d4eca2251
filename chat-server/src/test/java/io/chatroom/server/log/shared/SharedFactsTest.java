package io.chatroom.server.log.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.SharedFactsContract;
import io.chatroom.server.postgres.Postgres;
import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Facts in PostgreSQL: the contract, and failures of the database. */
class SharedFactsTest extends SharedFactsContract {

  private static final long NEVER = 3_600_000;
  private static @Nullable String name;
  private static @Nullable SharedDatabase opened;

  private final List<SharedFacts> servers = new ArrayList<>();
  private boolean deaf;
  private @Nullable Facts facts;

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
    execute("TRUNCATE fact, fact_kind");
  }

  @AfterEach
  void close() {
    servers.forEach(SharedFacts::close);
  }

  private static SharedDatabase database() {
    return Objects.requireNonNull(opened);
  }

  private static void execute(String... statements) {
    Postgres.shared().execute(Objects.requireNonNull(name), statements);
  }

  private SharedFacts server() {
    SharedFacts server =
        deaf ? SharedFacts.withoutNotifications(database(), NEVER) : SharedFacts.open(database());
    servers.add(server);
    return server;
  }

  @Override
  protected Facts facts() {
    if (facts == null) {
      facts = server();
    }
    return facts;
  }

  @Override
  protected Facts ofAnotherServer() {
    return server();
  }

  @Override
  protected void deafen() {
    deaf = true;
  }

  private static void awaitReceived(List<Fact> received, Fact... expected) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(received).containsExactly(expected));
  }

  @Test
  void changesAreFoundByPollingWithoutNotifications() throws Exception {
    SharedFacts polling = SharedFacts.withoutNotifications(database(), 50);
    servers.add(polling);
    List<Fact> received = new CopyOnWriteArrayList<>();
    polling.follow("owner", received::add);
    change(new Fact("owner", "bob", "1"));
    awaitReceived(received, new Fact("owner", "bob", "1"));
    change(Fact.gone("owner", "bob"));
    awaitReceived(received, new Fact("owner", "bob", "1"), Fact.gone("owner", "bob"));
  }

  @Test
  void changesAreDeliveredAfterAReconnect() throws Exception {
    List<Fact> received = new CopyOnWriteArrayList<>();
    Facts there = ofAnotherServer();
    there.follow("owner", received::add);
    change(new Fact("owner", "bob", "1"));
    awaitReceived(received, new Fact("owner", "bob", "1"));
    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    change(new Fact("owner", "bob", "2"));
    awaitReceived(received, new Fact("owner", "bob", "1"), new Fact("owner", "bob", "2"));
  }

  @Test
  void closingStoresPendingChanges() throws Exception {
    SharedFacts ending = server();
    List<CompletionStage<Void>> changes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      changes.add(ending.change(List.of(new Fact("owner", "bob", String.valueOf(i)))));
    }
    ending.close();
    for (CompletionStage<Void> change : changes) {
      change.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
    assertThat(facts().read("owner", "", 10)).containsExactly(new Fact("owner", "bob", "49"));
    assertThatThrownBy(
            () ->
                ending
                    .change(List.of(new Fact("owner", "bob", "50")))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IOException.class);
  }

  /** And the next change does not conflict, as nothing was delivered meanwhile. */
  @Test
  void aChangeFailsWholeIfTheDatabaseRejectsOneFact() throws Exception {
    change(new Fact("owner", "bob", "1"));
    execute("ALTER TABLE fact ADD CONSTRAINT no_eve CHECK (key <> 'eve') NOT VALID");
    try {
      assertThatThrownBy(() -> change(new Fact("owner", "bob", "2"), new Fact("owner", "eve", "1")))
          .hasCauseInstanceOf(IOException.class)
          .hasMessageContaining("cannot be used");
    } finally {
      execute("ALTER TABLE fact DROP CONSTRAINT no_eve");
    }
    assertThat(facts().read("owner", "", 10)).containsExactly(new Fact("owner", "bob", "1"));
    change(new Fact("owner", "bob", "3"));
    assertThat(facts().read("owner", "", 10)).containsExactly(new Fact("owner", "bob", "3"));
  }

  /** It fails for the requester, and is then delivered to the same server, too. */
  @Test
  void aStoredChangeWhoseAnswerIsLostIsDelivered() throws Exception {
    List<Fact> received = new CopyOnWriteArrayList<>();
    Facts here = facts();
    here.follow("owner", received::add);
    execute(
        """
        CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE WARNING 'canceling wait for synchronous replication';
          RETURN NULL;
        END $$
        """,
        """
        CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON fact DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION cut()
        """);
    try {
      assertThatThrownBy(() -> change(new Fact("owner", "bob", "1")))
          .hasCauseInstanceOf(IOException.class);
    } finally {
      execute("DROP TRIGGER cut ON fact", "DROP FUNCTION cut");
    }
    awaitReceived(received, new Fact("owner", "bob", "1"));
    change(new Fact("owner", "bob", "2"));
    assertThat(here.read("owner", "", 10)).containsExactly(new Fact("owner", "bob", "2"));
  }

  @Test
  void rowsOfDeletedFactsAreRemovedLater() throws Exception {
    change(new Fact("owner", "bob", "1"), new Fact("owner", "eve", "1"));
    change(Fact.gone("owner", "bob"), Fact.gone("owner", "eve"));
    execute("UPDATE fact SET gone = now() - interval '8 days' WHERE key = 'bob'");
    server(); // cleans up when it starts
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(query("SELECT key FROM fact")).containsExactly("eve"));
    assertThat(query("SELECT cleaned FROM fact_kind")).containsExactly("2");
  }

  /** A standby that lacks the last change becomes the primary, and another server changes facts. */
  @Test
  void recentFactsAreReadAgainOnANewTimeline() throws Exception {
    change(new Fact("owner", "al", "1"));
    FollowedFacts followed = new FollowedFacts();
    List<Fact> received = new ArrayList<>();
    followed.add("owner", received::add, 1);
    change(new Fact("owner", "bob", "2"));
    change(new Fact("owner", "bob", "3"), Fact.gone("owner", "al"), new Fact("owner", "eve", "3"));
    try (Connection connection = database().take()) {
      followed.catchUp(connection);
      assertThat(received).hasSize(3);
      received.clear();
      execute(
          "DELETE FROM fact WHERE key = 'eve'",
          "UPDATE fact SET value = '1', version = 1 WHERE key = 'al'",
          "UPDATE fact SET value = '2', version = 2 WHERE key = 'bob'",
          "INSERT INTO fact (kind, key, value, version) VALUES ('owner', 'carol', '3', 3)");
      followed.catchUp(connection);
      assertThat(received).isEmpty();
      followed.forgetTimeline();
      followed.catchUp(connection);
      assertThat(received)
          .containsExactlyInAnyOrder(
              new Fact("owner", "al", "1"),
              new Fact("owner", "bob", "2"),
              new Fact("owner", "carol", "3"),
              Fact.gone("owner", "eve"));
      received.clear();
      change(new Fact("owner", "carol", "4"));
      followed.catchUp(connection);
      assertThat(received).containsExactly(new Fact("owner", "carol", "4"));
    }
  }

  private static List<String> query(String sql) {
    return Postgres.shared().query(Objects.requireNonNull(name), sql);
  }

  @Test
  void keepEveryCharacter() throws Exception {
    Fact odd = new Fact("owner", "b\0b \1 😀", "\"\0\1\"");
    change(odd);
    assertThat(facts().read("owner", "", 10)).containsExactly(odd);
  }
}
