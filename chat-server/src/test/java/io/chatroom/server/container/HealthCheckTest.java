package io.chatroom.server.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthCheckTest {

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void asksTheAdminEndpointForHealthz() throws Exception {
    try (Answering admin = new Answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")) {
      assertThat(run(admin.address(), "1")).isZero();
      assertThat(admin.request()).startsWith("GET /healthz HTTP/1.1\r\n");
    }
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/1.1 503 Service Unavailable\r\n\r\n", "nonsense\r\n", "HTTP/1.1", ""})
  void anyOtherAnswerIsBadThoughTheChatPortTakesConnections(String answer) throws Exception {
    try (Answering admin = new Answering(answer);
        ServerSocket chat = listener()) {
      assertThat(run(admin.address(), "" + chat.getLocalPort())).isEqualTo(1);
    }
    assertThat(err.toString(UTF_8)).contains("/healthz, expected \"HTTP/1.1 200 OK\"");
  }

  @Test
  void whatTheEndpointSaysIsShownAndNotObeyed() throws Exception {
    try (Answering admin = new Answering("\u001b[2J500\r\n")) {
      assertThat(run(admin.address(), "1")).isEqualTo(1);
    }
    assertThat(err.toString(UTF_8)).contains("\"?[2J500\"");
  }

  @Test
  void withoutThatEndpointTheChatPortDecides() throws Exception {
    try (ServerSocket chat = listener()) {
      assertThat(run("127.0.0.1:" + freePort(), "" + chat.getLocalPort())).isZero();
    }
  }

  @Test
  void offMeansThatNobodyIsAsked() throws Exception {
    try (ServerSocket chat = listener()) {
      assertThat(run("off", "" + chat.getLocalPort())).isZero();
    }
  }

  @Test
  void nothingAnywhereIsBad() throws Exception {
    assertThat(run("127.0.0.1:" + freePort(), "" + freePort())).isEqualTo(1);
    assertThat(err.toString(UTF_8)).startsWith("the server does not answer: ");
  }

  @Test
  void aServerOnAllAddressesIsAskedOnTheLoopbackOne() throws Exception {
    try (ServerSocket chat = listener()) {
      Map<String, String> environment =
          Map.of(
              "CHAT_ADMIN", "off", "CHAT_HOST", "0.0.0.0", "CHAT_PORT", "" + chat.getLocalPort());

      assertThat(HealthCheck.run(environment, new PrintStream(err, true, UTF_8))).isZero();
    }
  }

  @Test
  void aMistakeInTheEnvironmentIsASentence() {
    assertThat(run("off", "x")).isEqualTo(1);
    assertThat(err.toString(UTF_8)).contains("\"x\"");
  }

  private int run(String admin, String port) {
    return HealthCheck.run(
        Map.of("CHAT_ADMIN", admin, "CHAT_PORT", port), new PrintStream(err, true, UTF_8));
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = listener()) {
      return socket.getLocalPort();
    }
  }

  /** Answers one connection with what it is told, and keeps what it was asked. */
  private static final class Answering implements AutoCloseable {

    private final ServerSocket socket;
    private final Thread thread;
    private volatile String request = "";

    Answering(String answer) throws IOException {
      socket = listener();
      thread =
          new Thread(
              () -> {
                try (Socket peer = socket.accept()) {
                  request = new String(peer.getInputStream().readNBytes(24), UTF_8);
                  peer.getOutputStream().write(answer.getBytes(UTF_8));
                  peer.shutdownOutput();
                  // Whoever closes with bytes unread resets the connection.
                  peer.getInputStream().readAllBytes();
                } catch (IOException e) {
                  request = e.toString();
                }
              });
      thread.start();
    }

    String address() {
      return "127.0.0.1:" + socket.getLocalPort();
    }

    String request() throws InterruptedException {
      thread.join();
      return request;
    }

    @Override
    public void close() throws IOException {
      // Ends what waits for a connection, if none came.
      socket.close();
    }
  }
}
