package io.chatroom.server.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chatroom.server.config.Spellings;
import io.chatroom.server.config.Spellings.Spelling;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
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
    try (Socket refusing = refusing();
        ServerSocket chat = listener()) {
      assertThat(run("127.0.0.1:" + refusing.getLocalPort(), "" + chat.getLocalPort())).isZero();
    }
  }

  @Test
  void offMeansThatNobodyIsAsked() throws Exception {
    try (ServerSocket chat = listener()) {
      assertThat(run("off", "" + chat.getLocalPort())).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("io.chatroom.server.config.Spellings#all")
  void readsEverySpellingThatTheServerReads(Spelling spelling) throws Exception {
    assumeReachable(spelling);
    // The endpoint says no, so the server is alive only at another address of it.
    try (Answering admin = new Answering("HTTP/1.1 503 no\r\n\r\n");
        ServerSocket chat = listener()) {
      Map<String, String> environment = new HashMap<>();
      environment.put("CHAT_ADMIN", admin.address());
      environment.put("CHAT_PORT", "" + chat.getLocalPort());
      environment.put(spelling.variable(), spelling.written());

      int exitCode = run(environment);

      // Another server on this machine can be using the default address.
      if (!spelling.variable().equals("CHAT_ADMIN") || !spelling.plain().equals("auto")) {
        assertThat(exitCode)
            .as("%s", err.toString(UTF_8))
            .isEqualTo(spelling.variable().equals("CHAT_ADMIN") ? 0 : 1);
      }
      assertThat(err.toString(UTF_8)).doesNotContain("environment is wrong");
    }
  }

  @ParameterizedTest
  @MethodSource("hosts")
  void findsTheChatPortBesideEverySpellingOfItsHost(Spelling spelling) throws Exception {
    assumeReachable(spelling);
    try (ServerSocket chat = new ServerSocket(0)) {
      Map<String, String> environment =
          Map.of(
              "CHAT_ADMIN",
              " OFF ",
              "CHAT_HOST",
              spelling.written(),
              "CHAT_PORT",
              chat.getLocalPort() + "\r");

      assertThat(run(environment)).as("%s", err.toString(UTF_8)).isZero();
    }
  }

  private static void assumeReachable(Spelling spelling) throws IOException {
    assumeTrue(
        !spelling.written().contains("::1")
            || NetworkInterface.getByInetAddress(InetAddress.getAllByName("::1")[0]) != null,
        "this machine has no IPv6");
  }

  static Stream<Spelling> hosts() {
    return Spellings.all().filter(each -> each.variable().equals("CHAT_HOST"));
  }

  @Test
  void nothingAnywhereIsBad() throws Exception {
    try (Socket admin = refusing();
        Socket chat = refusing()) {
      assertThat(run("127.0.0.1:" + admin.getLocalPort(), "" + chat.getLocalPort())).isEqualTo(1);
      assertThat(err.toString(UTF_8))
          .isEqualTo(
              "the server does not answer: 0.0.0.0:"
                  + chat.getLocalPort()
                  + " refuses connections\n");
    }
  }

  @Test
  void aHostThatIsNotKnownIsCalledByItsName() {
    assertThat(run("nobody.invalid:1", "1")).isEqualTo(1);
    assertThat(err.toString(UTF_8))
        .isEqualTo("the server does not answer: nobody.invalid:1 is not a known host\n");
  }

  @Test
  void anEndpointThatSaysNothingIsSilent() throws Exception {
    try (ServerSocket silent = listener()) {
      Map<String, String> environment =
          Map.of("CHAT_ADMIN", "127.0.0.1:" + silent.getLocalPort(), "CHAT_PORT", "1");

      assertThat(HealthCheck.run(environment, new PrintStream(err, true, UTF_8))).isEqualTo(1);
      assertThat(err.toString(UTF_8))
          .isEqualTo(
              "the server does not answer: 127.0.0.1:"
                  + silent.getLocalPort()
                  + " is silent for 2 s\n");
    }
  }

  @Test
  void aServerOnAllAddressesIsAskedOnTheLoopbackOne() throws Exception {
    try (ServerSocket chat = listener()) {
      Map<String, String> environment =
          Map.of(
              "CHAT_ADMIN", "off", "CHAT_HOST", "0.0.0.0", "CHAT_PORT", "" + chat.getLocalPort());

      assertThat(run(environment)).isZero();
    }
  }

  @Test
  void aMistakeInTheEnvironmentIsTheServersSentence() {
    assertThat(run("off", "x")).isEqualTo(1);
    assertThat(err.toString(UTF_8))
        .isEqualTo(
            "the server's environment is wrong: CHAT_PORT is \"x\", expected a whole number from 0"
                + " to 65535\n");
  }

  @Test
  void aPortThatTheServerChoseIsNotGuessed() {
    assertThat(run("OFF", "0")).isEqualTo(1);
    assertThat(err.toString(UTF_8)).contains("CHAT_PORT is 0");
  }

  private int run(String admin, String port) {
    return run(Map.of("CHAT_ADMIN", admin, "CHAT_PORT", port));
  }

  /** With more time than two seconds, as the answer can wait for a processor. */
  private int run(Map<String, String> environment) {
    return HealthCheck.run(environment, 60_000, new PrintStream(err, true, UTF_8));
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  /** Reserves a port on which nobody listens and nobody else can. */
  private static Socket refusing() throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return socket;
  }

  /** Answers one connection with a given text, and keeps the request. */
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
                  // Closing with unread bytes resets the connection.
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
      // Ends a thread that still waits for a connection.
      socket.close();
    }
  }
}
