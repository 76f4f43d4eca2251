package io.chatroom.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.TestHttp;
import io.chatroom.server.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoint over real sockets. */
class AdminEndpointTest {

  private final CompletableFuture<Reply> later = new CompletableFuture<>();
  private final AdminEndpoint endpoint = start();
  private final List<Socket> open = new ArrayList<>();

  private AdminEndpoint start() {
    Map<String, Page> pages =
        Map.of(
            "/now", accept -> CompletableFuture.completedStage(Reply.line(200, "here it is")),
            "/later", accept -> later,
            "/long",
                accept ->
                    CompletableFuture.completedStage(
                        Reply.line(200, accept + " ".repeat(10_000) + "end")),
            "/broken",
                accept -> CompletableFuture.failedStage(new IllegalStateException("broken")));
    return ((AdminEndpoint.Start.Running)
            AdminEndpoint.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Transport.of(Transport.Choice.AUTO),
                pages))
        .endpoint();
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    endpoint.close();
  }

  @Test
  void answersAndCloses() throws IOException {
    HttpResponse<String> answer = TestHttp.get(endpoint.address(), "/now?whatever=1");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("here it is\n");
    assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain; charset=utf-8");
  }

  @Test
  void answersOneRequestAfterTheOtherOnAConnection() throws IOException {
    later.complete(Reply.line(200, "and this"));
    String close = "GET /now HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    String both = raw("GET /later HTTP/1.1\r\nHost: x\r\n\r\n" + close + close);

    assertThat(both.split("HTTP/1.1 200 OK", -1)).as("nothing after the close").hasSize(3);
    assertThat(both).containsSubsequence("and this\n", "here it is\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /now HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /now HTTP/1.0\r\n\r\n",
        "GET /now HTTP/1.0\n\n",
        "GET /now HTTP/1.1\nHost: x\n\n",
        "GET http://x:9306/now?a=b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /now HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "GET /now HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
      })
  void answersAPeerThatHasEndedItsStream(String request) throws IOException {
    for (int i = 0; i < 20; i++) { // it is a question of timing
      Socket socket = connect();
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 ")
          .endsWith("\r\n\r\nhere it is\n");
    }
  }

  @Test
  void answersAPeerThatHasEndedItsStreamEvenIfThePageIsSlow() throws IOException {
    Socket socket = connect();
    socket.getOutputStream().write("GET /later HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    socket.shutdownOutput();
    later.complete(Reply.line(200, "at last"));

    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .endsWith("at last\n");
  }

  /** Requests of one read wait for their turn, beyond the default limit of the HTTP codec. */
  @ParameterizedTest
  @ValueSource(ints = {300, 999, 1_000, 1_500})
  void answersPipelinedRequestsUpToTheLimit(int requests) throws IOException {
    Socket socket = connect();
    socket
        .getOutputStream()
        .write(
            ("GET /later HTTP/1.1\n\n" + "GET /now HTTP/1.1\n\n".repeat(requests - 1))
                .getBytes(StandardCharsets.UTF_8));
    later.complete(Reply.line(200, "the first"));
    if (requests < RequestHandler.MAX_REQUESTS) {
      socket.shutdownOutput();
    }
    String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(answers.split("HTTP/1.1 200 OK", -1))
        .hasSize(1 + Math.min(requests, RequestHandler.MAX_REQUESTS));
    assertThat(answers).contains("the first\n").endsWith("here it is\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "br, GZIP;q=0.5, identity | true",
        "gzip;q=0 | false",
        "gzip ; Q=0.000 | false",
        "br;q=1, gzip;q=0, * | false",
        "identity | false",
        "xgzip | false"
      })
  void compressesForClientsThatAcceptIt(String accept, boolean compressed) throws IOException {
    Socket socket = connect();
    socket
        .getOutputStream()
        .write(
            ("GET /long HTTP/1.1\r\nAccept-Encoding: " + accept + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

    assertThat(answer.contains("content-encoding: gzip")).isEqualTo(compressed);
    assertThat(answer.endsWith("end\n")).isEqualTo(!compressed);
  }

  /**
   * A client that asked to keep its connection reads to the end if the answer does not confirm it.
   */
  @Test
  void tellsAnOldClientThatItsConnectionStaysOpen() throws IOException {
    String keep = "GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    String both = raw(keep + "GET /now HTTP/1.0\r\n\r\n");

    assertThat(both)
        .containsSubsequence(
            "connection: keep-alive", "here it is\n", "connection: close", "here it is\n");
  }

  /** Bytes after it cannot be parsed. */
  @Test
  void closesAfterABodyThatIsBroken() throws IOException {
    String answers =
        raw("POST /now HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nGET /now HTTP/1.1\r\n");

    assertThat(answers).startsWith("HTTP/1.1 405 ").endsWith("expected GET or HEAD\n");
  }

  @Test
  void closesAConnectionThatEndsWithoutARequest() throws IOException {
    Socket socket = connect();
    socket.shutdownOutput();

    assertThat(socket.getInputStream().readAllBytes()).isEmpty();
  }

  @Test
  void answersHeadLikeGetButForTheBody() throws IOException {
    String head = raw("HEAD /now HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(head)
        .startsWith("HTTP/1.1 200 ")
        .contains("content-length: 11")
        .endsWith("\r\n\r\n");
  }

  /** With an unread body a close would be a reset, which destroys the answer. */
  @ParameterizedTest
  @ValueSource(ints = {1, 30_000, 3_000_000})
  void lets405BeReadAlsoAfterABody(int bytes) throws IOException {
    String answer =
        raw(
            "POST /now HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                + bytes
                + "\r\n\r\n"
                + "x".repeat(bytes));

    assertThat(answer).startsWith("HTTP/1.1 405 ").endsWith("expected GET or HEAD\n");
  }

  @Test
  void continuesAfterAnUnwantedBody() throws IOException {
    String answers =
        raw(
            "POST /now HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello"
                + "GET /now HTTP/1.0\r\n\r\n");

    assertThat(answers)
        .containsSubsequence("HTTP/1.1 100 ", "HTTP/1.1 405 ", "HTTP/1.1 200 ", "here it is\n");
  }

  @Test
  void compressesLongAnswersForClientsThatAcceptIt() throws IOException {
    Socket socket = connect();
    socket
        .getOutputStream()
        .write(
            "GET /long HTTP/1.1\r\nAccept: a/b\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8));
    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

    assertThat(answer).contains("content-encoding: gzip").contains("vary: ");
    assertThat(answer.length()).isLessThan(1_000);
    assertThat(raw("GET /long HTTP/1.1\r\nAccept: a/b\r\nConnection: close\r\n\r\n"))
        .contains("a/b")
        .endsWith("end\n")
        .doesNotContain("content-encoding");
  }

  @Test
  void answersOthersWhileAPageIsSlow() {
    CompletableFuture<HttpResponse<String>> slow =
        CompletableFuture.supplyAsync(() -> TestHttp.get(endpoint.address(), "/later"));

    assertThat(TestHttp.get(endpoint.address(), "/now").statusCode()).isEqualTo(200);
    later.complete(Reply.line(503, "no"));
    assertThat(slow.join().statusCode()).isEqualTo(503);
  }

  @Test
  void namesItsPagesAndMethods() {
    HttpResponse<String> unknown = TestHttp.get(endpoint.address(), "/");
    HttpResponse<String> post = TestHttp.ask(endpoint.address(), "POST", "/now");

    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("expected one of /broken, /later, /long, /now\n");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("allow")).hasValue("GET, HEAD");
    assertThat(TestHttp.get(endpoint.address(), "/broken").statusCode()).isEqualTo(500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage\r\n\r\n", "LINE", "HEADER"})
  void refusesMalformedAndTooLongRequests(String request) throws IOException {
    String answer =
        raw(
            switch (request) {
              case "LINE" -> "GET /" + "x".repeat(1_100) + " HTTP/1.1\r\n\r\n";
              case "HEADER" -> "GET /now HTTP/1.1\r\nX: " + "x".repeat(9_000) + "\r\n\r\n";
              default -> request;
            });

    assertThat(answer).startsWith("HTTP/1.1 400 ").endsWith(", or it is too long\n");
  }

  @Test
  void boundsItsConnections() throws IOException {
    for (int i = 0; i < AdminEndpoint.MAX_CONNECTIONS; i++) {
      connect();
    }
    Socket oneTooMany = connect();
    assertThat(isClosed(oneTooMany)).isTrue();

    open.get(0).close();
    Awaitility.await().until(() -> answers(connect()));
  }

  private static boolean answers(Socket socket) throws IOException {
    try {
      socket.getOutputStream().write("GET /now HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      return socket.getInputStream().read() == 'H';
    } catch (SocketException e) {
      return false;
    }
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true; // a reset closes too
    }
  }

  private String raw(String request) throws IOException {
    Socket socket = connect();
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), endpoint.address().getPort());
    socket.setSoTimeout(60_000);
    open.add(socket);
    return socket;
  }
}
