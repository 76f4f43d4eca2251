package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.chatroom.protocol.Corpus;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.LogCapture;
import io.chatroom.server.WsPeer;
import io.chatroom.server.carrier.World.Line;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Three clients request a WebSocket, or something like it, and send any frames, while a witness
 * posts to the end. Checks that each request has one answer, the last of which announces the end;
 * that frames are complete, and none follows the close frame; that every text is a valid object;
 * that there is no internal error and no leak; that unread bytes stay below a limit; and that the
 * witness receives its answers.
 *
 * <p>An input is a program of single letters. {@code P} is a client, any byte modulo 3, and {@code
 * B}, {@code L}, {@code N} are bytes. Other letters are ignored.
 *
 * <pre>
 *   c P            requests a WebSocket
 *   k P N          the first N bytes of such a request, N modulo its length
 *   v P N          one of the requests below, N modulo their number
 *   h P            sends a hello, and joins tea
 *   o P N          one of the requests of {@link SessionFuzzTest}, N modulo their number
 *   w P B N bytes  a frame with the first byte B and the next N bytes as its payload
 *   l P B L N      a header of these first two bytes, N thousand for its length if L makes that long, and a mask
 *   b P N bytes    the next N bytes unchanged
 *   x P N          N times a hundred bytes
 *   f P            ends its stream; r P  resets the connection
 *   s P            stops reading; u P  resumes reading; g  runs everything once
 * </pre>
 */
class WebSocketFuzzTest {

  private static final long UNREAD_BYTES = 20_000;
  private static final int CLIENTS = 3;
  private static final byte[] ASKS = WsPeer.request("/ws").getBytes(US_ASCII);

  private static final List<String> OTHERS =
      List.of(
          "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
          "HEAD /ws HTTP/1.1\r\nHost: x\r\n\r\n",
          "POST /ws HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
          "GET /ws HTTP/1.0\n\n",
          "OPTIONS * HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
          WsPeer.request("/ws", "Sec-WebSocket-Key: short"),
          WsPeer.request("/ws", "Sec-WebSocket-Protocol: chatroom.1"),
          WsPeer.request("/ws", "Sec-WebSocket-Version: 8"),
          WsPeer.request("/ws", "Origin: https://evil.example"),
          WsPeer.request("/ws", "Content-Length: 4"),
          WsPeer.request("/ws", "Transfer-Encoding: chunked"),
          WsPeer.request("/ws", "Transfer-Encoding: chunked", "Content-Length: 4"),
          WsPeer.request("/ws", "Content-Length: -1"),
          WsPeer.request("/ws", "Expect: 100-continue"),
          WsPeer.request("/ws", "X: " + "x".repeat(9_000)),
          WsPeer.request("/" + "x".repeat(5_000)));

  private final LogCapture log = new LogCapture();

  /** Initialises static buffers before bytes are counted. */
  @BeforeAll
  static void loadClasses() {
    try (MemoryWorld world = new MemoryWorld(1, 1, 20, new Limits(64, 1_000))) {
      Client client = new Client(world, 0);
      client.line.send(ASKS);
      client.say(SessionFuzzTest.REQUESTS.get(0));
      world.pump();
    }
  }

  @AfterEach
  void close() {
    log.close();
  }

  @ParameterizedTest(name = "{0}")
  @ArgumentsSource(Corpus.class)
  void passesTheCorpus(String name, byte[] input) throws BadObjectException {
    everyAnswerIsRight(input);
  }

