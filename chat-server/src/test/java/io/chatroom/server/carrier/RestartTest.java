package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.LogCapture;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a data directory continues after a restart. */
class RestartTest {

  private static final long SECONDS = 60;

  @TempDir Path data;

  private TcpWorld start() {
    return new TcpWorld(Map.of("data", data.toString(), "eventLoops", "2"));
  }

  @Test
  void keepsRoomsOverARestart() {
    String epoch;
    try (TcpWorld world = start()) {
      JsonPeer alice = JsonPeer.in(world, "alice", "tea");
      alice.await(world, "'joined'");
      assertThat(alice.objects.get(0)).contains("\"durable\"");
      alice.post("tea", "one");
      alice.say("{'type':'topic','q':'t','room':'tea','text':'Tea'}");
      alice.post("tea", "two");
      alice.await(world, "'ack','id':'1'");
      epoch = alice.epoch();
    }
    try (TcpWorld world = start()) {
      JsonPeer bob =
          JsonPeer.in(world, "bob", "tea','after':{'epoch':'" + epoch + "','seq':1},'x':'");
      bob.await(world, "'two'");
      assertThat(bob.objects)
          .extracting(json -> json.replace('"', '\''))
          .anyMatch(
              json ->
                  json.contains("'epoch':'" + epoch + "','seq':3,'first':1")
                      && json.contains("'topic':'Tea'")
                      && json.contains("'resume':'complete'"))
          .noneMatch(json -> json.contains("'one'"));
      JsonPeer alice = JsonPeer.in(world, "alice", "tea");
      alice.post("tea", "one");
      alice.await(world, "'ack','id':'0','room':'tea','seq':1,");
      assertThat(alice.heard("\"duplicate\":true")).isEqualTo(1);
      alice.say("{'type':'rooms','q':'r'}");
      alice.await(world, "{'room':'tea','count':2,'seq':3,'topic':'Tea'}");
    }
  }

  @Test
  void keepsOwnersOfNamesOverARestart() {
    String token;
    try (TcpWorld world = start()) {
      JsonPeer alice = JsonPeer.in(world, "alice", "tea");
      alice.post("tea", "before");
      alice.say("{'type':'claim','q':'c'}");
      alice.await(world, "'owned','q':'c','token':'");
      token =
          alice.objects.stream().filter(json -> json.contains("\"token\"")).findAny().orElseThrow();
      token = token.replaceFirst(".*\"token\":\"([^\"]*)\".*", "$1");
      alice.post("tea", "after");
      alice.await(world, "'ack','id':'1'");
    }
    try (TcpWorld world = start()) {
      JsonPeer eve = new JsonPeer(world);
      eve.say(hello("alice", ""));
      eve.await(world, "'code':'name-owned'");
      eve.say(hello("аlice", "")); // in Cyrillic
      eve.await(world, "'code':'name-looks-alike'");
      eve.say(hello("alice", ",'token':'x" + token + "'"));
      eve.await(world, "'code':'token-wrong'");
      JsonPeer alice = new JsonPeer(world);
      alice.say(hello("alice", ",'token':'" + token + "'"));
      alice.await(world, "'welcome','v':2,'name':'alice','owned':true");
      alice.say("{'type':'join','room':'tea','last':9}");
      alice.await(world, "'from':'alice','text':'before'");
      alice.await(world, "'from':'alice','owned':true,'text':'after'");
    }
  }

  private static String hello(String name, String more) {
    String client = JsonPeer.client("another device");
    return "{'type':'hello','v':2,'name':'%s','client':'%s'%s}".formatted(name, client, more);
  }

  /** A tool that locks the database makes it fail like a disk. */
  @Test
  void answersUnavailableUntilItCanStoreAgainAndLosesNothing() throws Exception {
    try (LogCapture log = new LogCapture();
        TcpWorld world = start()) {
      JsonPeer alice = JsonPeer.in(world, "alice", "tea");
      JsonPeer bob = JsonPeer.in(world, "bob", "tea");
      alice.post("tea", "before");
      alice.await(world, "'ack','id':'0'");
      bob.await(world, "'before'");
      try (Connection holder =
              DriverManager.getConnection("jdbc:sqlite:" + data.resolve("log.db"));
          Statement statement = holder.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        alice.post("tea", "during");
        until(
            "the server is in trouble",
            () -> {
              world.pump();
              return log.lines().stream().anyMatch(line -> line.contains("cannot store messages"));
            });
        while (alice.heard("\"unavailable\"") == 0) {
          alice.post("tea", "refused");
          alice.say("{'type':'ping','q':'p" + alice.objects.size() + "'}");
          alice.await(world, "'pong','q':'p" + alice.objects.size() + "'");
        }
        assertThat(alice.objects)
            .anyMatch(json -> json.contains("\"do\":\"retry\",\"text\":\"The server cannot store"));
        assertThat(alice.heard("'ack'".replace('\'', '"'))).isEqualTo(1);
        alice.say("{'type':'topic','q':'t','room':'tea','text':'Tea'}");
        alice.await(world, "'q':'t','code':'unavailable'");
        statement.execute("ROLLBACK");
      }
      alice.await(world, "'message','room':'tea','seq':2,");
      alice.say("{'type':'post','id':'1','room':'tea','text':'during'}");
      alice.await(world, "'ack','id':'1','room':'tea','seq':2,");
      assertThat(alice.last("\"ack\"")).contains("\"duplicate\":true");
      bob.await(world, "'during'");
      alice.post("tea", "after");
      bob.await(world, "'after'");
      assertThat(alice.heard("\"unavailable\"") + alice.heard("\"ack\""))
          .as("each is answered once: %s", alice.objects)
          .isGreaterThanOrEqualTo(4);
    }
  }

  private static void until(String what, BooleanSupplier so) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!so.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
    }
  }
}
