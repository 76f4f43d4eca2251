package io.chatroom.server.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.server.log.Journal.Line;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.postgres.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedSearchTest extends SearchContract {

  private final Postgres postgres = Postgres.shared();
  private final String database = postgres.newDatabase();
  private final SharedDatabase connections = connections(postgres.store(database));
  private final Connections asked = new Connections(this::connect, SharedDatabase::words);
  private volatile boolean away;

  private Connection connect() throws SQLException {
    if (away) {
      throw new SQLException("the database is away");
    }
    return connections.take();
  }

  private static SharedDatabase connections(String store) {
    try {
      return SharedDatabase.open(Objects.requireNonNull(StoreAddress.parse(store)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void disconnect() {
    search.close();
    connections.close();
  }

  @Override
  SharedSearch create() {
    return SharedSearch.open(asked, () -> kept, Duration.ofMillis(20));
  }

  /** Only messages that are not in the index yet are scanned. */
  private void awaitIndexed() {
    long newest = kept.all().isEmpty() ? 0 : kept.all().get(kept.all().size() - 1).n();
    await().atMost(Duration.ofSeconds(60)).until(() -> indexed() >= newest);
  }

  private long indexed() {
    return postgres.query(database, "SELECT to_regclass('words_state') IS NOT NULL").contains("t")
        ? Long.parseLong(postgres.query(database, "SELECT n FROM words_state").get(0))
        : 0;
  }

  private long rows() {
    return Long.parseLong(postgres.query(database, "SELECT count(*) FROM words").get(0));
  }

  private void execute(String statement) {
    postgres.execute(database, statement);
  }

  // ---- the same by the index

  @Test
  void findsWithTheIndex() {
    kept.say("lobby", "ann", "green tea");
    kept.say("lobby", "Zoë", "東京都庁 and grüße");
    kept.say("lobby", "ann", "it's a back\\slash 'quoted' a\0b");
    kept.say("other", "ann", "green tea");
    awaitIndexed();

    assertThat(found("TEA from:ann gre*")).containsExactly("green tea");
    assertThat(found("京都 grusse from:zoe")).containsExactly("東京都庁 and grüße");
    assertThat(found("\"東京都\"")).hasSize(1);
    assertThat(found("京東")).isEmpty();
    assertThat(found("\"tea green\"")).isEmpty();
    assertThat(found("it's slash quoted from:a*")).hasSize(1);
    assertThat(find("tea", List.of("lobby", "other"), null, 9).hits()).hasSize(2);
    assertThat(find("in:other", List.of("lobby", "other"), null, 9).hits()).hasSize(1);
  }

  /** Pages continue from unindexed messages into the index. */
  @Test
  void continuesFromNewMessagesIntoTheIndex() {
    for (int i = 0; i < 60; i++) {
      kept.say(i % 2 == 0 ? "lobby" : "other", "ann", "tea " + i);
    }
    awaitIndexed();
    search.close();
    for (int i = 60; i < 80; i++) {
      kept.say(i % 2 == 0 ? "lobby" : "other", "ann", "tea " + i);
    }
    try (Connection held = postgres.connect(database);
        Statement statement = held.createStatement()) {
      held.setAutoCommit(false);
      statement.execute("SELECT * FROM words_state FOR UPDATE"); // as another server would
      search = create();
      for (boolean one : new boolean[] {true, false}) {
        List<String> found = new ArrayList<>();
        Long place = null;
        do {
          Wanted wanted =
              new Wanted(
                  Query.of("tea"),
                  one ? kept.searched("lobby") : kept.searched("lobby", "other"),
                  one,
                  place,
                  7,
                  PLENTY);
          Found page = find(wanted);
          page.hits().forEach(hit -> found.add(hit.message().text()));
          place = page.next();
        } while (place != null);
        assertThat(found).hasSize(one ? 40 : 80).doesNotHaveDuplicates();
        assertThat(found).first().isEqualTo(one ? "tea 78" : "tea 79");
        assertThat(found).last().isEqualTo("tea 0");
      }
      assertThat(indexed()).isEqualTo(60);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** A word in almost every message is found by scanning backwards, page after page. */
  @Test
  void findsFrequentWords() {
    for (int i = 0; i < 6_000; i++) {
      kept.say(i % 3 == 0 ? "lobby" : "other", "ann", "tea " + i);
    }
    awaitIndexed();
    assertThat(find("tea", List.of("lobby", "other"), null, 2).hits())
        .extracting(hit -> hit.message().text())
        .containsExactly("tea 5999", "tea 5998");
    assertThat(find("tea -", List.of("other"), 100L, 50).hits())
        .extracting(hit -> hit.message().text())
        .hasSize(50)
        .startsWith("tea 98", "tea 97", "tea 95");
    Found old = find("tea before:1971", List.of("other"), null, 5);
    assertThat(old.hits()).isEmpty();
    assertThat(old.next()).isNull();
  }

  @Test
  void findsMessagesOfAnyLength() {
    StringBuilder many = new StringBuilder("zyzzogeton ");
    for (int i = 0; i < 70_000; i++) {
      many.append("wordnumber").append(i).append(' ');
    }
    kept.say("lobby", "a".repeat(3_000), many + " behind");
    kept.say("lobby", "ann", "\uD83D\uDE00".repeat(2_000) + " tea");
    awaitIndexed();
    assertThat(found("zyzzogeton")).hasSize(1);
    assertThat(found("behind")).hasSize(1);
    assertThat(found("from:" + "a".repeat(3_000))).hasSize(1);
    assertThat(found("tea")).hasSize(1);
    assertThat(found("nowhere")).isEmpty();
  }

  // ---- what is found no more

  @Test
  void removesTheWordsOfDeletedMessages() {
    Line bad = kept.say("lobby", "ann", "tea with milk");
    kept.say("lobby", "ann", "tea");
    awaitIndexed();
    assertThat(found("milk")).hasSize(1);
    kept.delete(bad);

    assertThat(found("milk")).isEmpty();
    assertThat(found("tea")).containsExactly("tea");
    await().atMost(Duration.ofSeconds(60)).until(() -> rows() == 1);
    assertThat(postgres.query(database, "SELECT words FROM words").toString())
        .contains("'tea'")
        .doesNotContain("milk");
  }

  @Test
  void removesTheWordsOfExpiredMessages() throws Exception {
    for (int i = 1; i <= 20; i++) {
      kept.say("lobby", "ann", "tea " + i);
      kept.say("other", "ann", "tea other");
      kept.say("third", "ann", "tea third");
    }
    awaitIndexed();
    kept.forget("lobby", 15);
    kept.drop("other");

    assertThat(found("tea")).hasSize(5);
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      assertThat(new WordWriter(connection).clean(kept, 0)).isZero();
      connection.commit();
    }
    assertThat(rows()).isEqualTo(25);
    assertThat(postgres.query(database, "SELECT name FROM words_room ORDER BY name"))
        .containsExactly("lobby", "third");
    kept.say("other", "ann", "tea anew");
    awaitIndexed();
    assertThat(find("tea", List.of("other"), null, 9).hits()).hasSize(1);
  }

  // ---- several servers, and other transactions

  @Test
  void continuesWhereAnotherServerStopped() {
    try (SharedSearch other = create()) {
      kept.say("lobby", "ann", "tea 1");
      awaitIndexed();
      search.close();
      kept.say("lobby", "ann", "tea 2");
      awaitIndexed();
      assertThat(other.find(new Wanted(Query.of("tea"), kept.searched("lobby"), false, null, 9, 9)))
          .succeedsWithin(Duration.ofSeconds(60))
          .satisfies(found -> assertThat(found.hits()).hasSize(2));
    }
  }

  /** A lower number can be committed after a higher one was seen. */
  @Test
  void doesNotPassPendingTransactions() throws SQLException {
    kept.say("lobby", "ann", "tea 1");
    awaitIndexed();
    try (Connection slow = postgres.connect(database);
        Statement statement = slow.createStatement()) {
      slow.setAutoCommit(false);
      statement.execute("SELECT pg_current_xact_id()"); // assigns a transaction id
      kept.say("lobby", "ann", "tea 2");
      SharedSearch own = (SharedSearch) search;
      await().atMost(Duration.ofSeconds(60)).until(() -> own.behind() == 1);
      assertThat(found("tea")).containsExactly("tea 2", "tea 1");
      assertThat(indexed()).isEqualTo(1);
    }
    awaitIndexed();
  }

  @Test
  void rebuildsAnOldOrMissingIndex() throws Exception {
    kept.say("lobby", "ann", "tea 1");
    awaitIndexed();
    execute("UPDATE words_state SET version = 1");
    kept.say("lobby", "ann", "tea 2");
    awaitIndexed();
    assertThat(rows()).isEqualTo(2);
    SharedSearch.discard(asked);
    awaitIndexed();
    assertThat(found("tea")).containsExactly("tea 2", "tea 1");
    assertThat(rows()).isEqualTo(2);
  }

  /** In a rolling update, it belongs to a newer server. */
  @Test
  void leavesANewerIndexAlone() {
    kept.say("lobby", "ann", "tea 1");
    awaitIndexed();
    execute("UPDATE words_state SET version = 1000000");
    kept.say("lobby", "ann", "tea 2");
    assertThat(found("tea")).containsExactly("tea 2", "tea 1");
    assertThat(indexed()).isEqualTo(1);
  }

  @Test
  void reportsAnUnavailableDatabase() throws Exception {
    kept.say("lobby", "ann", "tea 1");
    awaitIndexed();
    away = true;
    Wanted wanted = new Wanted(Query.of("tea"), kept.searched("lobby"), false, null, 9, 9);
    assertThat(search.find(wanted))
        .failsWithin(Duration.ofSeconds(60))
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("searching does not work for now: the database is away");
    away = false;
    assertThat(found("tea")).hasSize(1);
  }
}
