package io.chatroom.server.log.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.postgres.Postgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SharedSchemaTest {

  private final Postgres postgres = Postgres.shared();
  private final String store = postgres.newStore();

  private static StoreAddress address(String url) {
    return Objects.requireNonNull(StoreAddress.parse(url));
  }

  @Test
  void isMadeOnceHoweverManyServersStart() throws Exception {
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
  void takesTheStepsThatAreMissingAndOldServersGoOn() throws IOException {
    SharedDatabase.open(address(store)).close();
    List<SharedSchema.Step> more = new ArrayList<>(SharedSchema.steps());
    more.add(new SharedSchema.Step(1, List.of("CREATE TABLE more (x int)")));
    SharedDatabase.open(address(store), new SharedSchema(more)).close();

    assertThat(postgres.query(store, "SELECT version FROM schema_version")).containsExactly("2");
    SharedDatabase.open(address(store)).close();
    assertThat(postgres.query(store, "SELECT version FROM schema_version")).containsExactly("2");
  }

  @Test
  void leavesTheStoreAsItWasWhereAStepFails() throws IOException {
    SharedDatabase.open(address(store)).close();
    List<SharedSchema.Step> more = new ArrayList<>(SharedSchema.steps());
    more.add(new SharedSchema.Step(1, List.of("CREATE TABLE more (x int)", "nonsense")));

    assertThatThrownBy(() -> SharedDatabase.open(address(store), new SharedSchema(more)))
        .isInstanceOf(IOException.class);
    assertThat(postgres.query(store, "SELECT version FROM schema_version")).containsExactly("1");
    assertThat(postgres.query(store, "SELECT to_regclass('more')")).containsExactly("null");
  }

  @Test
  void isNotUsedByAServerThatIsTooOld() throws IOException {
    SharedDatabase.open(address(store)).close();
    postgres.execute(store, "UPDATE schema_version SET version = 7, usable_from = 6");

    assertThatThrownBy(() -> SharedDatabase.open(address(store)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "%s is of version 7, which chat-servers from version 6 on can use, and this one knows"
                + " versions up to 1; start a newer chat-server",
            store);
  }

  @Test
  void leavesTheTablesOfOthersAlone() {
    postgres.execute(store, "CREATE TABLE message (x int)");

    assertThatThrownBy(() -> SharedDatabase.open(address(store)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(store + " holds tables of another program");
  }

  @Test
  void needsADatabaseThatKnowsEveryCharacter() {
    String latin = postgres.store("latin");
    postgres.execute(
        store, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'");

    assertThatThrownBy(() -> SharedDatabase.open(address(latin)))
        .hasMessage(
            "%s has the encoding LATIN1, expected UTF8; make it with: createdb --encoding=UTF8"
                + " --template=template0 NAME",
            latin);
  }

  @Test
  void storesNothingThatComesTooLate() throws Exception {
    SharedDatabase.open(address(store)).close();
    String append =
        "SELECT chat_append_1('x', 'tea', 'e', %d, 0, 0, '{ann}', '{hi}', NULL, NULL, NULL, NULL,"
            + " NULL, NULL, '{10}', NULL, false, NULL)";
    postgres.execute(store, append.formatted(1), append.formatted(2));

    assertThatThrownBy(() -> postgres.execute(store, append.formatted(1)))
        .hasMessageContaining("this comes too late");
    postgres.execute(store, append.formatted(2));
    assertThat(postgres.query(store, "SELECT count(*) FROM message")).containsExactly("2");
  }

  /** A line each: in tea, coffee, cake and a room that is not there. */
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
  void storesTogetherOnlyWhatIsPlain() throws Exception {
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

      // tea is busy, of cake something is not there that was delivered, and one is new
      assertThat(postgres.query(store, together(2, "a"))).containsExactly("2 2 e", "3 0 none");
    }
    assertThat(postgres.query(store, together(2, "b")))
        .as("what is stored with this mark, or is doubtful, is left")
        .containsExactly("1 2 e", "2 0 none", "3 0 none");
    assertThatThrownBy(() -> postgres.query(store, together(3, "b")))
        .as("of one post that is there, all is left")
        .hasMessageContaining("a post is there already");
    assertThat(
            postgres.query(
                store, "SELECT concat_ws(' ', name, newest, bytes) FROM room ORDER BY name"))
        .containsExactly("cake 1 10", "coffee 2 20", "tea 2 20");
    assertThat(postgres.query(store, "SELECT concat_ws(' ', count(*), max(bytes)) FROM message"))
        .containsExactly("5 20");
  }

  @Test
  void saysWhatIsTheMatterInOneSentence() {
    String wrong = store.replace("chat@", "alice:looking-glass@");
    assertThatThrownBy(() -> SharedDatabase.open(address(wrong)))
        .hasMessage(
            "the database %s cannot be used: it does not accept the user alice with this password;"
                + " expected in --store what the database was told for that user",
            wrong.replace(":looking-glass", ""));
    String stranger = store.replace("chat@", "alice:wonder@");
    assertThatThrownBy(() -> SharedDatabase.open(address(stranger)))
        .hasMessage(
            "the database %s cannot be used: permission denied for schema public; expected a user"
                + " that owns the database, so that it may make tables there",
            stranger.replace(":wonder", ""));
    assertThatThrownBy(() -> SharedDatabase.open(address(postgres.store("nothing"))))
        .hasMessageEndingWith("there is no database nothing; make it with: createdb nothing");
    assertThatThrownBy(() -> SharedDatabase.open(address(Postgres.through(1, store))))
        .hasMessageEndingWith(
            "cannot be used: nothing answers there, expected a PostgreSQL that runs and listens");
    assertThatThrownBy(() -> SharedDatabase.open(address("postgresql://nowhere.invalid/chat")))
        .hasMessageEndingWith("cannot be used: the name of its host is not known");
  }
}
