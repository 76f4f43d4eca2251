package io.chatroom.server.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.session.Code;
import io.chatroom.server.ChatServer;
import io.chatroom.server.TestPeer;
import io.chatroom.server.WsPeer;
import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.web.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A real server gives all answers of the description, and no others. */
class ApiAnswersTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String KEY = "0123456789abcdef";
  private static final String LOBBY = "/api/rooms/lobby/messages";
  private static final List<String> READ =
      List.of("/api/rooms", LOBBY, "/api/rooms/lobby/events", "/api/search?q=hello");
  private static final Pattern STATUS = Pattern.compile("(?m)^\\| ([45]\\d\\d)[^|]*\\|([^|]*)\\|$");
  private static final Pattern WORD = Pattern.compile("`([a-z-]+)`");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir Path dir;

  private final TreeSet<String> answered = new TreeSet<>();

  @Test
  void givesEveryDescribedAnswer() throws Exception {
    Path keys = Files.writeString(dir.resolve("keys"), KEY + " everybody\n");
    try (ChatServer open = start(Map.of("maxMessageBytes", "1024"));
        ChatServer slow = start(Map.of("messagesPerSecond", "1", "messageBurst", "1"));
        ChatServer closed = start(Map.of("accessKeyFile", keys.toString()))) {
      askForMessages(open, tokenOfAlice(open));
      askForTheRest(open);
      refuse(open, closed);
      askTooMuch(slow);
    }

    TreeSet<String> described = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path :
        Description.OPEN_API.whole().get("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        for (String status : operation.getValue().path("responses").propertyNames()) {
          if (!status.startsWith("5")) { // a working server does not send these
            described.add(
                operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey() + " " + status);
          }
        }
      }
    }
    assertThat(answered).isEqualTo(described);
  }

  /** Includes those that only a failing server sends. */
  @ParameterizedTest
  @EnumSource(Code.class)
  void everyCodeHasADescribedAnswer(Code code) {
    Answer answer = Problem.of(code, 1_500L, "A sentence.").answer();

    Map<String, List<String>> headers = new HashMap<>();
    answer.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    Description.OPEN_API.checkAnswer(
        "/paths/~1api~1rooms~1{room}~1messages/post/responses/" + answer.status(),
        headers,
        answer.body().toString(UTF_8));
    assertThat(headers.getOrDefault("retry-after", List.of("2"))).containsExactly("2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../chat-protocol/SESSIONS.md", "../docs/api.md"})
  void theGuideListsTheStatusOfEachCode(String page) throws IOException {
    Map<Code, Integer> told = new EnumMap<>(Code.class);
    for (MatchResult row : STATUS.matcher(Files.readString(Path.of(page))).results().toList()) {
      for (MatchResult word : WORD.matcher(row.group(2)).results().toList()) {
        Code code = Code.of(word.group(1));
        if (code != null) {
          told.put(code, Integer.valueOf(row.group(1)));
        }
      }
    }

    assertThat(told).containsKeys(Code.RATE, Code.BUSY, Code.TOKEN_WRONG, Code.ORIGIN);
    told.forEach(
        (code, status) ->
            assertThat(Problem.of(code, "A sentence.").status()).as(code.text()).isEqualTo(status));
    for (Code code : Code.values()) {
      if (!code.isBye() && code != Code.UNKNOWN_TYPE && code != Code.NOT_JOINED) {
        assertThat(told).containsKey(code);
      }
    }
  }

  private void askForMessages(ChatServer server, String token) throws Exception {
    String guest = LOBBY + "?name=ci";
    assertThat(post(server, guest, "text/plain", "hello", "Idempotency-Key: 1")).isEqualTo(201);
    assertThat(post(server, guest, "text/plain", "hello", "Idempotency-Key: 1")).isEqualTo(200);
    assertThat(post(server, guest, "text/plain", "bye", "Idempotency-Key: 1")).isEqualTo(409);
    assertThat(post(server, guest, "application/json", "{\"text\":\"hé\",\"replyTo\":1}"))
        .isEqualTo(201);
    assertThat(post(server, guest, "application/json", "[]")).isEqualTo(400);
    assertThat(post(server, guest, "image/png", "hello")).isEqualTo(415);
    assertThat(post(server, guest, "text/plain", "x".repeat(1_025))).isEqualTo(413);
    assertThat(post(server, LOBBY, "text/plain", "who?")).isEqualTo(400);
    assertThat(post(server, LOBBY + "?name=alice", "text/plain", "hello")).isEqualTo(401);
    String alice = "Authorization: Bearer " + token;
    assertThat(post(server, LOBBY, "text/plain", "mine", alice)).isEqualTo(201);
    assertThat(post(server, "/api/rooms/%40nobody/messages", "text/plain", "psst", alice))
        .isEqualTo(404);

    assertThat(ask(server, "GET", LOBBY + "?after=0")).isEqualTo(200);
    assertThat(ask(server, "HEAD", LOBBY)).isEqualTo(200);
    assertThat(ask(server, "GET", LOBBY + "?after=0&before=3")).isEqualTo(400);
    assertThat(ask(server, "GET", "/api/rooms/nowhere/messages")).isEqualTo(404);
    assertThat(ask(server, "GET", "/api/rooms/lobby/events?last=2")).isEqualTo(200);
    assertThat(ask(server, "HEAD", "/api/rooms/lobby/events")).isEqualTo(200);
    assertThat(ask(server, "GET", "/api/rooms/lobby/events?after=here")).isEqualTo(400);
    assertThat(ask(server, "GET", "/api/rooms/nowhere/events")).isEqualTo(404);
  }

  private void askForTheRest(ChatServer server) throws Exception {
    assertThat(ask(server, "GET", "/api")).isEqualTo(200);
    assertThat(ask(server, "GET", "/api/asyncapi")).isEqualTo(200);
    assertThat(ask(server, "GET", "/api/rooms")).isEqualTo(200);
    assertThat(ask(server, "GET", "/api/rooms?limit=0")).isEqualTo(400);
    assertThat(ask(server, "GET", "/api/search?q=hello")).isEqualTo(200);
    assertThat(ask(server, "GET", "/api/search?q=hello&room=LOBBY")).isEqualTo(200);
    assertThat(ask(server, "GET", "/api/search")).isEqualTo(400);
    assertThat(ask(server, "GET", "/api/search?q=hello&room=nowhere")).isEqualTo(404);
    assertThat(post(server, "/api/qr", "text/plain", "https://chat.example.org")).isEqualTo(200);
    assertThat(post(server, "/api/qr", "text/plain", "")).isEqualTo(400);
    assertThat(post(server, "/api/qr", "text/plain", "x".repeat(513))).isEqualTo(413);
    assertThat(post(server, "/api/qr", "text/html", "<b>")).isEqualTo(415);
    assertThat(ask(server, "GET", "/api/nothing")).isEqualTo(404);
    assertThat(ask(server, "DELETE", LOBBY)).isEqualTo(405);
  }

  private void refuse(ChatServer open, ChatServer closed) throws Exception {
    String stranger = "Origin: https://stranger.example";
    for (String path : READ) {
      assertThat(ask(open, "GET", path, stranger)).isEqualTo(403);
      assertThat(ask(open, "GET", path, "Authorization: Bearer wrong")).isEqualTo(401);
      assertThat(ask(closed, "GET", path)).isEqualTo(401);
    }
    assertThat(ask(open, "GET", "/api", stranger)).isEqualTo(403);
    assertThat(ask(open, "GET", "/api/asyncapi", stranger)).isEqualTo(403);
    assertThat(ask(closed, "GET", "/api/rooms", "Chat-Key: " + KEY)).isEqualTo(200);
    assertThat(post(open, LOBBY + "?name=ci", "text/plain", "hello", stranger)).isEqualTo(403);
    assertThat(post(open, "/api/qr", "text/plain", "hello", stranger)).isEqualTo(403);
    assertThat(post(closed, "/api/qr", "text/plain", "hello")).isEqualTo(401);
  }

  private void askTooMuch(ChatServer server) throws Exception {
    String guest = LOBBY + "?name=ci";
    int status = post(server, guest, "text/plain", "first");
    for (int i = 0; i < 1_000 && status == 201; i++) {
      status = post(server, guest, "text/plain", "more");
    }
    assertThat(status).isEqualTo(429);
    for (int i = 0; i < 1_000 && status != 200; i++) {
      status = post(server, "/api/qr", "text/plain", "a picture");
    }
    for (int i = 0; i < 1_000 && status == 200; i++) {
      status = post(server, "/api/qr", "text/plain", "a picture");
    }
    assertThat(status).isEqualTo(429);
    status = 401;
    for (int i = 0; i < 1_000 && status == 401; i++) {
      status = ask(server, "GET", "/api/rooms", "Authorization: Bearer wrong");
    }
    for (String path : READ) {
      assertThat(ask(server, "GET", path, "Authorization: Bearer wrong")).isEqualTo(429);
    }
  }

  private int post(ChatServer server, String path, String type, String body, String... headers)
      throws Exception {
    return send(
        path,
        request(server, path, headers)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private int ask(ChatServer server, String method, String path, String... headers)
      throws Exception {
    return send(
        path, request(server, path, headers).method(method, BodyPublishers.noBody()).build());
  }

  private static HttpRequest.Builder request(ChatServer server, String path, String... headers) {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE);
    for (String header : headers) {
      int colon = header.indexOf(": ");
      request.header(header.substring(0, colon), header.substring(colon + 2));
    }
    return request;
  }

  /** Checks every answer. */
  private int send(String path, HttpRequest request) throws Exception {
    HttpResponse<InputStream> answer = CLIENT.send(request, BodyHandlers.ofInputStream());
    Map<String, List<String>> headers = answer.headers().map();
    boolean goesOn = headers.getOrDefault("content-type", List.of()).contains("text/event-stream");
    String body;
    try (InputStream in = answer.body()) {
      body =
          goesOn && request.method().equals("GET")
              ? begin(in)
              : new String(in.readAllBytes(), UTF_8);
    }
    Description.OPEN_API
        .checkAnswer(request.method(), path, answer.statusCode(), headers, body)
        .ifPresent(answered::add);
    return answer.statusCode();
  }

  /** Two events of a stream. */
  private static String begin(InputStream in) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8));
    StringBuilder read = new StringBuilder();
    for (int ends = 0; ends < 2; ) {
      String line = String.valueOf(lines.readLine());
      read.append(line).append('\n');
      ends += line.isEmpty() ? 1 : 0;
    }
    return read.toString();
  }

  private static ChatServer start(Map<String, String> options) throws IOException {
    Map<String, String> all = new HashMap<>(options);
    all.put("host", "127.0.0.1");
    all.put("port", "0");
    all.put("admin", "off");
    return ChatServer.start(ServerConfig.of(all));
  }

  private static String tokenOfAlice(ChatServer server) {
    try (WsPeer alice = WsPeer.open(TestPeer.connect(server))) {
      alice.say(WsPeer.hello("alice", ""));
      alice.expectObject("welcome");
      alice.say("{\"type\":\"claim\",\"q\":\"1\"}");
      return Description.json(alice.expectObject("owned")).get("token").asString();
    }
  }
}
