package io.chatroom.server.api;

import static io.chatroom.server.TestPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.LogCapture;
import io.chatroom.server.TestPeer;
import io.chatroom.server.WsPeer;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Posts and reads over HTTP, against the whole server. */
class ApiTest {

  @TempDir Path dir;

  private final LogCapture log = new LogCapture();
  private ApiServer server = new ApiServer();

  @AfterEach
  void close() {
    server.close();
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  private void restart(String... options) {
    server.close();
    server = new ApiServer(options);
  }

  private static void isProblem(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.body())
        .as(answer.toString())
        .startsWith("{\"type\":\"about:blank\",\"title\":\"")
        .contains("\"status\":" + status + ",\"detail\":\"")
        .contains("\"code\":\"" + code + "\",\"do\":\"")
        .endsWith("}\n");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
  }

  private String messages(String room) {
    return server.get("/api/rooms/" + room + "/messages").body();
  }

  // ---- posting

  @Test
  void everybodyReceivesAPost() {
    WsPeer alice = server.session("alice", "lobby");
    TestPeer seed = server.peer().send(frame("seed")).send(frame("first"));
    alice.expectObject("message");
    HttpResponse<String> answer = server.post("lobby?name=ci", "the build is green").answer();

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.headers().firstValue("location"))
        .contains("/api/rooms/lobby/messages?after=1&limit=1");
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    assertThat(answer.body())
        .matches("\\{\"type\":\"ack\",\"id\":\"[0-9a-f]{32}\",\"room\":\"lobby\",\"seq\":2,.*}\n");
    assertThat(alice.expectObject("message"))
        .contains("\"seq\":2,", "\"from\":\"ci\",\"text\":\"the build is green\"}");
    seed.expect("ci", "the build is green");
    assertThat(server.get(answer.headers().firstValue("location").orElseThrow()).body())
        .contains("\"messages\":[{\"type\":\"message\",\"room\":\"lobby\",\"seq\":2,")
        .contains("\"complete\":true");
  }

  /** curl sends this type with -d. */
  @Test
  void aFormIsNotDecoded() {
    server
        .ask("POST", "/api/rooms/lobby/messages?name=ci", "a=b&c=%20+d\n")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .answer();
    assertThat(messages("lobby")).contains("\"text\":\"a=b&c=%20+d\\n\"}");
  }

  @Test
  void anObjectHasTextAndMore() {
    String json = "{\"text\":\"h\\u00e9\",\"id\":\"x-1\",\"replyTo\":1,\"other\":[1]}";
    HttpResponse<String> answer =
        server
            .ask("POST", "/api/rooms/tea/messages?name=ci", json)
            .header("Content-Type", "application/json; charset=UTF-8")
            .answer();
    assertThat(answer.body()).startsWith("{\"type\":\"ack\",\"id\":\"x-1\",\"room\":\"tea\",");
    assertThat(messages("tea")).contains("\"from\":\"ci\",\"text\":\"hé\",\"replyTo\":1}");
  }

  @Test
  void theSameIdIsTheSamePost() {
    WsPeer alice = server.session("alice", "lobby");
    String first =
        server.post("lobby?name=ci", "hi").header("Idempotency-Key", "k").answer().body();
    HttpResponse<String> again =
        server.post("lobby?name=CI", "hi").header("Idempotency-Key", "k").answer();

    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.replace("}", ",\"duplicate\":true}"));
    assertThat(again.headers().firstValue("location")).isPresent();
    isProblem(
        server.post("lobby?name=ci", "other").header("Idempotency-Key", "k").answer(),
        409,
        "id-reused");
    isProblem(
        server.post("tea?name=ci", "hi").header("Idempotency-Key", "k").answer(), 409, "id-reused");
    assertThat(server.post("lobby?name=bo", "mine").header("Idempotency-Key", "k").answer().body())
        .contains("\"seq\":2,");
    assertThat(alice.expectObject("message")).contains("\"text\":\"hi\"");
    assertThat(alice.expectObject("message")).contains("\"text\":\"mine\"");
  }

  @Test
  void anOwnerPostsUnderItsName() {
    WsPeer alice = server.session("Alice", "lobby");
    String token = ApiServer.claim(alice);
    WsPeer bob = server.session("bob", "lobby");
    server.post("lobby", "it is me").token(token).answer();

    assertThat(bob.expectObject("message"))
        .contains("\"from\":\"Alice\",\"owned\":true,\"text\":\"it is me\"");
    assertThat(alice.expectObject("message")).contains("\"text\":\"it is me\"");
    assertThat(server.post("lobby?name=alice", "too").token(token).answer().statusCode())
        .isEqualTo(201);
    isProblem(server.post("lobby?name=bob", "no").token(token).answer(), 401, "token-wrong");
    isProblem(server.post("lobby?name=ALICE", "no").answer(), 401, "name-owned");
    isProblem(server.post("lobby?name=A1ice", "no").answer(), 403, "name-looks-alike");
  }

  @Test
  void aBotHasItsPermissions() {
    WsPeer alice = server.owner("alice", "tea");
    String read =
        "{\"type\":\"tokens\",\"q\":\"t\",\"action\":\"make\",\"label\":\"%s\",\"rooms\":[\"tea\"],\"scope\":\"%s\"}";
    String reader = ApiServer.token(alice.say(read.formatted("r", "read")).expectObject("tokens"));
    String writer = ApiServer.token(alice.say(read.formatted("w", "write")).expectObject("tokens"));

    isProblem(server.post("tea", "x").token(reader).answer(), 403, "forbidden");
    assertThat(server.post("tea", "green").token(writer).answer().statusCode()).isEqualTo(201);
    assertThat(alice.expectObject("message")).contains("\"owned\":true,\"text\":\"green\"");
    isProblem(server.post("attic", "x").token(writer).answer(), 403, "forbidden");
    assertThat(server.ask("GET", "/api/rooms/tea/messages", "").token(reader).answer().body())
        .contains("green");
    isProblem(
        server.ask("GET", "/api/rooms/lobby/messages", "").token(reader).answer(),
        403,
        "forbidden");
    isProblem(server.ask("GET", "/api/rooms", "").token(reader).answer(), 403, "forbidden");
    alice.say("{\"type\":\"tokens\",\"q\":\"t\",\"action\":\"revoke\",\"label\":\"w\"}");
    alice.expectObject("tokens");
    isProblem(server.post("tea", "x").token(writer).answer(), 401, "token-wrong");
    assertThat(server.get("/api/rooms").body()).doesNotContain("attic");
  }

  @Test
  void wrongTokensAreSlowedDown() {
    HttpResponse<String> answer = server.post("lobby", "x").token("wrong").answer();
    isProblem(answer, 401, "token-wrong");
    assertThat(answer.headers().firstValue("www-authenticate")).contains("Bearer");
    isProblem(
        server.post("lobby", "x").header("Authorization", "Basic YTpi").answer(),
        401,
        "token-wrong");
    for (int i = 0; i < 9; i++) {
      isProblem(server.post("lobby", "x").token("wrong" + i).answer(), 401, "token-wrong");
    }
    HttpResponse<String> slowed = server.post("lobby", "x").token("wrong").answer();
    while (slowed.statusCode() == 401) { // also on a slow machine
      slowed = server.post("lobby", "x").token("wrong").answer();
    }
    isProblem(slowed, 429, "rate");
    assertThat(Integer.parseInt(slowed.headers().firstValue("retry-after").orElseThrow()))
        .isBetween(1, 31);
  }

  @Test
  void aNameHasOneClientAtATime() {
    WsPeer alice = server.session("alice", "lobby");
    isProblem(server.post("lobby?name=alice", "x").answer(), 409, "name-taken");
    isProblem(server.post("lobby", "x").answer(), 400, "name-bad");
    isProblem(server.post("lobby?name=", "x").answer(), 400, "name-bad");
    isProblem(server.post("lobby?name=" + "x".repeat(200), "x").answer(), 400, "name-bad");
    isProblem(server.post("lobby?name=chat-server", "x").answer(), 400, "name-bad");
    alice.close();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> server.post("lobby?name=alice", "x").answer().statusCode() == 201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/html | x | 415 | bad-request",
        "text/plain; charset=latin1 | x | 415 | bad-request",
        "multipart/form-data; boundary=x | x | 415 | bad-request",
        "application/json | {\"text\":1} | 400 | bad-request",
        "application/json | {\"id\":\"x\"} | 400 | bad-request",
        "application/json | {\"text\":\"x\",\"replyTo\":-1} | 400 | bad-request",
        "application/json | {\"text\":\"x\",\"replyTo\":1.5} | 400 | bad-request",
        "application/json | {\"text\":\"\\ud800\"} | 400 | bad-request",
        "application/json | {\"text\":\"x\",\"text\":\"y\"} | 400 | bad-request",
        "application/json | {\"text\":\"x\"} {} | 400 | bad-request",
        "application/json | [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]] | 400 | bad-request",
        "application/json | {\"text\":\"x\",\"id\":\"other\"} | 400 | bad-request"
      })
  void malformedPostsAreRefused(String type, String body, int status, String code) {
    isProblem(
        server
            .ask("POST", "/api/rooms/lobby/messages?name=ci", body)
            .header("Content-Type", type)
            .header("Idempotency-Key", "key")
            .answer(),
        status,
        code);
  }

  @Test
  void textsHaveALimit() {
    restart("maxMessageBytes", "1024");
    assertThat(server.post("lobby?name=ci", "x".repeat(1024)).answer().statusCode()).isEqualTo(201);
    isProblem(server.post("lobby?name=ci", "é".repeat(513)).answer(), 413, "too-long");
    isProblem(server.post("lobby?name=ci", "x".repeat(8193)).answer(), 413, "too-long");
    isProblem(
        server.post("lobby?name=ci", "x").header("Idempotency-Key", "k".repeat(65)).answer(),
        400,
        "bad-request");
    isProblem(server.post("b%20ad?name=ci", "x").answer(), 400, "bad-request");
  }

  @Test
  void fastPostersAreRefused() {
    restart("guestMessagesPerSecond", "1", "messageBurst", "2", "messagesPerSecond", "1");
    WsPeer alice = server.session("alice", "lobby");
    String token = ApiServer.claim(alice);
    int posted = 0; // two at once, and one more each second
    HttpResponse<String> answer = server.post("lobby?name=c0", "x").answer();
    while (answer.statusCode() == 201) {
      posted++;
      answer = server.post("lobby?name=c" + posted, "x").answer();
    }
    assertThat(posted).isGreaterThanOrEqualTo(2);
    isProblem(answer, 429, "rate");
    assertThat(answer.headers().firstValue("retry-after")).contains("1");
    assertThat(server.post("lobby", "x").token(token).answer().statusCode()).isEqualTo(201);
  }

  // ---- order

  @Test
  void mutedPostersAreRefused() {
    WsPeer alice = server.owner("alice", "lobby");
    alice.say("{\"type\":\"join\",\"room\":\"tea\"}").expectObject("joined");
    String moderate = "{\"type\":\"moderate\",\"q\":\"m\",\"room\":\"tea\",\"action\":%s}";
    alice.say(moderate.formatted("\"mute\",\"target\":\"ci\"")).expectObject("event");
    isProblem(server.post("tea?name=CI", "x").answer(), 403, "muted");
    alice.say(moderate.formatted("\"slow\",\"seconds\":600")).expectObject("event");
    assertThat(server.post("tea?name=bob", "x").answer().statusCode()).isEqualTo(201);
    alice.expectObject("message");
    HttpResponse<String> slow = server.post("tea?name=carol", "x").answer();
    isProblem(slow, 429, "rate");
    assertThat(Integer.parseInt(slow.headers().firstValue("retry-after").orElseThrow()))
        .isBetween(500, 600);
    alice.say(moderate.formatted("\"restrict\"")).expectObject("event");
    isProblem(server.post("tea?name=dave", "x").answer(), 403, "muted");
    alice.say(moderate.formatted("\"ban\",\"target\":\"eve\"")).expectObject("event");
    isProblem(server.post("tea?name=eve", "x").answer(), 403, "forbidden");
    isProblem(server.get("/api/rooms/tea/messages?name=eve"), 403, "forbidden");
    alice.say(moderate.formatted("\"close\"")).expectObject("event");
    isProblem(server.post("tea?name=bob", "x").answer(), 403, "closed");
    isProblem(server.get("/api/rooms/tea/messages"), 403, "closed");
  }

  @Test
  void privateMessagesAreForTheTwo() {
    WsPeer alice = server.session("alice", "lobby");
    String token = ApiServer.claim(alice);
    WsPeer bob = server.session("bob", "lobby");
    String bobs = ApiServer.claim(bob);
    HttpResponse<String> answer = server.post("%40bob", "psst").token(token).answer();

    assertThat(answer.body()).contains("\"room\":\"@bob\",\"seq\":1,");
    assertThat(answer.headers().firstValue("location"))
        .contains("/api/rooms/%40bob/messages?after=0&limit=1");
    assertThat(bob.expectObject("joined")).contains("\"room\":\"@alice\"");
    assertThat(bob.expectObject("message")).contains("\"room\":\"@alice\"", "psst");
    assertThat(server.ask("GET", "/api/rooms/@alice/messages", "").token(bobs).answer().body())
        .contains("\"room\":\"@alice\",\"seq\":1,", "psst");
    assertThat(server.ask("GET", "/api/search?q=psst", "").token(bobs).answer().body())
        .contains("psst");
    isProblem(server.get("/api/rooms/@alice/messages?name=carol"), 403, "forbidden");
    isProblem(server.get("/api/rooms/@alice/messages"), 403, "forbidden");
    isProblem(server.post("@alice?name=carol", "x").answer(), 403, "forbidden");
    assertThat(server.get("/api/search?q=psst").body()).contains("\"messages\":[]");
    bob.say("{\"type\":\"block\",\"q\":\"b\",\"name\":\"alice\",\"on\":true}")
        .expectObject("blocked");
    isProblem(server.post("@bob", "psst").token(token).answer(), 403, "forbidden");
  }

  /** Requests do not appear in presence. */
  @Test
  void aVisitorIsNoMember() {
    WsPeer alice = server.session("alice", "lobby");
    alice.expectObject("presence"); // its own
    try (EventPeer events = server.events("lobby/events?name=bob")) {
      events.expect("joined");
      server.post("lobby?name=ci", "hi").answer();
      events.expect("message");
      alice.expectObject("message");
      assertThat(server.get("/api/rooms").body())
          .startsWith(
              "{\"type\":\"rooms\",\"rooms\":[{\"room\":\"lobby\",\"count\":1,\"seq\":1}],");
      assertThat(
              alice
                  .say("{\"type\":\"members\",\"q\":\"m\",\"room\":\"lobby\"}")
                  .expectObject("members"))
          .contains("\"members\":[\"alice\"],\"count\":1");
    }
    server.session("carol", "lobby");
    assertThat(alice.expectObject("presence"))
        .as("of nobody else")
        .endsWith("\"came\":[\"carol\"],\"count\":2}");
  }

  @Test
  void aTranscriptContainsPosts() {
    restart("transcript", "true");
    server.post("lobby?name=ci", "green").answer();
    assertThat(log.lines()).contains("127.0.0.1---ci:    green");
  }

  // ---- reading

  @Test
  void pagesAreThoseOfSessions() {
    for (int i = 1; i <= 7; i++) {
      server.post("lobby?name=ci", "n" + i).answer();
    }
    assertThat(messages("lobby"))
        .startsWith("{\"type\":\"page\",\"room\":\"lobby\",\"epoch\":\"")
        .contains("\"n1\"", "\"n7\"")
        .endsWith("\"complete\":true}\n");
    assertThat(server.get("/api/rooms/LOBBY/messages?limit=2").body())
        .contains("\"n6\"", "\"n7\"", "\"next\":6")
        .doesNotContain("\"n5\"");
    assertThat(server.get("/api/rooms/lobby/messages?before=6&limit=2").body())
        .contains("\"n4\"", "\"n5\"", "\"next\":4");
    assertThat(server.get("/api/rooms/lobby/messages?after=5").body())
        .contains("\"n6\"", "\"n7\"")
        .doesNotContain("\"next\"", "\"n5\"");
    assertThat(server.get("/api/rooms/lobby/messages?around=4&limit=3").body())
        .contains("\"n3\"", "\"n4\"", "\"n5\"")
        .doesNotContain("\"n2\"", "\"n6\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rooms/lobby/messages?before=1&after=2",
        "rooms/lobby/messages?before=x",
        "rooms/lobby/messages?after=-1",
        "rooms/lobby/messages?after=99999999999999999999",
        "rooms/lobby/messages?limit=0",
        "rooms/lobby/messages?limit=201",
        "rooms/b!/messages",
        "rooms?room=b!",
        "rooms?limit=201",
        "search",
        "search?q=",
        "search?q=x&limit=51",
        "rooms/lobby/events?after=1",
        "rooms/lobby/events?after=x:1&last=2",
        "rooms/lobby/events?last=x"
      })
  void malformedQueriesAreRefused(String path) {
    isProblem(server.get("/api/" + path), 400, "bad-request");
  }

  @Test
  void readingDoesNotCreateARoom() {
    isProblem(server.get("/api/rooms/tea/messages"), 404, "no-room");
    isProblem(server.get("/api/rooms/tea/events"), 404, "no-room");
    isProblem(server.get("/api/search?q=x&room=tea"), 404, "no-room");
    assertThat(server.get("/api/rooms").body())
        .isEqualTo("{\"type\":\"rooms\",\"rooms\":[],\"complete\":true}\n");
    server.post("tea?name=ci", "x").answer();
    assertThat(server.get("/api/rooms").body()).contains("\"room\":\"tea\",\"count\":0,\"seq\":1");
  }

  @Test
  void findsMessages() {
    server.post("tea?name=ci", "the kettle boils").answer();
    server.post("lobby?name=ci", "where is the kettle?").answer();
    server.post("lobby?name=ci", "here").answer();

    assertThat(server.get("/api/search?q=kettle").body())
        .contains("boils", "where is")
        .doesNotContain("\"q\"", "here\"");
    assertThat(server.get("/api/search?q=kettle&room=tea").body())
        .contains("\"room\":\"tea\"", "boils")
        .doesNotContain("where is");
    assertThat(server.get("/api/search?q=kettle&limit=1").body())
        .contains("where is", "\"next\":")
        .doesNotContain("boils");
  }

  // ---- who may come in

  @Test
  void aClosedServerRequiresItsKey() throws Exception {
    restart("accessKeyFile", Files.writeString(dir.resolve("keys"), "0123456789abcdef lab\n") + "");
    isProblem(server.get("/api/rooms"), 401, "key-wrong");
    isProblem(server.post("lobby?name=ci", "x").answer(), 401, "key-wrong");
    isProblem(server.ask("POST", "/api/qr", "x").answer(), 401, "key-wrong");
    assertThat(
            server
                .post("lobby?name=ci", "x")
                .header("Chat-Key", "0123456789abcdef")
                .answer()
                .body())
        .contains("\"seq\":1,");
    assertThat(
            server
                .ask("GET", "/api/rooms/lobby/messages", "")
                .header("chat-key", "0123456789abcdef")
                .answer()
                .statusCode())
        .isEqualTo(200);
    for (int i = 0; i < 10; i++) {
      server.ask("GET", "/api/rooms", "").header("Chat-Key", "wrong" + i).answer();
    }
    isProblem(
        server.ask("GET", "/api/rooms", "").header("Chat-Key", "0123456789abcdef").answer(),
        429,
        "rate");
  }

  @Test
  void guestsAreRefusedIfUnwelcome() {
    restart("guestNames", "false");
    WsPeer alice = WsPeer.open(server.peer());
    alice.say(WsPeer.hello("alice", "")).expectObject("welcome");
    String token = ApiServer.claim(alice);
    isProblem(server.post("lobby?name=ci", "x").answer(), 403, "forbidden");
    isProblem(server.get("/api/rooms"), 401, "token-wrong");
    assertThat(server.post("lobby", "x").token(token).answer().statusCode()).isEqualTo(201);
    assertThat(server.ask("GET", "/api/rooms/lobby/messages", "").token(token).answer().body())
        .contains("\"from\":\"alice\"");
  }

  @Test
  void pagesOfOtherOriginsAreRefused() {
    restart("allowedOrigins", "https://ok.example");
    isProblem(
        server.post("lobby?name=ci", "x").header("Origin", "https://evil.example").answer(),
        403,
        "origin");
    isProblem(
        server.ask("OPTIONS", "/api/rooms", "").header("Origin", "null").answer(), 403, "origin");
    HttpResponse<String> allowed =
        server.post("lobby?name=ci", "x").header("Origin", "https://ok.example").answer();
    assertThat(allowed.statusCode()).isEqualTo(201);
    assertThat(allowed.headers().firstValue("access-control-allow-origin"))
        .contains("https://ok.example");
    assertThat(allowed.headers().firstValue("vary")).contains("Origin");
    HttpResponse<String> preflight =
        server
            .ask("OPTIONS", "/api/rooms/lobby/messages", "")
            .header("Origin", "https://ok.example")
            .header("Access-Control-Request-Method", "POST")
            .answer();
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("access-control-allow-headers").orElseThrow())
        .contains("authorization", "idempotency-key");
    String own = "http://127.0.0.1:" + server.server().address().getPort();
    assertThat(server.post("lobby?name=ci", "x").header("Origin", own).answer().statusCode())
        .isEqualTo(201);
  }

  // ---- the rest

  /** The Arabic-Indic digits of a locale must not appear in HTTP and SVG. */
  @Test
  void numbersDoNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try {
      HttpResponse<String> answer = server.post("lobby?name=ci", "x").answer();
      assertThat(answer.headers().firstValue("location"))
          .contains("/api/rooms/lobby/messages?after=0&limit=1");
      assertThat(server.ask("POST", "/api/qr", "x").header("Content-Type", "text/plain").answer())
          .extracting(HttpResponse::body, InstanceOfAssertFactories.STRING)
          .contains("viewBox=\"0 0 29 29\"")
          .isASCII();
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void unknownPathsAreProblems() {
    isProblem(server.get("/api/nothing"), 404, "bad-request");
    HttpResponse<String> wrong = server.ask("DELETE", "/api/rooms", "").answer();
    isProblem(wrong, 405, "bad-request");
    assertThat(wrong.headers().firstValue("allow").orElseThrow()).contains("GET", "HEAD");
    HttpResponse<String> head = server.ask("HEAD", "/api/rooms", "").answer();
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void describesItself() {
    assertThat(server.get("/api").body()).contains("\"openapi\"");
    assertThat(server.get("/api/asyncapi").body()).contains("\"asyncapi\"");
  }

  @Test
  void drawsACode() {
    HttpResponse<String> answer =
        server
            .ask("POST", "/api/qr", "https://chat.example/#link=alice/abcd-efgh-ijkm")
            .header("Content-Type", "text/plain")
            .answer();
    assertThat(answer.headers().firstValue("content-type")).contains("image/svg+xml");
    assertThat(answer.body())
        .startsWith("<svg xmlns=")
        .contains("viewBox=\"0 0 ")
        .endsWith("</svg>\n");
    isProblem(server.ask("POST", "/api/qr", "x".repeat(513)).answer(), 413, "too-long");
    isProblem(server.ask("POST", "/api/qr", "").answer(), 400, "bad-request");
    isProblem(
        server.ask("POST", "/api/qr", "{}").header("Content-Type", "application/json").answer(),
        415,
        "bad-request");
  }

  /** Each drawing delays its event loop by some milliseconds. */
  @Test
  void limitsTheRateOfDrawings() {
    HttpResponse<String> answer = draw();
    for (int i = 1; i < 10; i++) {
      assertThat(answer.statusCode()).isEqualTo(200);
      answer = draw();
    }
    while (answer.statusCode() == 200) { // also on a slow machine
      answer = draw();
    }
    isProblem(answer, 429, "rate");
    assertThat(server.post("lobby?name=ci", "x").answer().statusCode()).isEqualTo(201);
  }

  private HttpResponse<String> draw() {
    return server.ask("POST", "/api/qr", "x").header("Content-Type", "text/plain").answer();
  }
}
