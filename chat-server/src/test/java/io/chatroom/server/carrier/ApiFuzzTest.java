package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.chatroom.protocol.Corpus;
import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.carrier.World.Line;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Three HTTP clients send anything, while a session posts to the end. Checks that every answer is
 * valid HTTP with a body of its stated length, that JSON is valid, that there is no internal error
 * and no leak, that unread bytes stay below a limit, and that the session receives its answers.
 *
 * <p>An input is a program of single letters. {@code P} is a client, any byte modulo 3, and {@code
 * N} a byte. Other letters are ignored.
 *
 * <pre>
 *   q P N        one of the requests below, N modulo their number
 *   j P N bytes  posts the next N bytes as JSON; t  as text; z  to be drawn
 *   m P N bytes  reads the room named by the next N bytes, unencoded
 *   n P N bytes  reads tea, with the next N bytes as the query, unencoded
 *   e P N bytes  follows tea, with the next N bytes as the id
 *   w P N bytes  searches the next N bytes, encoded
 *   a P N bytes  posts with the next N bytes as the token; i  as the id
 *   b P N bytes  sends the next N bytes unchanged
 *   f P          ends its stream; r P  resets the connection
 *   s P          stops reading; u P  resumes reading; g  runs everything once
 * </pre>
 */
class ApiFuzzTest {

  private static final long UNREAD_BYTES = 20_000;
  private static final int CLIENTS = 3;
  private static final int RANDOM_RUNS = 60;

  private static final String POST = "POST /api/rooms/tea/messages?name=c HTTP/1.1\r\nHost: x\r\n";

  private static final List<String> REQUESTS =
      List.of(
          "GET /api HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /api/asyncapi HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /api/rooms HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /api/rooms?room=tea&limit=1&name=witness HTTP/1.1\r\nHost: x\r\n\r\n",
          "HEAD /api/rooms/tea/messages HTTP/1.1\r\nHost: x\r\n\r\n",
          "HEAD /api/rooms/tea/events HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /api/rooms/tea/messages HTTP/1.0\r\n\r\n",
          "GET /api/rooms/tea/messages?after=0&limit=200 HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /api/rooms/%40c0/messages HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /api/rooms/nowhere/messages HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /api/rooms/tea/events?last=3&name=c1 HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /api/rooms/tea/events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: none:7\r\n\r\n",
          "GET /api/search?q=one HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /api/search?q=one&room=tea&before=9 HTTP/1.1\r\nHost: x\r\n\r\n",
          "OPTIONS /api/rooms HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n\r\n",
          "GET /api/rooms HTTP/1.1\r\nHost: x\r\nOrigin: null\r\n\r\n",
          "DELETE /api/rooms/tea/messages HTTP/1.1\r\nHost: x\r\n\r\n",
          POST + "Content-Length: 3\r\n\r\none",
          POST + "Content-Length: 3\r\nIdempotency-Key: 1\r\n\r\none",
          POST + "Content-Length: 3\r\nIdempotency-Key: 1\r\n\r\ntwo",
          POST + "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n",
          POST + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\none",
          POST + "Content-Length: 99999\r\n\r\n",
          POST + "Content-Length: 0\r\nAuthorization: Basic YTpi\r\n\r\n",
          "POST /api/rooms/attic/messages?name=c0 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");

  private static final Pattern HEAD =
      Pattern.compile("HTTP/1\\.1 (\\d+) .*\r\n((?:.+\r\n)*)\r\n", Pattern.CASE_INSENSITIVE);

  private static final Pattern LENGTH =
      Pattern.compile("content-length: (\\d+)\r\n", Pattern.CASE_INSENSITIVE);

  private static final JsonMapper JSON = new JsonMapper();

  private final LogCapture log = new LogCapture();

  /** Initialises static buffers before bytes are counted. */
  @BeforeAll
  static void loadClasses() {
    try (MemoryWorld world = new MemoryWorld(1, 2, 20, new Limits(64, 1_000))) {
      JsonPeer.in(world, "first", "tea");
      Client client = new Client(world);
      client.send(REQUESTS.get(REQUESTS.size() - 1));
      for (int i = 0; i < 20; i++) {
        world.pump();
      }
    }
  }

  @AfterEach
  void close() {
    log.close();
  }

  /** One connection of a client after the other. */
  private static final class Client {

    private final MemoryWorld world;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private Line line;

    Client(MemoryWorld world) {
      this.world = world;
      this.line = Objects.requireNonNull(world.connect());
    }

    void send(String bytes) {
      line.send(bytes.getBytes(ISO_8859_1));
    }

    /** A request with a body. */
    void post(String start, String headers, byte[] body) {
      send(start + headers + "Content-Length: " + body.length + "\r\n\r\n");
      line.send(body);
    }

    void hear() {
      heard.writeBytes(line.receive());
    }

    /** After an end, a client can open another connection, up to a limit. */
    void comeBack() {
      Line next = line.hasEnded() ? world.connect() : null;
      if (next != null) {
        judge();
        heard.reset();
        line = next;
      }
    }

