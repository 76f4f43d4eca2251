package io.chatroom.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.TestHttp;
import io.chatroom.server.WsPeer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Posts over HTTP while a server cannot store them, and while it stops. */
class TroubleTest {

  private static final String TEXT = "\"text\":\"%s\"";

  @TempDir Path data;

  private ApiServer start() {
    return new ApiServer(
        "data", data.toString(), "admin", "127.0.0.1:0", "drainSeconds", "60"); // a stall may last
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(60));
  }

  private Connection holder() throws Exception {
    return DriverManager.getConnection("jdbc:sqlite:" + data.resolve("log.db"));
  }

  private static HttpResponse<String> post(ApiServer server, String id) {
    return server.post("lobby?name=ci", "text " + id).header("Idempotency-Key", id).answer();
  }

  /** A refused post is stored once, even if it was resent often. */
  @Test
  void unstorablePostsAreNeitherLostNorDuplicated() throws Exception {
    try (ApiServer server = start()) {
      WsPeer alice = server.session("alice", "lobby");
      assertThat(post(server, "one").statusCode()).isEqualTo(201);
      alice.expectObject("message");
      try (Connection holder = holder();
          Statement statement = holder.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        for (String id : new String[] {"two", "two", "three"}) {
          HttpResponse<String> answer = post(server, id);
          assertThat(answer.statusCode()).isEqualTo(503);
          assertThat(answer.body()).contains("\"code\":\"unavailable\",\"do\":\"retry\"");
          assertThat(answer.headers().firstValue("retry-after")).isPresent();
        }
        assertThat(server.post("lobby?name=ci", "never").answer().statusCode()).isEqualTo(503);
        statement.execute("ROLLBACK");
      }
      assertThat(alice.expectObject("message")).contains(TEXT.formatted("text two"));
      HttpResponse<String> again = post(server, "two");
      assertThat(again.statusCode()).isEqualTo(200);
      assertThat(again.body()).contains("\"seq\":2,", "\"duplicate\":true");
      assertThat(post(server, "three").body()).contains("\"seq\":3,").doesNotContain("duplicate");
      assertThat(server.get("/api/rooms/lobby/messages").body())
          .containsOnlyOnce(TEXT.formatted("text two"))
          .doesNotContain("never");
    }
  }

  /** S-65: accepted posts are answered, and no more are accepted. */
  @Test
  void pendingPostsAreAnsweredWhenTheServerStops() throws Exception {
    String acknowledged;
    try (ApiServer server = start()) {
      assertThat(post(server, "one").statusCode()).isEqualTo(201);
      CompletableFuture<HttpResponse<String>> answer;
      CompletableFuture<Void> closing;
      try (Connection holder = holder();
          Statement statement = holder.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        answer = CompletableFuture.supplyAsync(() -> post(server, "two"));
        await().until(() -> waits(server));
        closing = CompletableFuture.runAsync(server.server()::close);
        await().until(() -> !isReady(server));
        statement.execute("ROLLBACK");
      }
      acknowledged = answer.join().body();
      closing.join();
    }
    try (ApiServer server = start()) {
      HttpResponse<String> again = post(server, "two");
      assertThat(acknowledged).startsWith("{\"type\":\"");
      assertThat(again.body()).contains("\"seq\":2,");
      if (acknowledged.startsWith("{\"type\":\"ack\"")) { // or the store failed before it stopped
        assertThat(again.body()).contains("\"duplicate\":true");
      }
      assertThat(server.get("/api/rooms/lobby/messages").body())
          .containsOnlyOnce(TEXT.formatted("text two"));
    }
  }

  private static boolean waits(ApiServer server) {
    return TestHttp.get(Objects.requireNonNull(server.server().adminAddress()), "/metrics")
        .body()
        .lines()
        .anyMatch(line -> line.matches("chat_log_queue_bytes [1-9].*"));
  }

  private static boolean isReady(ApiServer server) {
    return TestHttp.get(Objects.requireNonNull(server.server().adminAddress()), "/readyz")
            .statusCode()
        == 200;
  }
}
