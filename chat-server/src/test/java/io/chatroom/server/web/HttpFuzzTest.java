package io.chatroom.server.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.chatroom.protocol.Corpus;
import io.chatroom.server.LogCapture;
import io.chatroom.server.carrier.FuzzInput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Valid requests, pieces of them, and other bytes on one connection. However the input is split,
 * the answers are the same; each answer is complete, and nothing follows the last one; valid
 * requests are answered, and none that {@link HttpModel} forbids; a peer that does not read
 * receives the same later; there is no internal error and no leak.
 *
 * <p>An input is a program of single letters. Other characters are skipped.
 *
 * <pre>
 *   r N        one of the requests below, N modulo their number
 *   l N        one of the lines below
 *   b N bytes  the next N bytes, unchanged
 *   c          splits the input here
 * </pre>
 */
class HttpFuzzTest {

  private static final String HOST = " HTTP/1.1\r\nHost: x\r\n";

  private static final List<String> REQUESTS =
      List.of(
          "GET /hello" + HOST + "\r\n",
          "HEAD /hello" + HOST + "\r\n",
          "POST /echo" + HOST + "Content-Length: 5\r\n\r\n12345",
          "POST /echo" + HOST + "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n12\r\n0\r\n\r\n",
          "GET /nothing" + HOST + "\r\n",
          "PUT /echo" + HOST + "Content-Length: 1\r\n\r\n1",
          "GET /hello" + HOST + "Connection: close\r\n\r\n",
          "GET /hello HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n",
          "GET /ws" + HOST + "\r\n",
          "POST /echo" + HOST + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n1",
          "POST /echo" + HOST + "Content-Length: 1025\r\n\r\n",
          "GET /fails" + HOST + "\r\n");

  private static final List<String> LINES =
      List.of(
          "GET /hello" + HOST,
          "POST /echo" + HOST,
          "\r\n",
          "\n",
          "\r",
          "Content-Length: 5\r\n",
          "Content-Length: 0\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Transfer-Encoding: gzip, chunked\r\n",
          "X: y\r\n",
          " folded\r\n",
          "Host: y\r\n",
          "5\r\n12345\r\n",
          "0\r\n",
          "Connection: close\r\n",
          "POST /echo HTTP/1.0\r\n",
          "GET http://x/hello?a=%41&b HTTP/1.1\r\n",
          "OPTIONS * HTTP/1.1\r\n");

  private static final Pattern ANSWER =
      Pattern.compile("HTTP/1\\.1 (\\d{3}) [^\r\n]+\r\n((?:[^\r\n]+\r\n)*)\r\n");
  private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)\r\n");
  private static final Pattern DATE = Pattern.compile("\r\ndate: [^\r\n]+");

  private final LogCapture log = new LogCapture();

  /** The result of a run. */
  private record Outcome(String sent, List<String> asked, boolean isOpen) {}

  /** Loads classes, so that their shared buffers are not counted as leaks. */
  @BeforeAll
  static void loadClasses() {
    try (LogCapture quiet = new LogCapture()) {
      for (String request : REQUESTS) {
        outcome(List.of(request.getBytes(ISO_8859_1)), false);
      }
      quiet.clear();
    }
  }

  @AfterEach
  void close() {
    log.close();
  }

  @ParameterizedTest(name = "{0}")
  @ArgumentsSource(Corpus.class)
  void passesTheCorpus(String name, byte[] input) {
    everyRequestHasOneReading(input);
  }

  @FuzzTest
  void everyRequestHasOneReading(byte[] input) {
    long before = FuzzInput.usedBytes();
    List<byte[]> pieces = pieces(ByteBuffer.wrap(input));
    StringBuilder all = new StringBuilder();
    pieces.forEach(piece -> all.append(new String(piece, ISO_8859_1)));
    String text = all.toString();

    Outcome outcome = outcome(pieces, false);
    judge(outcome.sent());
    HttpModel model = HttpModel.of(text);
    if (!text.isEmpty() && text.charAt(0) > ' ') { // else another surface gets it
      int known = model.requests().size();
      assertThat(outcome.asked()).hasSizeGreaterThanOrEqualTo(known);
      assertThat(outcome.asked().subList(0, known)).isEqualTo(model.requests());
      if (model.isOver()) {
        assertThat(outcome.asked()).hasSameSizeAs(model.requests());
        assertThat(outcome.isOpen()).isFalse();
      }
    }
    assertThat(outcome(List.of(text.getBytes(ISO_8859_1)), false)).isEqualTo(outcome);
    assertThat(outcome(pieces, true)).isEqualTo(outcome);
    if (text.length() < 2_000) {
      List<byte[]> single = new ArrayList<>();
      for (byte b : text.getBytes(ISO_8859_1)) {
        single.add(new byte[] {b});
      }
      assertThat(outcome(single, false)).isEqualTo(outcome);
    }
    assertThat(log.errors()).allMatch(error -> error.contains("internal error"));
    assertThat(log.errors().size()).isEqualTo(mistakes(outcome) * (text.length() < 2_000 ? 4 : 3));
    log.clear();
    assertThat(FuzzInput.usedBytes()).as("bytes not released").isEqualTo(before);
  }

  /** Counts the internal errors that requests cause on purpose. */
  private static long mistakes(Outcome outcome) {
    return outcome.asked().stream().filter(asked -> asked.startsWith("GET fails")).count();
  }

  private static List<byte[]> pieces(ByteBuffer input) {
    List<byte[]> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    while (input.hasRemaining()) {
      switch (input.get()) {
        case 'r' -> piece.append(REQUESTS.get(FuzzInput.number(input) % REQUESTS.size()));
        case 'l' -> piece.append(LINES.get(FuzzInput.number(input) % LINES.size()));
        case 'b' -> piece.append(new String(FuzzInput.bytes(input), ISO_8859_1));
        case 'c' -> {
          pieces.add(piece.toString().getBytes(ISO_8859_1));
          piece.setLength(0);
        }
        default -> {}
      }
    }
    pieces.add(piece.toString().getBytes(ISO_8859_1));
    return pieces;
  }

  /**
   * @param stuck true if the peer reads nothing before it has sent everything
   */
  private static Outcome outcome(List<byte[]> pieces, boolean stuck) {
    try (HttpWorld world = new HttpWorld()) {
      if (stuck) {
        world.peer.stick();
      }
      for (byte[] piece : pieces) {
        if (piece.length > 0 && world.peer.isOpen()) {
          world.feed(piece);
        }
      }
      world.peer.unstick();
      world.peer.runPendingTasks();
      return new Outcome(
          DATE.matcher(world.sent()).replaceAll(""),
          List.copyOf(world.asked),
          world.peer.isOpen() && !world.peer.isOutputShutdown());
    }
  }

  private static void judge(String text) {
    boolean last = false;
    for (int next = 0; next < text.length(); ) {
      assertThat(last).as("nothing follows the last answer: %s", text).isFalse();
      Matcher answer = ANSWER.matcher(text).region(next, text.length());
      assertThat(answer.lookingAt()).as(text).isTrue();
      next = answer.end();
      if (answer.group(1).equals("101")) {
        return;
      }
      if (!answer.group(1).equals("100")) {
        last = answer.group(2).contains("connection: close");
        Matcher length = LENGTH.matcher(answer.group(2));
        assertThat(length.find()).as(text).isTrue();
        boolean onlyHead = next == text.length() || text.startsWith("HTTP/1.1 ", next);
        next += onlyHead ? 0 : Integer.parseInt(length.group(1));
        assertThat(next).as(text).isLessThanOrEqualTo(text.length());
      }
    }
  }
}