    /** Parses answers as far as their requests are known: an answer to HEAD has no body. */
    void judge() {
      String rest = heard.toString(ISO_8859_1);
      while (!rest.isEmpty()) {
        Matcher head = HEAD.matcher(rest);
        if (!head.lookingAt()) {
          assertThat(rest).startsWith("HTTP/1.1 ".substring(0, Math.min(9, rest.length())));
          return;
        }
        int status = Integer.parseInt(head.group(1));
        assertThat(status).as(rest).isNotEqualTo(500);
        Matcher length = LENGTH.matcher(head.group(2));
        if (!length.find()) {
          if (status == 100 || status == 204) {
            rest = rest.substring(head.end());
            continue;
          }
          assertThat(head.group(2)).containsIgnoringCase("text/event-stream");
          return;
        }
        rest = rest.substring(head.end());
        int bytes = Integer.parseInt(length.group(1));
        if (rest.startsWith("HTTP/1.1 ") || rest.length() < bytes) {
          continue; // an answer to HEAD, or an incomplete one
        }
        String body = new String(rest.substring(0, bytes).getBytes(ISO_8859_1), UTF_8);
        if (head.group(2).toLowerCase(Locale.ROOT).contains("json\r\n")) {
          JSON.readTree(body);
        }
        rest = rest.substring(bytes);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @ArgumentsSource(Corpus.class)
  void passesTheCorpus(String name, byte[] input) {
    everyAnswerIsRight(input);
  }

  @Test
  void passesRandomPrograms() {
    String letters = "qqqqjtzmnewaibfrsuggg";
    for (int seed = 0; seed < RANDOM_RUNS; seed++) {
      Random random = new Random(seed);
      byte[] input = new byte[400];
      random.nextBytes(input);
      for (int i = 0; i < input.length; i += 1 + random.nextInt(8)) {
        input[i] = (byte) letters.charAt(random.nextInt(letters.length()));
        if (i + 2 < input.length) {
          input[i + 2] &= 0x1f;
        }
      }
      everyAnswerIsRight(input);
    }
  }

  @FuzzTest
  void everyAnswerIsRight(byte[] input) {
    MemoryWorld world =
        new MemoryWorld(1, 4 * CLIENTS + 1, 20, new Limits(64, 1_000), UNREAD_BYTES);
    long before = FuzzInput.usedBytes();
    try {
      JsonPeer witness = new JsonPeer(world, "witness", "tea");
      List<Client> clients = IntStream.range(0, CLIENTS).mapToObj(i -> new Client(world)).toList();
      play(ByteBuffer.wrap(input), world, clients);
      clients.forEach(client -> client.line.unstick());
      witness.post("tea", "good night");
      for (int i = 0; i < 100; i++) {
        world.pump();
        witness.hear();
        clients.forEach(Client::hear);
      }
      assertThat(witness.heard("\"ack\"")).isEqualTo(1);
      clients.forEach(Client::judge);
    } finally {
      world.close();
    }
    assertThat(world.sessions().size()).as("sessions of those who have gone").isZero();
    assertThat(log.errors()).isEmpty();
    log.clear();
    assertThat(FuzzInput.usedBytes()).as("bytes not released").isEqualTo(before);
  }

  private static void play(ByteBuffer input, MemoryWorld world, List<Client> clients) {
    while (input.hasRemaining()) {
      byte letter = input.get();
      if (letter == 'g') {
        world.pump();
        clients.forEach(Client::hear);
        clients.forEach(Client::comeBack);
        assertThat(world.unreadBytes()).isLessThanOrEqualTo(UNREAD_BYTES);
        continue;
      }
      Client client = clients.get(FuzzInput.number(input) % CLIENTS);
      switch (letter) {
        case 'q' -> client.send(REQUESTS.get(FuzzInput.number(input) % REQUESTS.size()));
        case 'j' -> client.post(POST, "Content-Type: application/json\r\n", FuzzInput.bytes(input));
        case 't' -> client.post(POST, "", FuzzInput.bytes(input));
        case 'z' ->
            client.post(
                "POST /api/qr HTTP/1.1\r\nHost: x\r\n",
                "Content-Type: text/plain\r\n",
                FuzzInput.bytes(input));
        case 'm' -> client.send(get("/api/rooms/" + text(input) + "/messages", ""));
        case 'n' -> client.send(get("/api/rooms/tea/messages?" + text(input), ""));
        case 'e' ->
            client.send(get("/api/rooms/tea/events", "Last-Event-ID: " + text(input) + "\r\n"));
        case 'w' ->
            client.send(get("/api/search?q=" + URLEncoder.encode(text(input), ISO_8859_1), ""));
        case 'a' ->
            client.post(POST, "Authorization: Bearer " + text(input) + "\r\n", new byte[] {'x'});
        case 'i' -> client.post(POST, "Idempotency-Key: " + text(input) + "\r\n", new byte[] {'x'});
        case 'b' -> client.line.send(FuzzInput.bytes(input));
        case 'f' -> client.line.endOutput();
        case 'r' -> client.line.cut();
        case 's' -> client.line.stick();
        case 'u' -> client.line.unstick();
        default -> {}
      }
    }
  }

  private static String text(ByteBuffer input) {
    return new String(FuzzInput.bytes(input), ISO_8859_1);
  }

  private static String get(String path, String headers) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
  }
}
