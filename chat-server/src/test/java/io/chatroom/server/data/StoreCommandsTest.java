package io.chatroom.server.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.log.store.StoreImport;
import io.chatroom.server.log.store.StoredMessage;
import io.chatroom.server.postgres.Postgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The same commands for a directory and for a database. */
class StoreCommandsTest {

  private static final List<StoredMessage> MESSAGES =
      List.of(
          said("tea", 1, "zoë", "grüße 👋", false),
          said("tea", 2, "Ann", "one", true),
          said("@ann~1+bob~2", 1, "ann", "between us", true),
          said("@ann~1+bob~2", 2, "bob", "yes", true),
          event("tea", 3, "ann", "topic", null, "Tea"),
          event("tea", 4, "zoë", "moderated", "ann", "mute"),
          said("attic", 41, "ann", "two", false),
          event("attic", 42, "op", "topic", null, "Attic"));

  private final Postgres postgres = Postgres.shared();
  private final String store = postgres.newStore();
  private final String database = store.substring(store.lastIndexOf('/') + 1);

  @TempDir static Path filled;
  @TempDir Path directory;

  private static StoredMessage said(
      String room, long seq, String from, String text, boolean owned) {
    return new StoredMessage(
        room, seq, 5 + seq, from, text, "c" + from, room + seq, 0, null, null, owned);
  }

