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
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoint over real sockets. */
class AdminEndpointTest {

  private final CompletableFuture<Reply> later = new CompletableFuture<>();
  private final AdminEndpoint endpoint = start();
  private final List<Socket> open = new ArrayList<>();

  private AdminEndpoint start() {
    Map<String, Page> pages =
        Map.of(
            "/now", () -> CompletableFuture.completedStage(Reply.line(200, "here it is")),
            "/later", () -> later,
            "/broken", () -> CompletableFuture.failedStage(new IllegalStateException("broken")));
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
    assertThat(raw("GET /now HTTP/1.1\r\nHost: x\r\n\r\nGET /now HTTP/1.1\r\nHost: x\r\n\r\n"))
        .as("one answer, however much is asked on one connection")
        .endsWith("\r\n\r\nhere it is\n")
        .containsOnlyOnce("HTTP/1.1");
  }

  @Test
  void answersOthersWhileAPageTakesItsTime() {
    CompletableFuture<HttpResponse<String>> slow =
        CompletableFuture.supplyAsync(() -> TestHttp.get(endpoint.address(), "/later"));

    assertThat(TestHttp.get(endpoint.address(), "/now").statusCode()).isEqualTo(200);
    later.complete(Reply.line(503, "no"));
    assertThat(slow.join().statusCode()).isEqualTo(503);
  }

  @Test
  void saysWhatItHasAndWhatItTakes() {
    HttpResponse<String> unknown = TestHttp.get(endpoint.address(), "/");
    HttpResponse<String> post = TestHttp.ask(endpoint.address(), "POST", "/now");

    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("expected one of /broken, /later, /now\n");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("allow")).hasValue("GET");
    assertThat(TestHttp.get(endpoint.address(), "/broken").statusCode()).isEqualTo(500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage\r\n\r\n", "LINE", "HEADER"})
  void refusesWhatIsNoRequestOrTooLong(String request) throws IOException {
    String answer =
        raw(
            switch (request) {
              case "LINE" -> "GET /" + "x".repeat(1_100) + " HTTP/1.1\r\n\r\n";
              case "HEADER" -> "GET /now HTTP/1.1\r\nX: " + "x".repeat(9_000) + "\r\n\r\n";
              default -> request;
            });

    assertThat(answer).startsWith("HTTP/1.1 400 ").endsWith(" or too long a one\n");
  }

  @Test
  void takesSoManyConnectionsAtOnceAndNoMore() throws IOException {
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
    socket.setSoTimeout(20_000);
    open.add(socket);
    return socket;
  }
}
