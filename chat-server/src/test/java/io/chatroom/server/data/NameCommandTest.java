package io.chatroom.server.data;

import static io.chatroom.server.TestPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.ChatServer;
import io.chatroom.server.TestPeer;
import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.control.ControlSocket;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoreTools;
import io.chatroom.server.log.store.StoredLogs;
import io.chatroom.server.names.Audit;
import io.chatroom.server.names.Claim;
import io.chatroom.server.names.Guard;
import io.chatroom.server.names.GuardCommands;
import io.chatroom.server.names.Owners;
import io.chatroom.server.names.People;
import io.chatroom.server.names.Person;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The operator's commands for owned names. */
class NameCommandTest {

  private static final InstantSource TODAY =
      InstantSource.fixed(Instant.parse("2026-11-26T12:00:00Z"));

  @TempDir Path data;

  private StoredLogs open() throws IOException {
    return StoredLogs.open(data, Retention.FOREVER, TODAY);
  }

  private static Claim claim(StoredLogs logs, String name) throws Exception {
    People people = new People(Owners.open(logs.facts(), TODAY, System::nanoTime, 0));
    return people
        .claim(new Person(name, "c", null))
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private String run(String... args) throws Exception {
    StringWriter out = new StringWriter();
    CommandLine command = new CommandLine(new NameCommand());
    command.registerConverter(Place.class, text -> Place.of(text, Map.of()));
    command.setOut(new PrintWriter(out, true));
    try {
      assertThat(new CommandLine.RunLast().execute(command.parseArgs(args))).isEqualTo(0);
    } catch (CommandLine.ExecutionException e) {
      throw (Exception) e.getCause();
    }
    return out.toString();
  }

  @Test
  void listsNamesWhileAServerRunsAndFreesThemAfterwards() throws Exception {
    try (StoredLogs logs = open()) {
      assertThat(claim(logs, "zoë")).isInstanceOf(Claim.Granted.class);
      assertThat(claim(logs, "Bob\u0007")).isInstanceOf(Claim.Granted.class);
      assertThat(run("list", data.toString()))
          .isEqualToNormalizingNewlines("Bob\\x07\t1\t2026-11-26\nzoë\t1\t2026-11-26\n");
      assertThatThrownBy(() -> run("free", data.toString(), "zoë"))
          .hasMessageContaining("is in use by another chat-server");
    }
    assertThat(run("free", data.toString(), "ZOË")).isEqualToNormalizingNewlines("ZOË is free\n");
    assertThat(run("list", data.toString())).doesNotContain("zoë");
    assertThatThrownBy(() -> run("free", data.toString(), "zoë"))
        .hasMessage("nobody owns the name zoë in " + data + "; see name list");
    try (StoredLogs logs = open()) {
      assertThat(claim(logs, "zoë")).isInstanceOf(Claim.Granted.class);
    }
  }

  @Test
  void freesANameOfARunningServer() throws Exception {
    try (StoredLogs logs = open()) {
      assertThat(claim(logs, "zoë")).isInstanceOf(Claim.Granted.class);
      Owners owners = Owners.open(logs.facts(), TODAY, System::nanoTime, 0);
      GuardCommands commands = new GuardCommands(Guard.open(logs.facts(), TODAY, owners), owners);
      try (ControlSocket control = ControlSocket.open(data, commands::run)) {
        assertThat(control).isNotNull();
        assertThatThrownBy(() -> run("free", data.toString(), "eve"))
            .hasMessage("nobody owns the name eve; see name list");
        assertThat(run("free", data.toString(), "ZOË"))
            .isEqualToNormalizingNewlines("ZOË is free\n");
        assertThat(owners.ownerOf("zoë")).isNull();
      }
    }
    assertThat(audit()).containsExactly("2026-11-26T12:00:00Z\tchat-server\tfree\t*\tzoë\t\t");
  }

  private static TestPeer session(ChatServer server, String more) {
    return TestPeer.connect(server)
        .send(
            "CHATROOM/2"
                + frame(
                    "{\"type\":\"hello\",\"v\":2,\"name\":\"zoë\",\"client\":\""
                        + "7".repeat(32)
                        + "\""
                        + more
                        + "}"));
  }

  /** The next object that contains this text. */
  private static String hear(TestPeer peer, String part) {
    String object = peer.readFrame();
    while (!object.contains(part)) {
      object = peer.readFrame();
    }
    return object;
  }

  @Test
  void freesANameWhoseOwnerIsHere() throws Exception {
    Map<String, String> options =
        Map.of("host", "127.0.0.1", "port", "0", "admin", "off", "data", data.toString());
    try (ChatServer server = ChatServer.start(ServerConfig.of(options));
        TestPeer zoe = session(server, "")) {
      zoe.send(frame("{\"type\":\"claim\",\"q\":\"1\"}"));
      String token = hear(zoe, "\"owned\",\"q\"").replaceFirst(".*\"token\":\"([^\"]*)\".*", "$1");
      String proof = ",\"token\":\"" + token + "\"";
      try (TestPeer phone = session(server, proof)) {
        assertThat(hear(phone, "\"welcome\"")).contains("\"owned\":true");
        assertThat(run("free", data.toString(), "Zoë"))
            .isEqualToNormalizingNewlines("Zoë is free\n");

        for (TestPeer each : List.of(zoe, phone)) {
          assertThat(hear(each, "\"bye\"")).contains("\"kicked\"", "This name was freed");
          each.expectClosed();
        }
      }
      try (TestPeer late = session(server, proof);
          TestPeer again = session(server, "")) {
        hear(late, "\"token-wrong\"");
        assertThat(hear(again, "\"welcome\"")).contains("\"owned\":false");
        again.send(frame("{\"type\":\"claim\",\"q\":\"1\"}"));
        hear(again, "\"owned\",\"q\"");
      }
      assertThatThrownBy(() -> run("free", data.toString(), "eve"))
          .hasMessage("nobody owns the name eve; see name list");
    }
    assertThat(audit()).singleElement().asString().endsWith("\tchat-server\tfree\t*\tzoë\t\t");
  }

  private List<String> audit() throws IOException {
    return Audit.lines(StoreTools.facts(data, Audit.factsKind()), 0);
  }

  @Test
  void createsNoStore() {
    assertThatThrownBy(() -> run("list", data.toString()))
        .hasMessageStartingWith("there is no log.db in ");
    assertThatThrownBy(() -> run("free", data.toString(), "x"))
        .hasMessageStartingWith("there is no log.db in ");
    assertThat(data).isEmptyDirectory();
  }
}