  private static StoredMessage event(
      String room, long seq, String by, String kind, @Nullable String target, String text) {
    return new StoredMessage(room, seq, 5 + seq, by, text, null, null, 0, kind, target, false);
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  @BeforeEach
  void copyFiles() throws IOException {
    Files.createDirectory(Path.of(data()));
    Files.copy(filled.resolve("log.db"), Path.of(data(), "log.db"));
  }

  @BeforeAll
  static void fill() throws Exception {
    try (StoreImport messages = StoreImport.into(filled)) {
      for (StoredMessage message : MESSAGES) {
        messages.add(message);
      }
      messages.finish();
    }
    run("operator", "add", filled.toString(), "zoë");
    run("operator", "add", filled.toString(), "ann");
    run("ban", filled.toString(), "bob", "--why=spam");
  }

  private static int exitCode(StringWriter out, Map<String, String> environment, String... args)
      throws Exception {
    CommandLine command = new CommandLine(CommandSpec.create());
    DataCommand.all().forEach(command::addSubcommand);
    command.registerConverter(Place.class, text -> Place.of(text, environment));
    command.setOut(new PrintWriter(out, true));
    try {
      return new CommandLine.RunLast().execute(command.parseArgs(args));
    } catch (CommandLine.ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }

  private static List<String> run(String... args) throws Exception {
    StringWriter out = new StringWriter();
    assertThat(exitCode(out, Map.of(), args)).isEqualTo(0);
    return out.toString().lines().toList();
  }

  private void copy() throws Exception {
    assertThat(run("copy", "--from", data(), "--to", store))
        .hasSize(4)
        .startsWith("checking that the source is sound")
        .contains(
            "8 messages in 3 rooms and 9 facts to copy from %s to %s".formatted(data(), store),
            "copied 8 messages in 3 rooms and 9 facts to %s".formatted(store))
        .endsWith(data() + " is unchanged, and no server will start on it again");
  }

  @Test
  void readsTheSame() throws Exception {
    copy();
    for (List<String> words :
        List.of(
            List.of("check"),
            List.of("export"),
            List.of("export", "", "--room=tea"),
            List.of("export", "", "--of=ANN"),
            List.of("operator", "list"),
            List.of("name", "list"),
            List.of("bans"),
            List.of("audit"),
            List.of("audit", "", "--since=2026-01-01"))) {
      List<String> ofDirectory = run(at(words, data()));
      assertThat(ofDirectory).isNotEmpty();
      assertThat(run(at(words, store))).as("%s", words).isEqualTo(ofDirectory);
    }
    assertThatThrownBy(() -> run("export", store, "--room=no"))
        .hasMessage("there is no room no in " + store);
  }

  /** An empty word is replaced by the place; without one the place comes last. */
  private static String[] at(List<String> words, String place) {
    return words.contains("")
        ? words.stream().map(word -> word.isEmpty() ? place : word).toArray(String[]::new)
        : Stream.concat(words.stream(), Stream.of(place)).toArray(String[]::new);
  }

  @Test
  void changesTheSame() throws Exception {
    copy();
    assertThat(run("unban", store, "Bob")).containsExactly("Bob is no longer banned.");
    assertThat(run("ban", store, "address:192.0.2.7", "--seconds=600"))
        .containsExactly("address:192.0.2.7 is banned.");
    assertThat(run("bans", store)).singleElement().asString().startsWith("address:192.0.2.7\t*\t");
    assertThat(run("operator", "remove", store, "ZOË")).hasSize(1);
    assertThat(run("operator", "list", store)).containsExactly("ann");
    assertThat(run("name", "free", store, "zoë")).containsExactly("zoë is free");
    assertThat(run("name", "list", store)).hasSize(1);
    assertThat(run("operator", "add", store, "new")).hasSize(2);
    assertThat(run("audit", store)).hasSize(8);
    assertThatThrownBy(() -> run("name", "free", store, "zoë"))
        .hasMessage("nobody owns the name zoë; see name list");
    assertThatThrownBy(() -> run("ban", store, "eve", "--address"))
        .hasMessage(
            "--address needs a data directory, as a database does not know who is connected; ban"
                + " the address itself, such as address:192.0.2.7");
  }

  @Test
  void forgetsTheSame() throws Exception {
    copy();
    Files.delete(directory.resolve("data/moved"));
    for (String[] words :
        new String[][] {{"forget", "", "ZOË", "--rename=eve"}, {"forget", "", "ann"}}) {
      List<String> ofDirectory = run(at(List.of(words), data()));
      List<String> ofStore = run(at(List.of(words), store));
      assertThat(done(ofStore)).isEqualTo(done(ofDirectory));
      assertThat(withoutTimes(run("export", store))).isEqualTo(withoutTimes(run("export", data())));
      assertThat(withoutTimes(run("audit", store))).isEqualTo(withoutTimes(run("audit", data())));
      assertThat(run("check", store)).isEqualTo(run("check", data()));
    }
    assertThat(String.join("\n", run("export", store)))
        .contains("@forgotten~1+bob~2", "\"from\":\"eve\"", "\"text\":\"yes\"")
        .doesNotContain("one", "two", "between us", "\"Tea\"");
    assertThat(run("export", store, "--of=ann")).isEmpty();
    assertThat(postgres.query(database, "SELECT name || coalesce(topic, '') FROM room ORDER BY 1"))
        .containsExactly("@forgotten~1+bob~2", "atticAttic", "tea");
    assertThat(postgres.query(database, "SELECT count(*) FROM message WHERE client IS NOT NULL"))
        .containsExactly("2");
  }

  private static String done(List<String> lines) {
    return lines.get(0).replaceFirst(";.*", "");
  }

  private static List<String> withoutTimes(List<String> lines) {
    return lines.stream().map(line -> line.replaceAll("\"at\":\\d{9,}|^\\S+Z\t", "")).toList();
  }

  @Test
  void saysWhatToUseInstead() throws Exception {
    assertThatThrownBy(() -> run("backup", store, "file")).hasMessageContaining("pg_dump");
    assertThatThrownBy(() -> run("import", store)).hasMessageContaining("chat-server copy");
    copy();
    assertThat(run("repair", store))
        .containsExactly(
            "gave new epochs to 3 rooms; use the database's own tools to repair damage");
    assertThat(run("reindex", store)).hasSize(1);
    assertThatThrownBy(() -> run("copy", "--from", data(), "--to", data() + "2"))
        .hasMessageStartingWith("both are directories");
    assertThatThrownBy(() -> run("copy", "--from", store, "--to", store))
        .hasMessageStartingWith("both are databases");
  }

  @Test
  void createsNoTablesInAnEmptyDatabase() {
    for (List<String> words :
        List.of(
            List.of("check"),
            List.of("repair"),
            List.of("reindex"),
            List.of("export"),
            List.of("forget", "", "ann"),
            List.of("name", "list"),
            List.of("bans"),
            List.of("ban", "", "bob"),
            List.of("copy", "--to=" + data() + "2", "--from"))) {
      assertThatThrownBy(() -> run(at(words, store)))
          .as("%s", words)
          .hasMessageStartingWith(store + " has no chat in it; expected ");
    }
    assertThat(postgres.query(database, "SELECT count(*) FROM pg_tables WHERE schemaname='public'"))
        .containsExactly("0");
  }

  @Test
  void parsesAPlace() throws Exception {
    copy();
    Place both = Place.of("-", Map.of("CHAT_STORE", store, "CHAT_DATA", "x"));
    assertThat(both.store()).hasToString(store);
    StringWriter out = new StringWriter();
    assertThat(exitCode(out, Map.of("CHAT_STORE", "Off", "CHAT_DATA", data()), "check", "-"))
        .isZero();
    assertThat(exitCode(out, Map.of("CHAT_STORE", store, "CHAT_DATA", "off"), "check", "-"))
        .isZero();
    assertThat(out.toString().lines())
        .containsExactly("8 messages in 3 rooms", "sound", "8 messages in 3 rooms", "sound");
    for (Map<String, String> nothing :
        List.of(Map.<String, String>of(), Map.of("CHAT_STORE", " ", "CHAT_DATA", "OFF"))) {
      assertThatThrownBy(() -> Place.of("-", nothing))
          .hasMessage("- stands for CHAT_STORE or CHAT_DATA, and neither is in the environment");
    }
  }

  @Test
  void neverShowsThePasswordOfAPlace() throws Exception {
    for (String[] one :
        new String[][] {
          {"postgresql://me:secret@", "postgresql://me:***@"},
          {"postgresq://me:secret@h/d", "postgresq://me:***@h/d"},
          {"postgresql:me:secret@h/d", "***@h/d"},
          {"me:secret@h/d", "***@h/d"},
          {"host=h password=secret", "host=***"},
        }) {
      assertThatThrownBy(() -> Place.of(one[0], Map.of()))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("\"" + one[1] + "\" is no database, expected ");
    }
    Path odd = Files.createDirectory(directory.resolve("a:b@c"));
    assertThat(Place.of(odd.toString(), Map.of()).directory()).isEqualTo(odd);
  }
}
