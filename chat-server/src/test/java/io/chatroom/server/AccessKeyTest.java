package io.chatroom.server;

import static io.chatroom.server.TestPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A closed server as a whole, over TCP and WebSocket, while its file of keys changes. */
class AccessKeyTest {

  private static final String ALICE = "0123456789abcdef";
  private static final String BOB = "fedcba9876543210";

  @TempDir Path dir;

  private final LogCapture log = new LogCapture();

  @AfterEach
  void close() {
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  @Test
  void putsThoseOutWhoseKeyIsTakenAwayAndKeepsTheOthers() throws IOException {
    Path file = Files.writeString(dir.resolve("keys"), ALICE + " a\n" + BOB + " b\n");
    try (ChatServer server = start(Map.of("accessKeyFile", file.toString()));
        TestPeer alice = TestPeer.connect(server);
        TestPeer tcp = TestPeer.connect(server)) {
      alice.send("CHATROOM/2" + frame(hello("alice", ALICE)));
      assertThat(alice.readFrame()).contains("\"welcome\"");
      WsPeer bob = WsPeer.open(tcp); // needs none: it shows it in its hello
      bob.say(hello("bob", BOB));
      assertThat(bob.read().text()).contains("\"welcome\"");

      Files.writeString(file, ALICE + " a\n");
      server.lookAtFiles();

      assertThat(bob.expectBye("key-wrong", 4506)).contains("is no longer valid");
      alice.send(frame("{\"type\":\"ping\"}"));
      assertThat(alice.readFrame()).contains("\"pong\"");
      assertThat(log.lines()).noneMatch(line -> line.contains(ALICE) || line.contains(BOB));
    }
  }

  @Test
  void saysGoodbyeToAWrongKeyAndLogsThatItWasWrong() throws IOException {
    Path file = Files.writeString(dir.resolve("keys"), ALICE + " a\n");
    try (ChatServer server = start(Map.of("accessKeyFile", file.toString()));
        TestPeer bob = TestPeer.connect(server)) {
      bob.send("CHATROOM/2" + frame(hello("bob", BOB)));

      assertThat(bob.readFrame()).startsWith("{\"type\":\"bye\",\"code\":\"key-wrong\"");
      bob.expectClosed();
      assertThat(log.lines())
          .anyMatch(
              line ->
                  line.endsWith(
                      " refused: its access key is wrong, missing or revoked" + " (accessKeyFile)"))
          .noneMatch(line -> line.contains(BOB));
    }
  }

  @Test
  void startsWithNoDamagedFile() throws IOException {
    Path file = Files.writeString(dir.resolve("keys"), "short label");

    assertThatThrownBy(() -> start(Map.of("accessKeyFile", file.toString())))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ", line 1: the key has 5 characters, expected 16 to 256");
  }

  /** Where there are keys, those of this machine; where it says nobody, nobody. */
  @Test
  void letsTheSeedsProgramsInFromWhereItSays() throws IOException {
    Path file = Files.writeString(dir.resolve("keys"), ALICE + " a\n");
    try (ChatServer server = start(Map.of("accessKeyFile", file.toString()));
        TestPeer here = TestPeer.connect(server)) {
      here.send(frame("here"));
      Awaitility.await()
          .until(() -> log.lines().stream().anyMatch(line -> line.endsWith("user: here")));
    }
    try (ChatServer server = start(Map.of("seedMembers", "nobody"));
        TestPeer here = TestPeer.connect(server)) {
      here.send(frame("here"));
      here.expectClosed();
      Awaitility.await()
          .until(
              () ->
                  log.lines().stream().anyMatch(line -> line.endsWith("(seedMembers is nobody)")));
    }
  }

  @Test
  void readsLessFromGuestsThanFromOwners() throws IOException {
    try (ChatServer server =
            start(Map.of("guestMessagesPerSecond", "7", "messagesPerSecond", "70"));
        TestPeer guest = TestPeer.connect(server)) {
      guest.send("CHATROOM/2" + frame(hello("guest", ALICE)));

      assertThat(guest.readFrame()).contains("\"messagesPerSecond\":7}");
    }
  }

  private static String hello(String name, String key) {
    return "{\"type\":\"hello\",\"v\":2,\"name\":\"%s\",\"client\":\"%032x\",\"key\":\"%s\"}"
        .formatted(name, name.hashCode(), key);
  }

  private static ChatServer start(Map<String, String> options) throws IOException {
    Map<String, String> all = new HashMap<>(options);
    all.put("host", "127.0.0.1");
    all.put("port", "0");
    all.put("admin", "off");
    return ChatServer.start(ServerConfig.of(all));
  }
}