  @FuzzTest
  void everyAnswerIsRight(byte[] input) throws BadObjectException {
    MemoryWorld world = new MemoryWorld(1, CLIENTS + 1, 20, new Limits(64, 1_000), UNREAD_BYTES);
    long before = FuzzInput.usedBytes();
    try {
      JsonPeer witness = new JsonPeer(world, "witness", "tea");
      List<Client> clients =
          IntStream.range(0, CLIENTS).mapToObj(i -> new Client(world, i)).toList();
      play(ByteBuffer.wrap(input), world, clients);
      clients.forEach(client -> client.line.unstick());
      witness.post("tea", "good night");
      for (int i = 0; i < 100; i++) {
        world.pump();
        witness.hear();
        clients.forEach(Client::hear);
      }
      assertThat(witness.heard("\"ack\"")).isEqualTo(1);
      for (Client client : clients) {
        client.judge();
      }
    } finally {
      world.close();
    }
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
        assertThat(world.unreadBytes()).isLessThanOrEqualTo(UNREAD_BYTES);
        continue;
      }
      Client client = clients.get(FuzzInput.number(input) % CLIENTS);
      switch (letter) {
        case 'c' -> client.line.send(ASKS);
        case 'k' ->
            client.line.send(Arrays.copyOf(ASKS, FuzzInput.number(input) * 3 % ASKS.length));
        case 'v' ->
            client.line.send(
                OTHERS.get(FuzzInput.number(input) % OTHERS.size()).getBytes(US_ASCII));
        case 'h' -> client.hello();
        case 'o' ->
            client.say(
                SessionFuzzTest.REQUESTS.get(
                    FuzzInput.number(input) % SessionFuzzTest.REQUESTS.size()));
        case 'w' -> client.line.send(frame(FuzzInput.number(input), FuzzInput.bytes(input)));
        case 'l' ->
            client.line.send(
                header(FuzzInput.number(input), FuzzInput.number(input), FuzzInput.number(input)));
        case 'b' -> client.line.send(FuzzInput.bytes(input));
        case 'x' -> client.line.send(new byte[100 * FuzzInput.number(input)]);
        case 'f' -> client.line.endOutput();
        case 'r' -> client.line.cut();
        case 's' -> client.line.stick();
        case 'u' -> client.line.unstick();
        default -> {}
      }
    }
  }

  private static byte[] frame(int first, byte[] content) {
    byte[] frame = WsPeer.frame(true, 0, content);
    frame[0] = (byte) first;
    return frame;
  }

  private static byte[] header(int first, int second, int thousands) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    out.write(second);
    if ((second & 0x7F) == 126) {
      out.writeBytes(ByteBuffer.allocate(2).putShort((short) (1_000 * thousands)).array());
    } else if ((second & 0x7F) == 127) {
      // the highest of them are lengths below zero, or beyond all bounds
      long length = thousands < 250 ? 1_000L * thousands : (long) thousands << 56;
      out.writeBytes(ByteBuffer.allocate(8).putLong(length).array());
    }
    out.writeBytes(new byte[4]);
    return out.toByteArray();
  }

  /** The client's end of a connection, which records everything. */
  private static final class Client {

    private static final Pattern ANSWER =
        Pattern.compile("HTTP/1\\.1 (\\d{3}) .*?\r\n\r\n", Pattern.DOTALL);
    private static final Pattern LENGTH =
        Pattern.compile("\r\ncontent-length: (\\d+)\r\n", Pattern.CASE_INSENSITIVE);

    final Line line;
    private final int number;
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();

    Client(World world, int number) {
      line = Objects.requireNonNull(world.connect());
      this.number = number;
    }

    /** JSON with single quotes. */
    void say(String json) {
      line.send(WsPeer.frame(true, WsPeer.TEXT, json.replace('\'', '"').getBytes(UTF_8)));
    }

    void hello() {
      say(WsPeer.hello("c" + number, "{'room':'tea'}"));
    }

    void hear() {
      all.writeBytes(line.receive());
    }

    /** Bytes that did not begin like HTTP are not checked here. */
    void judge() throws BadObjectException {
      String text = all.toString(US_ASCII);
      if (!text.startsWith("HTTP/")) {
        return;
      }
      boolean last = false;
      for (int next = 0; next < text.length(); ) {
        assertThat(last).as("nothing follows the last answer: %s", text).isFalse();
        Matcher answer = ANSWER.matcher(text).region(next, text.length());
        assertThat(answer.lookingAt()).as(text).isTrue();
        next = answer.end();
        if (answer.group(1).equals("101")) {
          frames(ByteBuffer.wrap(all.toByteArray(), next, all.size() - next));
          return;
        }
        if (!answer.group(1).equals("100")) {
          assertThat(answer.group(1)).matches("[45]..").isNotEqualTo("500");
          last = answer.group().contains("\r\nconnection: close");
          Matcher length = LENGTH.matcher(answer.group());
          assertThat(length.find()).as(text).isTrue();
          boolean onlyHead = next == text.length() || text.startsWith("HTTP/1.1 ", next);
          next += onlyHead ? 0 : Integer.parseInt(length.group(1));
          assertThat(next).as(text).isLessThanOrEqualTo(text.length());
        }
      }
    }

    private static void frames(ByteBuffer in) throws BadObjectException {
      boolean closed = false;
      boolean goodbye = false;
      while (in.hasRemaining()) {
        WsPeer.Received frame;
        try {
          frame =
              WsPeer.read(
                  length -> {
                    byte[] bytes = new byte[length];
                    in.get(bytes);
                    return bytes;
                  });
        } catch (BufferUnderflowException e) {
          return; // the last one is incomplete
        }
        assertThat(closed).as("nothing stands behind the close frame").isFalse();
        assertThat(frame.opcode()).isIn(WsPeer.TEXT, WsPeer.CLOSE, WsPeer.PING, WsPeer.PONG);
        closed = frame.opcode() == WsPeer.CLOSE;
        if (frame.opcode() == WsPeer.TEXT) {
          assertThat(goodbye).as("nothing is said behind bye").isFalse();
          goodbye = frame.text().startsWith("{\"type\":\"bye\"");
          SessionJson.readServer(Unpooled.wrappedBuffer(frame.text().getBytes(UTF_8)));
        }
      }
    }
  }
}
