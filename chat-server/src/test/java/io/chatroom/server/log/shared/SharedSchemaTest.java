package io.chatroom.server.log.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.postgres.Postgres;
import java.io.EOFException;
import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedSchemaTest {

  private final Postgres postgres = Postgres.shared();
  private final String store = postgres.newStore();

  private static StoreAddress address(String url) {
    return Objects.requireNonNull(StoreAddress.parse(url));
  }

  @Test
  void isCreatedOnceByServersThatStartTogether() throws Exception {
    ExecutorService servers = Executors.newFixedThreadPool(4);
    List<Future<?>> started = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      started.add(
          servers.submit(
              () -> {
                SharedDatabase.open(address(store)).close();
                return null;
              }));
    }
    for (Future<?> one : started) {
      one.get();
    }
    servers.shutdown();

    assertThat(postgres.query(store, "SELECT version FROM schema_version")).containsExactly("1");
    assertThat(postgres.query(store, "SELECT count(*) FROM store")).containsExactly("1");
  }

  @Test
  void takesMissingStepsWhileOldServersKeepRunning() throws IOException {
    SharedDatabase.open(address(store)).close();
    List<SharedSchema.Step> more = new ArrayList<>(SharedSchema.steps());
    more.add(new SharedSchema.Step(1, List.of("CREATE TABLE more (x int)")));
    SharedDatabase.open(address(store), new SharedSchema(more)::prepare).close();

    assertThat(postgres.query(store, "SELECT version FROM schema_version")).containsExactly("2");
    SharedDatabase.open(address(store)).close();
    assertThat(postgres.query(store, "SELECT version FROM schema_version")).containsExactly("2");
  }

  @Test
  void leavesTheStoreUnchangedIfAStepFails() throws IOException {
    SharedDatabase.open(address(store)).close();
    List<SharedSchema.Step> more = new ArrayList<>(SharedSchema.steps());
    more.add(new SharedSchema.Step(1, List.of("CREATE TABLE more (x int)", "nonsense")));

    assertThatThrownBy(() -> SharedDatabase.open(address(store), new SharedSchema(more)::prepare))
        .isInstanceOf(IOException.class);
    assertThat(postgres.query(store, "SELECT version FROM schema_version")).containsExactly("1");
    assertThat(postgres.query(store, "SELECT to_regclass('more')")).containsExactly("null");
  }

  @Test
  void cannotBeUsedByAnOlderServer() throws IOException {
    SharedDatabase.open(address(store)).close();
    postgres.execute(store, "UPDATE schema_version SET version = 7, usable_from = 6");

    assertThatThrownBy(() -> SharedDatabase.open(address(store)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "%s is of version 7, which needs a chat-server that knows version 6, and this one"
                + " knows versions up to 1; start a newer chat-server",
            store);
  }

  @Test
  void leavesForeignTablesAlone() {
    postgres.execute(store, "CREATE TABLE message (x int)");

    assertThatThrownBy(() -> SharedDatabase.open(address(store)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(store + " contains the tables of another program");
  }

  @Test
  void requiresTheEncodingUtf8() {
    String latin = postgres.store("latin");
    postgres.execute(
        store, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'");

    assertThatThrownBy(() -> SharedDatabase.open(address(latin)))
        .hasMessage(
            "%s has the encoding LATIN1, expected UTF8; create another database with: createdb"
                + " --owner=chat --encoding=UTF8 --template=template0 NAME",
            latin);
  }

  @Test
  void requiresPostgresql15() throws IOException {
    SharedSchema.requireVersion(address(store), 150000, "15.0");
    assertThatThrownBy(
            () -> SharedSchema.requireVersion(address(store), 140013, "14.13 (Debian 14.13-1)"))
        .hasMessage(
            "%s runs on PostgreSQL 14.13 (Debian 14.13-1), expected 15 or newer; see pg_upgrade",
            store);
  }

  @Test
  void isNeitherCreatedNorUpgradedForReading() throws IOException {
    String empty =
        store
            + " has no chat in it; expected the database of a server's --store, where the server"
            + " creates its tables when it starts";
    assertThatThrownBy(() -> SharedDatabase.openToRead(address(store))).hasMessage(empty);
    assertThatThrownBy(() -> SharedDatabase.openExisting(address(store))).hasMessage(empty);
    assertThat(postgres.query(store, "SELECT to_regclass('schema_version')"))
        .containsExactly("null");

    SharedDatabase.open(address(store)).close();
    SharedDatabase.openToRead(address(store)).close();
    List<SharedSchema.Step> more = new ArrayList<>(SharedSchema.steps());
    more.add(new SharedSchema.Step(1, List.of("CREATE TABLE more (x int)")));
    SharedSchema newer = new SharedSchema(more);
    assertThatThrownBy(() -> SharedDatabase.open(address(store), newer::require))
        .hasMessage(
            "%s is of version 1, and this chat-server reads version 2; start it once as a server"
                + " on this database to upgrade it, or use the older chat-server",
            store);
    assertThat(postgres.query(store, "SELECT version FROM schema_version")).containsExactly("1");
    SharedDatabase.open(address(store), newer::upgrade).close();
    assertThat(postgres.query(store, "SELECT version FROM schema_version")).containsExactly("2");
  }

  @Test
  void rejectsABatchOlderThanTheLastOne() throws Exception {
    SharedDatabase.open(address(store)).close();
    String append =
        "SELECT chat_append_1('x', 'tea', 'e', %d, 0, 0, '{ann}', '{hi}', NULL, NULL, NULL, NULL,"
            + " NULL, NULL, '{10}', NULL, false, NULL)";
    postgres.execute(store, append.formatted(1), append.formatted(2));

    assertThatThrownBy(() -> postgres.execute(store, append.formatted(1)))
        .hasMessageContaining("a newer batch of this server is already stored");
    postgres.execute(store, append.formatted(2));
    assertThat(postgres.query(store, "SELECT count(*) FROM message")).containsExactly("2");
  }

  /** Stores a line each in tea, coffee, cake and a room that does not exist. */
  private static String together(int mark, String id) {
    return "SELECT concat_ws(' ', of, first_seq, coalesce(in_epoch, 'none'))"
        + " FROM chat_append_together_1('x', '{tea,coffee,cake,new}',"
        + " '{e,e,e,e}', '{%1$d,%1$d,%1$d,%1$d}', '{0,0,99,0}', '{0,0,99,0}', '{1,1,1,1}',"
            .formatted(mark)
        + " '{10,10,10,10}', '{1,2,3,4}', '{1,1,1,1}', '{ann,ann,ann,ann}', '{hi,hi,hi,hi}',"
        + " '{c,c,c,c}', '{%1$s1,%1$s2,%1$s3,%1$s4}', NULL, NULL, '{10,10,10,10}') ORDER BY of"
            .formatted(id);
  }

  @Test
  void storesOnlyPlainBatchesTogether() throws Exception {
    SharedDatabase.open(address(store)).close();
    for (String room : List.of("tea", "coffee", "cake")) {
      postgres.execute(
          store,
          "SELECT chat_append_1('x', '%s', 'e', 1, 0, 0, '{ann}', '{hi}', NULL, NULL, NULL, NULL,"
                  .formatted(room)
              + " NULL, NULL, '{10}', NULL, false, NULL)");
    }
    try (Connection other = postgres.connect(store);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT FROM room WHERE name = 'tea' FOR NO KEY UPDATE");

      // tea is busy, cake lacks a delivered message, and one room is new
      assertThat(postgres.query(store, together(2, "a"))).containsExactly("2 2 e", "3 0 none");
    }
    assertThat(postgres.query(store, together(2, "b")))
        .as("skips batches with a stored mark, and doubtful rooms")
        .containsExactly("1 2 e", "2 0 none", "3 0 none");
    assertThatThrownBy(() -> postgres.query(store, together(3, "b")))
        .as("one duplicate fails the whole statement")
        .hasMessageContaining("a post is already stored");
    assertThat(
            postgres.query(
                store, "SELECT concat_ws(' ', name, newest, bytes) FROM room ORDER BY name"))
        .containsExactly("cake 1 10", "coffee 2 20", "tea 2 20");
    assertThat(postgres.query(store, "SELECT concat_ws(' ', count(*), max(bytes)) FROM message"))
        .containsExactly("5 20");
  }

  /** The failures of PostgreSQL 15, and their descriptions for people. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "alice:looking-glass@HERE/DB | |"
            + " it rejects the user alice with this password; expected in --store the password"
            + " that the database has for this user",
        "alice@HERE/DB | |"
            + " it asks the user alice for a password, and --store has none; expected"
            + " postgresql://USER:PASSWORD@…",
        "alice:wonder@HERE/DB | |"
            + " permission denied for schema public; expected a user that owns the database, so"
            + " that it can create tables",
        "DB@HERE/DB | CREATE ROLE DB NOLOGIN |"
            + " it rejects the user DB: role \"DB\" is not permitted to log in;"
            + " expected a user with LOGIN, a line for it in pg_hba.conf, and"
            + " ?sslmode=verify-full in --store if that line requires TLS",
        "DB@HERE/DB | CREATE ROLE DB LOGIN CONNECTION LIMIT 0 |"
            + " too many connections for role \"DB\"; a chat-server uses up to 24: expected a"
            + " larger max_connections, or a larger CONNECTION LIMIT if the user or the database"
            + " has one",
        "chat@HERE/DB | ALTER DATABASE DB SET default_transaction_read_only = on |"
            + " it is a standby or read-only; expected the primary, or in --store all hosts that"
            + " can become the primary, separated by commas",
        "chat@HERE/DB?targetServerType=any |"
            + " ALTER DATABASE DB SET default_transaction_read_only = on |"
            + " it is a standby or read-only; expected the primary, or in --store all hosts that"
            + " can become the primary, separated by commas",
        "chat@HERE/DB?sslmode=verify-full | |"
            + " it does not offer TLS, and sslmode in --store requires it; expected a PostgreSQL"
            + " with ssl = on, or --store without sslmode in a private network",
        "chat@HERE/nothing | |"
            + " there is no database nothing; create it with: createdb --owner=chat --encoding=UTF8"
            + " --template=template0 nothing",
        "chat@127.0.0.1:1/DB | |" + " nothing listens there; expected a running PostgreSQL",
        "nowhere.invalid/DB | | its host name cannot be resolved",
      })
  void describesAFailureInOneSentence(String where, @Nullable String first, String words) {
    String database = store.substring(store.lastIndexOf('/') + 1);
    if (first != null) {
      postgres.execute("postgres", first.replace("DB", database));
    }
    String url =
        "postgresql://"
            + where.replace("HERE", "127.0.0.1:" + postgres.port()).replace("DB", database);
    assertThatThrownBy(() -> SharedDatabase.open(address(url)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the database %s cannot be used: %s", address(url), words.replace("DB", database));
  }

  @Test
  void describesFailuresWithoutACodeOfTheDriver() {
    SQLException lost = new SQLException("An I/O error occurred", "08006", new EOFException());

    assertThat(SharedTrouble.words(lost)).isEqualTo("the connection was lost");
    assertThat(SharedTrouble.words(new SQLException("This connection has been closed.", "08003")))
        .isEqualTo("the connection was lost");
    assertThat(
            SharedTrouble.words(
                new SQLTransientConnectionException(
                    "store - Connection is not available", null, lost)))
        .isEqualTo("the connection was lost");
    SSLException unknown = new SSLException("PKIX", new CertPathBuilderException("no path"));
    assertThat(SharedTrouble.words(new SQLException("SSL error: PKIX", "08006", unknown)))
        .isEqualTo(
            "TLS fails: its certificate is not signed by a trusted authority; expected sslrootcert"
                + " to name a file with the authority's certificate");
    assertThat(
            SharedTrouble.words(
                new SQLException(
                    "The hostname h could not be verified by hostnameverifier"
                        + " PgjdbcHostnameVerifier.",
                    "08006")))
        .startsWith("its certificate does not name the host in --store; expected ");
  }
}
