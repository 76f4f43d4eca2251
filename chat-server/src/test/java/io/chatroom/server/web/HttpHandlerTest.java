package io.chatroom.server.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.LogCapture;
import io.chatroom.server.WsPeer;
import io.chatroom.server.room.Pieces;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One HTTP connection without a socket; the test moves the clock. */
class HttpHandlerTest {

  private static final String HELLO = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String LATER = "GET /later HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final Pattern ANSWER =
      Pattern.compile("HTTP/1\\.1 (\\d{3}) [^\r\n]+\r\n((?:[^\r\n]+\r\n)*)\r\n", Pattern.DOTALL);
  private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)\r\n");

  /** An answer. */
  private record Answered(int status, String head, String body) {}

  private final HttpWorld world = new HttpWorld();
  private final LogCapture log = new LogCapture();

  @AfterEach
  void close() {
    world.close();
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  private List<Answered> answers() {
    return answers(false);
  }

  /** The answers since the last call. */
  private List<Answered> answers(boolean headsOnly) {
    String text = world.sent();
    List<Answered> all = new ArrayList<>();
    for (int next = 0; next < text.length(); ) {
      Matcher answer = ANSWER.matcher(text).region(next, text.length());
      assertThat(answer.lookingAt()).as(text.substring(next)).isTrue();
      Matcher length = LENGTH.matcher(answer.group(2));
      int bytes = length.find() && !headsOnly ? Integer.parseInt(length.group(1)) : 0;
      next = answer.end() + bytes;
      assertThat(next).as(text).isLessThanOrEqualTo(text.length());
      all.add(
          new Answered(
              Integer.parseInt(answer.group(1)),
              answer.group(2),
              text.substring(answer.end(), next)));
    }
    return all;
  }

  private Answered answer() {
    List<Answered> all = answers();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private Answered answerTo(String request) {
    world.feed(request);
    return answer();
  }

  private static String post(String body, String... headers) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\n"
        + String.join("", List.of(headers).stream().map(header -> header + "\r\n").toList())
        + "\r\n"
        + body;
  }

  /** The server has ended its side, and closes in a moment even if the peer does not. */
  private void assertEnds() {
    assertThat(world.peer.isOutputShutdown()).isTrue();
    world.feed(HELLO);
    assertThat(world.sent()).as("nothing is answered any more").isEmpty();
    world.pass(3);
    assertThat(world.peer.isOpen()).isFalse();
  }

  // ---- one after the other

  @Test
  void keepsTheConnectionForTheNextRequest() {
    for (int i = 0; i < 3; i++) {
      Answered answer = answerTo(HELLO);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("hello\n");
      assertThat(answer.head()).contains("connection: keep-alive\r\n");
    }
    assertThat(world.peer.isOpen()).isTrue();
  }

  @Test
  void readsARequestByteByByte() {
    byte[] bytes = post("abc", "Content-Length: 3").getBytes(US_ASCII);
    for (int i = 0; i < bytes.length; i++) {
      assertThat(world.sent()).as("before byte %d", i).isEmpty();
      world.feed(new byte[] {bytes[i]});
    }
    assertThat(answer().body()).isEqualTo("abc");
  }

  @Test
  void answersPipelinedRequestsInOrder() {
    world.feed(
        HELLO + post("1", "Content-Length: 1") + "\r\n" + HELLO + "GET /x HTTP/1.1\nHost: x\n\n");
    assertThat(answers().stream().map(Answered::status)).containsExactly(200, 200, 200, 404);
  }

  /** A read with a thousand requests must not make a thousand objects at once. */
  @Test
  void decodesTheNextRequestAfterTheLastAnswer() {
    world.feed((LATER + HELLO).repeat(3));
    for (int i = 0; i < 3; i++) {
      assertThat(world.waiting).hasSize(1);
      assertThat(world.sent()).isEmpty();
      assertThat(world.peer.config().isAutoRead()).isFalse();
      world.waiting.remove().answer(Answer.sentence(200, "now"));
      world.peer.runPendingTasks();
      assertThat(answers().stream().map(Answered::body)).containsExactly("now\n", "hello\n");
    }
    assertThat(world.peer.config().isAutoRead()).isTrue();
    assertThat(world.asked).hasSize(6);
  }

  @Test
  void acceptsOneAnswerOnly() {
    world.feed(LATER);
    Responder to = world.waiting.remove();
    to.answer(Answer.sentence(200, "one"));
    to.answer(Answer.sentence(200, "two"));
    assertThat(answer().body()).isEqualTo("one\n");
    assertThat(to.stream(Map.of()).isOver()).isTrue();
    assertThat(world.sent()).isEmpty();
  }

  @Test
  void notifiesAnEndpointThatTheConnectionHasGone() {
    world.feed(LATER);
    Responder to = world.waiting.remove();
    world.peer.close();
    assertThat(world.gone).isEqualTo(1);
    to.answer(Answer.sentence(200, "too late"));
    to.whenGone(() -> world.gone++);
    assertThat(world.gone).isEqualTo(2);
    assertThat(world.sent()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n",
        "GET /hello HTTP/1.0\r\n\r\n"
      })
  void closesAfterTheLastAnswer(String last) {
    assertThat(answerTo(last + HELLO).head()).contains("connection: close\r\n");
    assertEnds();
  }

  @Test
  void keepsAnHttp10ConnectionOnRequest() {
    String old = "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    world.feed(old + old);
    assertThat(answers())
        .hasSize(2)
        .allSatisfy(answer -> assertThat(answer.head()).contains("connection: keep-alive\r\n"));
  }

  @Test
  void answersHeadWithTheSameHead() {
    world.feed(HELLO.replace("GET", "HEAD").repeat(2));
    assertThat(answers(true))
        .hasSize(2)
        .allSatisfy(answer -> assertThat(answer.head()).contains("content-length: 6\r\n"));
    assertThat(world.asked).containsExactly("GET hello", "GET hello");
  }

  /** A peer can end its stream after its requests, and still wait for the answers. */
  @Test
  void answersRequestsBeforeTheEndOfTheStream() {
    world.feed(HELLO + LATER + HELLO);
    world.peer.endInput();
    assertThat(answers()).hasSize(1);
    assertThat(world.peer.isOpen()).isTrue();
    world.waiting.remove().answer(Answer.sentence(200, "now"));
    world.peer.runPendingTasks();
    assertThat(answers()).hasSize(2);
    assertThat(world.peer.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GET /hello HT", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na"})
  void doesNotAnswerAnIncompleteRequest(String half) {
    world.feed(half);
    world.peer.endInput();
    assertThat(world.sent()).isEmpty();
    assertThat(world.peer.isOpen()).isFalse();
  }

  // ---- routes

  @ParameterizedTest
  @CsvSource({
    "GET /nothing, 404, ",
    "GET /hello/, 404, ",
    "GET //hello, 404, ",
    "GET /Hello, 404, ",
    "GET /hello%2F, 404, ",
    "DELETE /hello, 405, 'allow: GET, HEAD'",
    "PUT /echo, 405, allow: POST",
    "DELETE /rooms/1/x, 405, 'allow: GET, HEAD, POST'",
    "OPTIONS *, 405, 'allow: GET, HEAD'",
    "CONNECT x:1, 405, 'allow: GET, HEAD'",
    "GET /hello%, 400, ",
    "GET /hell\u00f6, 400, ",
    "GET /hello?a=%zz, 400, ",
    "GET /api/nothing, 404, content-type: x/problem",
    "GET /apix, 404, content-type: text/plain",
    "GET /hello?a=b, 200, ",
    "GET /%68ello, 200, ",
    "GET http://x/hello, 200, ",
    "GET http://x, 200, ",
  })
  void findsTheRoute(String line, int status, String header) {
    Answered answer = answerTo(line + " HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.head()).contains("connection: keep-alive");
    if (header != null) {
      assertThat(answer.head()).contains("\r\n" + header);
    }
  }

  @Test
  void decodesTheSegmentForAStar() {
    String room = "/rooms/%C3%A9%2F+x/x";
    assertThat(answerTo("GET " + room + " HTTP/1.1\r\nHost: x\r\n\r\n").body())
        .isEqualTo(new String("\u00e9/+x\n".getBytes(UTF_8), ISO_8859_1));
  }

  /** Every answer has the same ones. */
  @Test
  void sendsSecurityHeaders() {
    assertThat(answerTo(HELLO).head())
        .contains("content-security-policy: default-src 'none'; script-src 'self'; ")
        .contains("; frame-ancestors 'none'; require-trusted-types-for 'script'; ")
        .doesNotContain("unsafe")
        .contains("x-content-type-options: nosniff\r\n")
        .contains("referrer-policy: no-referrer\r\n")
        .contains("cross-origin-opener-policy: same-origin\r\n")
        .contains("cross-origin-resource-policy: same-origin\r\n")
        .contains("permissions-policy: ")
        .contains("cache-control: no-store\r\n")
        .containsPattern("date: ..., \\d\\d ... \\d{4} \\d\\d:\\d\\d:\\d\\d GMT\r\n")
        .doesNotContain("strict-transport-security")
        .doesNotContain("server:")
        .doesNotContain("cookie");
  }

  @Test
  void closesAndLogsAfterAnInternalError() {
    for (String path : List.of("/fails", "/injects")) {
      try (HttpWorld one = new HttpWorld()) {
        String sent = one.feed("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").sent();
        assertThat(sent)
            .startsWith("HTTP/1.1 500 ")
            .contains("connection: close")
            .doesNotContain("set-cookie");
        assertThat(log.errors()).hasSize(1);
        log.clear();
      }
    }
  }

  // ---- bodies

  @ParameterizedTest
  @ValueSource(ints = {0, 1, HttpWorld.MAX_BODY_BYTES})
  void acceptsBodiesUpToTheLimit(int bytes) {
    String body = "x".repeat(bytes);
    world.feed(post(body, "Content-Length: " + bytes));
    assertThat(answer().body()).isEqualTo(body);
    world.feed(post(chunks(body), "Transfer-Encoding: chunked"));
    assertThat(answer().body()).isEqualTo(body);
    world.feed(HELLO);
    assertThat(answer().status()).isEqualTo(200);
    assertThat(world.heldBytes()).isZero();
  }

  private static String chunks(String body) {
    StringBuilder chunks = new StringBuilder();
    for (int i = 0; i < body.length(); i += 100) {
      String chunk = body.substring(i, Math.min(body.length(), i + 100));
      chunks.append(Integer.toHexString(chunk.length())).append(";a=b\r\n").append(chunk);
      chunks.append("\r\n");
    }
    return chunks.append("0\r\nTrailer: y\r\n\r\n").toString();
  }

  @Test
  void refusesALongerBodyByItsLength() {
    world.feed(post("", "Content-Length: " + (HttpWorld.MAX_BODY_BYTES + 1)));
    assertThat(answer().status()).isEqualTo(413);
    assertEnds();
  }

  @Test
  void refusesChunksBeyondTheLimitAtOnce() {
    String chunk = "400\r\n" + "x".repeat(HttpWorld.MAX_BODY_BYTES) + "\r\n";
    world.feed(post(chunk, "Transfer-Encoding: chunked"));
    assertThat(world.sent()).isEmpty();
    world.feed("1\r\nx");
    assertThat(answer().status()).isEqualTo(413);
    assertEnds();
  }

  @Test
  void countsTheMemoryOfABody() {
    world.feed(post("x".repeat(1_000), "Content-Length: 1001"));
    assertThat(world.heldBytes()).isGreaterThanOrEqualTo(1_000);
    world.feed("x");
    assertThat(answer().status()).isEqualTo(200);
    assertThat(world.heldBytes()).isZero();
  }

  /** curl requests it before it sends a large body. */
  @Test
  void sendsContinueOnRequest() {
    world.feed(post("", "Content-Length: 1", "Expect: 100-continue"));
    assertThat(world.sent()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
    world.feed("x");
    assertThat(answer().body()).isEqualTo("x");
  }

  @ParameterizedTest
  @CsvSource({
    "POST /nothing HTTP/1.1, 100-continue, 404",
    "PUT /echo HTTP/1.1, 100-continue, 405",
    "POST /echo HTTP/1.1, 200-maybe, 417",
  })
  void refusesABodyBeforeItIsSent(String line, String expectation, int status) {
    world.feed(line + "\r\nHost: x\r\nContent-Length: 9\r\nExpect: " + expectation + "\r\n\r\n");
    assertThat(answer().status()).isEqualTo(status);
    assertEnds();
  }

  // ---- what two readers of HTTP might read differently

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5|Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked|Content-Length: 5",
        "Content-Length: 5|Content-Length: 6",
        "Content-Length: 5|Content-Length: 5",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Content-Length: -5",
        "Content-Length: 0x5",
        "Content-Length: 5 5",
        "Content-Length: 99999999999999999999",
        "Content-Length : 5",
        "Content-Length: 5\rX: y",
        "X: y\r Content-Length: 5",
        " Content-Length: 5",
        "X: y| Content-Length: 5",
        "X: y|\tContent-Length: 5",
        "X\0: y",
        "X: \0",
        "X",
        ": x",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: chunked|Transfer-Encoding: chunked",
        "Transfer-Encoding:\u000bchunked",
        "Host: y",
      })
  void refusesAnAmbiguousHeadAndCloses(String headers) {
    for (int cut : List.of(0, 1, 2, 3, 30)) {
      try (HttpWorld one = new HttpWorld()) {
        String request = post("hello" + HELLO, headers.replace("|", "\r\n"));
        one.feed(request.substring(0, cut * 2)).feed(request.substring(cut * 2));
        assertThat(one.sent()).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1 ");
        assertThat(one.peer.isOutputShutdown()).isTrue();
        assertThat(one.asked).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip, chunked", "identity, chunked"})
  void refusesUnknownCodings(String coding) {
    world.feed(post("0\r\n\r\n", "Transfer-Encoding: " + coding));
    assertThat(answer().status()).isEqualTo(501);
    assertEnds();
  }

  @ParameterizedTest
  @CsvSource({
    "GET /hello HTTP/1.1, 400", // without a host
    "GET /hello HTTP/1.0, 200",
    "GET /hello HTTP/2.0, 505",
    "GET /hello HTTP/1.x, 400",
    "GET /hello HTTP/1.1 x, 400",
  })
  void readsTheFirstLine(String line, int status) {
    assertThat(answerTo(line + "\r\n\r\n").status()).isEqualTo(status);
    assertEnds();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x\r\n",
        "5x\r\nhello\r\n",
        "-1\r\n",
        "ffffffffff\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\nhello\n0\n\n",
      })
  void refusesMalformedChunks(String body) {
    world.feed(post(body + HELLO, "Transfer-Encoding: chunked"));
    assertThat(answer().status()).isEqualTo(400);
    assertEnds();
  }

  @Test
  void limitsTheHead() {
    for (String head :
        List.of(
            "414GET /" + "x".repeat(5_000),
            "431GET / HTTP/1.1\r\n" + "A: x\r\n".repeat(3_000),
            "431GET / HTTP/1.1\r\nA: " + "x".repeat(9_000),
            "431GET / HTTP/1.1\r\nHost: x\r\n" + "a:\r\n".repeat(100) + "\r\n")) {
      try (HttpWorld one = new HttpWorld()) {
        one.feed(HELLO).sent();
        assertThat(one.feed(head.substring(3)).sent())
            .startsWith("HTTP/1.1 " + head.substring(0, 3));
        assertThat(one.peer.isOutputShutdown()).isTrue();
      }
    }
  }

  /** Decoded, small headers take many times their bytes. */
  @Test
  void countsTheMemoryOfAHead() {
    String headers = "a:\r\n".repeat(98);
    String longer = "b: " + "x".repeat(5_000) + "\r\n";
    world.feed("POST /echo HTTP/1.1\r\nHost: x\r\n" + headers + longer);
    assertThat(world.heldBytes()).as("as bytes").isBetween(5_400L, 20_000L);
    world.feed("Content-Length: 1\r\n\r\n");
    assertThat(answer().status()).as("101 headers").isEqualTo(431);
    assertEnds();
    try (HttpWorld one = new HttpWorld()) {
      one.feed(post("", headers + "Content-Length: 1"));
      assertThat(one.heldBytes()).as("for as long as the body is awaited").isGreaterThan(9_800);
      assertThat(one.feed("x").sent()).startsWith("HTTP/1.1 200 ");
      assertThat(one.heldBytes()).isZero();
      one.feed("GET /stream HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
      assertThat(one.streams).hasSize(1);
      assertThat(one.heldBytes()).as("no longer than until a stream begins").isZero();
    }
  }

  @Test
  void ignoresTrailers() {
    EmbeddedChannel decoder = new EmbeddedChannel(new RequestDecoder());
    String request = post("1\r\nx\r\n0\r\n" + "a: b\r\n".repeat(9), "Transfer-Encoding: chunked");
    decoder.writeInbound(Unpooled.copiedBuffer(request + "\r\n", US_ASCII));
    int ends = 0;
    for (Object next = decoder.readInbound(); next != null; next = decoder.readInbound()) {
      if (next instanceof LastHttpContent end) {
        ends++;
        assertThat(end.decoderResult().isSuccess()).isTrue();
        assertThat(end.trailingHeaders().isEmpty()).isTrue();
      }
      ReferenceCountUtil.release(next);
    }
    assertThat(ends).isEqualTo(1);
    decoder.finishAndReleaseAll();
  }

  // ---- time

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "G",
        "GET /hello HTTP/1.1\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1",
      })
  void appliesADeadlineToEachRequestFromItsFirstByte(String half) {
    world.feed(half).pass(9);
    assertThat(world.peer.isOpen()).isTrue();
    world.pass(2);
    assertThat(world.peer.isOpen()).isFalse();
    if (!half.isEmpty()) {
      try (HttpWorld second = new HttpWorld()) {
        second.feed(HELLO).pass(30).feed(half).sent();
        for (int i = 0; i < 9; i++) {
          second.feed(half.endsWith("\n") || half.equals("G") ? "" : "1").pass(1);
        }
        assertThat(second.peer.isOpen()).isTrue();
        second.pass(2);
        assertThat(second.peer.isOpen()).isFalse();
      }
    }
  }

  /** The deadline of an incomplete request starts only when the server reads it. */
  @Test
  void stopsTheDeadlineWhileItDoesNotRead() {
    world.peer.stick();
    world.feed(HELLO + HELLO + "GET /hello HT").pass(25);
    assertThat(world.peer.isOpen()).isTrue();
    world.peer.unstick();
    world.pass(9);
    assertThat(answers()).hasSize(2);
    assertThat(world.peer.isOpen()).isTrue();
    world.feed("TP/1.1\r\nHost: x\r\n\r\n" + LATER + "GET /hello HT").pass(25);
    assertThat(answers()).hasSize(1);
    assertThat(world.peer.isOpen()).isTrue();
    world.waiting.remove().answer(Answer.sentence(200, "now"));
    world.peer.runPendingTasks();
    world.pass(9);
    assertThat(world.peer.isOpen()).isTrue();
    world.pass(2);
    assertThat(world.peer.isOpen()).isFalse();
  }

  @Test
  void endsAnIdleConnection() {
    world.feed(HELLO).pass(Answers.IDLE_SECONDS - 1);
    world.feed(HELLO).pass(Answers.IDLE_SECONDS - 1);
    world.feed("\r\n"); // ignored
    assertThat(world.peer.isOutputShutdown()).isFalse();
    world.pass(2);
    assertThat(answers()).hasSize(2);
    assertEnds();
  }

  @Test
  void isNotIdleWhileARequestIsAnswered() {
    world.feed(HELLO + LATER).pass(10 * Answers.IDLE_SECONDS);
    assertThat(answers()).hasSize(1);
    world.waiting.remove().answer(Answer.sentence(200, "at last"));
    assertThat(answer().body()).isEqualTo("at last\n");
    world.peer.runPendingTasks();
    assertThat(answerTo(HELLO).status()).isEqualTo(200);
  }

  // ---- peers that do not read

  @Test
  void doesNotReadFromAPeerThatDoesNotTakeItsAnswer() {
    world.peer.stick();
    world.feed(HELLO.repeat(1_000));
    assertThat(world.asked).hasSize(1);
    assertThat(world.peer.config().isAutoRead()).isFalse();
    assertThat(world.heldBytes()).isGreaterThan(1_000);
    world.peer.unstick();
    assertThat(answers()).hasSize(1_000);
    assertThat(world.peer.config().isAutoRead()).isTrue();
    assertThat(world.heldBytes()).isZero();
  }

  @Test
  void countsUntakenAnswers() {
    world.peer.stick();
    world.feed("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(world.heldBytes()).isGreaterThanOrEqualTo(HttpWorld.BIG_BYTES);
    world.peer.unstick();
    assertThat(answer().body()).hasSize(HttpWorld.BIG_BYTES + 1);
    assertThat(world.heldBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Connection: close\r\n"})
  void disconnectsAPeerThatTakesNothing(String header) {
    world.peer.stick();
    world.feed("GET /big HTTP/1.1\r\nHost: x\r\n" + header + "\r\n");
    world.pass(Outgoing.STALLED_SECONDS - 1);
    assertThat(world.peer.isOpen()).isTrue();
    world.pass(Outgoing.STALLED_SECONDS + 2);
    assertThat(world.peer.isOpen()).isFalse();
    assertThat(world.heldBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Connection: close\r\n"})
  void doesNotDisconnectASlowReader(String header) {
    world.peer.stick();
    world.feed("GET /big HTTP/1.1\r\nHost: x\r\n" + header + "\r\n");
    for (int i = 0; i < 5; i++) {
      Objects.requireNonNull(world.peer.unsafe().outboundBuffer()).progress(1);
      world.pass(Outgoing.STALLED_SECONDS);
    }
    world.peer.unstick();
    assertThat(answer().body()).hasSize(HttpWorld.BIG_BYTES + 1);
  }

  // ---- streams

  @Test
  void streamsUntilEitherSideEnds() {
    world.feed("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n" + HELLO);
    assertThat(world.sent())
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("content-type: text/event-stream\r\n")
        .contains("connection: close\r\n")
        .doesNotContain("content-length")
        .endsWith("\r\n\r\n");
    Responder to = world.streams.get(0);
    write(to, "data: 1\n\n");
    world.feed(HELLO).pass(10 * Answers.IDLE_SECONDS);
    write(to, "data: 2\n\n");
    assertThat(world.sent()).isEqualTo("data: 1\n\ndata: 2\n\n");
    assertThat(world.gone).isZero();
    world.peer.endInput();
    assertThat(world.gone).isEqualTo(1);
    assertThat(world.peer.isOpen()).isFalse();
  }

  @Test
  void endsAStreamAfterEverythingSent() {
    world.feed("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    Responder to = world.waiting.remove();
    Stream stream = to.stream(Map.of());
    write(to, "bye");
    assertThat(stream.isOver()).isFalse();
    stream.end();
    assertThat(stream.isOver()).isTrue();
    assertThat(world.sent()).endsWith("\r\n\r\nbye");
    assertThat(world.gone).isZero();
    assertEnds();
    assertThat(world.gone).isEqualTo(1);
  }

  @Test
  void answersHeadOfAStreamWithTheHeadOnly() {
    world.feed("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(world.sent()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n");
    assertThat(world.gone).isEqualTo(1);
    assertEnds();
  }

  private static void write(Responder to, String text) {
    ByteBuf bytes = Unpooled.copiedBuffer(text, US_ASCII);
    Pieces pieces = new Pieces();
    pieces.add(bytes, bytes.readerIndex(), bytes.writerIndex());
    to.connection().outlet().send(pieces);
    pieces.clear();
    bytes.release();
  }

  // ---- upgrades

  @Test
  void becomesAWebSocketAfterOtherRequests() {
    world.feed(HELLO + WsPeer.request("/ws") + "early");
    String sent = world.sent();
    assertThat(sent).startsWith("HTTP/1.1 200 ").contains("hello\nHTTP/1.1 101 ");
    assertThat(world.peer.pipeline().get(HttpHandler.class)).isNull();
  }

  /** The hello then has a deadline of its own. */
  @Test
  void aWebSocketHasTheUsualDeadlineForItsHello() {
    world.feed(HELLO).pass(30).feed(WsPeer.request("/ws")).pass(9);
    assertThat(world.sent()).contains("HTTP/1.1 101 ");
    assertThat(world.peer.isOpen()).isTrue();
    world.pass(2);
    assertThat(world.peer.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-WebSocket-Version: 8",
        "Origin: https://evil.example",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "Sec-WebSocket-Key: x",
      })
  void closesAfterARefusedUpgrade(String header) {
    world.feed(HELLO + WsPeer.request("/ws", header) + "5\r\nhello\r\n0\r\n\r\n" + HELLO);
    List<Answered> answers = answers();
    assertThat(answers).hasSize(2);
    assertThat(answers.get(1).status()).isIn(400, 403, 426);
    assertEnds();
  }

  /** Such a request is plain HTTP. */
  @Test
  void upgradesToNothingElse() {
    world.feed(
        "GET /hello HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + HELLO);
    assertThat(answers()).hasSize(2).allSatisfy(one -> assertThat(one.status()).isEqualTo(200));
  }
}
