package io.chatroom.server;

import static io.chatroom.server.TestPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A running server, seen through its admin endpoint. */
class AdminTest {

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @Test
  void isAliveAndReady() throws IOException {
    InetSocketAddress admin = admin(start(Map.of()));

    assertThat(TestHttp.get(admin, "/healthz").body()).isEqualTo("ok\n");
    assertThat(TestHttp.get(admin, "/readyz").body()).isEqualTo("ready\n");
    assertThat(TestHttp.get(admin, "/metrics").headers().firstValue("content-type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(admin.getAddress().isLoopbackAddress()).isTrue();
  }

  /** What probes and old clients do, on each page that there is. */
  @ParameterizedTest
  @ValueSource(strings = {"/healthz", "/readyz", "/metrics"})
  void answersHeadAndWhatHasEndedItsStreamOnEveryPage(String page) throws IOException {
    InetSocketAddress admin = admin(start(Map.of()));
    for (String end : List.of(" HTTP/1.0\r\n\r\n", " HTTP/1.1\r\nHost: x\r\n\r\n")) {
      String get = halfClosed(admin, "GET " + page + end);
      String head = halfClosed(admin, "HEAD " + page + end);

      assertThat(get).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\n");
      assertThat(body(get)).hasSize(contentLength(get)).isNotEmpty();
      assertThat(head).startsWith("HTTP/1.1 200 OK\r\n");
      assertThat(body(head)).isEmpty();
      assertThat(contentLength(head)).isPositive();
      assertThat(contentType(head)).isEqualTo(contentType(get));
    }
  }

  @Test
  void speaksOpenMetricsWithThoseWhoAskForIt() throws IOException {
    InetSocketAddress admin = admin(start(Map.of()));
    String answer =
        halfClosed(
            admin,
            "GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text;version=1.0.0;q=0.5,"
                + "text/plain;version=0.0.4;q=0.2,*/*;q=0.1\r\n\r\n");

    assertThat(contentType(answer))
        .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(OpenMetrics.mistakes(body(answer))).isEmpty();
    assertThat(body(answer))
        .contains("\n# TYPE chat_messages counter\n", "\nchat_messages_total 0.0\n")
        .contains("\n# TYPE chat_build info\n", "\nchat_build_info{")
        .contains("\n# TYPE chat_burst_size_bytes histogram\n");
    String usual = halfClosed(admin, "GET /metrics HTTP/1.1\r\n\r\n");
    assertThat(OpenMetrics.mistakes(body(usual))).contains("the end is not \"# EOF\"");
  }

  private static String halfClosed(InetSocketAddress admin, String request) throws IOException {
    try (Socket socket = new Socket(admin.getAddress(), admin.getPort())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  private static String contentType(String answer) {
    return header(answer, "content-type");
  }

  private static int contentLength(String answer) {
    return Integer.parseInt(header(answer, "content-length"));
  }

  private static String header(String answer, String name) {
    return Pattern.compile("(?m)^" + name + ": (.*)$")
        .matcher(answer)
        .results()
        .map(found -> found.group(1))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void countsAConversation() throws IOException {
    ChatServer server = start(Map.of());
    TestPeer alice = member(server, "alice");
    TestPeer bob = member(server, "bob");
    Awaitility.await().until(() -> metric(server, "chat_members") == 2);
    for (int n = 0; n < 10; n++) {
      alice.send(frame("hi"));
      bob.expect("alice", "hi");
    }

    Map<String, Double> expected =
        Map.of(
            "chat_registrations_total", 2.0,
            "chat_connections_open", 2.0,
            "chat_messages_total", 10.0,
            "chat_message_bytes_total", 10 * 27.0,
            "chat_deliveries_total", 10.0,
            "chat_delivery_bytes_total", 10 * 27.0,
            "chat_burst_size_bytes_sum", 10 * 27.0);
    expected.forEach((name, value) -> awaitMetric(server, name, value));
    assertThat(metric(server, "chat_burst_size_bytes_count")).isBetween(1.0, 10.0);
    assertThat(metric(server, "chat_skipped_messages_total")).isZero();
    assertThat(metric(server, "chat_slow_members{state=\"lagging\"}")).isZero();
    assertThat(metric(server, "chat_draining")).isZero();
    assertThat(metric(server, "chat_direct_memory_max_bytes")).isPositive();
    assertThat(metric(server, "chat_build_info{version=\"(unpackaged)\"}")).isEqualTo(1);
    Awaitility.await().until(() -> metric(server, "chat_event_loop_lag_seconds_count") >= 2);

    bob.finish().awaitClosed();
    Awaitility.await().until(() -> metric(server, "chat_members") == 1);
  }

  @Test
  void countsHowEachConnectionEnded() throws IOException {
    ChatServer server =
        start(
            Map.of(
                "maxConnections", "3",
                "messagesPerSecond", "1000",
                "messageBurst", "1"));
    TestPeer alice = member(server, "alice");
    alice.finish().expectClosed();
    connect(server).send("bad header").expectClosed();
    connect(server).send("9999      ").expectClosed();
    connect(server).close();
    awaitMetric(server, "chat_connections_ended_total{outcome=\"unregistered\"}", 1);
    awaitMetric(server, "chat_connections_open", 0);
    TestPeer bob = member(server, "bob").send(frame("1") + frame("2") + frame("3"));
    member(server, "carol");
    member(server, "dave");
    connect(server).expectClosed(); // one too many
    Awaitility.await().until(() -> metric(server, "chat_messages_total") == 3);

    Map<String, Double> expected =
        Map.of(
            "chat_connections_ended_total{outcome=\"left\"}", 1.0,
            "chat_connections_ended_total{outcome=\"unregistered\"}", 1.0,
            "chat_connections_ended_total{outcome=\"violation\"}", 2.0,
            "chat_connections_ended_total{outcome=\"refused_too_many\"}", 1.0,
            "chat_connections_ended_total{outcome=\"slow\"}", 0.0,
            "chat_violations_total{kind=\"malformed-header\"}", 1.0,
            "chat_violations_total{kind=\"name-too-long\"}", 1.0,
            "chat_violations_total{kind=\"registration-timeout\"}", 0.0,
            "chat_violations_total{kind=\"invalid-utf8\"}", 0.0);
    expected.forEach((name, value) -> awaitMetric(server, name, value));
    assertThat(metric(server, "chat_rate_limit_delays_total")).isPositive();
    assertThat(metric(server, "chat_rate_limit_delay_seconds_total")).isPositive();
    bob.close();
  }

  @Test
  void countsWhoeverDoesNotRegisterInTime() throws IOException {
    ChatServer server = start(Map.of("registrationTimeout", "100ms"));
    connect(server).expectClosed();

    awaitMetric(server, "chat_violations_total{kind=\"registration-timeout\"}", 1);
    awaitMetric(server, "chat_connections_ended_total{outcome=\"violation\"}", 1);
  }

  /** A room that cannot get rid of what it has for a member, so that its drain lasts. */
  @Test
  void isAliveButNotReadyAndLetsNobodyInWhileItDrains() throws Exception {
    ChatServer server =
        start(
            Map.of(
                "drainSeconds", "3600",
                "memberBacklogBytes", "67108864",
                "registrationTimeout", "1h"));
    TestPeer stuck = TestPeer.connect(server, 4_096);
    open.add(stuck.send(frame("stuck"))); // or a failure would take an hour
    TestPeer early = connect(server);
    TestPeer alice = member(server, "alice");
    Awaitility.await().until(() -> metric(server, "chat_members") == 2);
    String text = "x".repeat(60_000);
    CompletableFuture<Void> sending =
        CompletableFuture.runAsync(
            () -> {
              for (int n = 0; n < 200; n++) {
                alice.send(frame(text));
              }
            });
    sending.get(60, TimeUnit.SECONDS);
    Awaitility.await().until(() -> metric(server, "chat_messages_total") == 200);
    CompletableFuture<Void> stopping = CompletableFuture.runAsync(server::close);

    InetSocketAddress admin = admin(server);
    Awaitility.await().until(() -> TestHttp.get(admin, "/readyz").statusCode() == 503);
    assertThat(TestHttp.get(admin, "/readyz").body()).isEqualTo("draining\n");
    assertThat(TestHttp.get(admin, "/healthz").statusCode()).isEqualTo(200);
    assertThat(metric(server, "chat_draining")).isEqualTo(1);
    early.send(frame("early")).expectClosed();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> TestPeer.connect(server)).hasMessageContaining("refused"));
    Awaitility.await()
        .until(
            () ->
                metric(server, "chat_connections_ended_total{outcome=\"refused_draining\"}") == 1);
    assertThat(stopping).isNotDone();

    for (int n = 0; n < 200; n++) {
      stuck.expect("alice", text);
    }
    assertThat(stuck.nextIsEnd()).as("an orderly end after all that was accepted").isTrue();
    stuck.close();
    alice.close();
    stopping.get(60, TimeUnit.SECONDS);
  }

  @Test
  void refusesToStartWithoutTheAddressItWasGiven() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> start(Map.of("admin", "127.0.0.1:" + taken.getLocalPort())))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "cannot listen on 127.0.0.1:"
                  + taken.getLocalPort()
                  + ": the port is taken, stop what uses it or choose another with --admin");
    }
  }

  /** Servers at their defaults: whichever comes first on a machine has the endpoint. */
  @Test
  void startsWithoutAnEndpointWhereNoneWasAskedForAndSaysSo() throws IOException {
    try (LogCapture log = new LogCapture()) {
      ChatServer without = start(Map.of("admin", "auto"));
      if (without.adminAddress() != null) { // it has it now, so another has not
        without = start(Map.of("admin", "auto"));
      }

      assertThat(without.adminAddress()).isNull();
      assertThat(log.lines())
          .contains(
              "no health and metrics (--admin auto): cannot listen on 127.0.0.1:9306: the port is"
                  + " taken, stop what uses it or choose another with --admin");
      TestPeer alice = member(without, "alice");
      Awaitility.await()
          .until(() -> log.lines().stream().anyMatch(line -> line.endsWith(", user: alice")));
      member(without, "bob").send(frame("hi"));
      alice.expect("bob", "hi");
    }
  }

  @Test
  void hasNoEndpointWhenItIsOff() throws IOException {
    assertThat(start(Map.of("admin", "off")).adminAddress()).isNull();
  }

  static void awaitMetric(ChatServer server, String series, double value) {
    Awaitility.await()
        .untilAsserted(() -> assertThat(metric(server, series)).as(series).isEqualTo(value));
  }

  static double metric(ChatServer server, String series) {
    return Pattern.compile("(?m)^" + Pattern.quote(series) + " (.*)$")
        .matcher(TestHttp.get(admin(server), "/metrics").body())
        .results()
        .mapToDouble(line -> Double.parseDouble(line.group(1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + series));
  }

  private static InetSocketAddress admin(ChatServer server) {
    return Objects.requireNonNull(server.adminAddress());
  }

  private ChatServer start(Map<String, String> options) throws IOException {
    Map<String, String> all = new HashMap<>(Map.of("host", "127.0.0.1", "port", "0"));
    all.put("admin", "127.0.0.1:0");
    all.put("messagesPerSecond", "0");
    all.putAll(options);
    ChatServer server = ChatServer.start(ServerConfig.of(all));
    open.add(server);
    return server;
  }

  private TestPeer connect(ChatServer server) {
    TestPeer peer = TestPeer.connect(server);
    open.add(peer);
    return peer;
  }

  /** Somebody whose name the server has, sooner or later. */
  private TestPeer member(ChatServer server, String name) {
    return connect(server).send(frame(name));
  }
}
