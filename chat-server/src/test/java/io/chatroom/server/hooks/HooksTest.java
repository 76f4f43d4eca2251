package io.chatroom.server.hooks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.chatroom.server.LogCapture;
import io.chatroom.server.facts.MemoryFacts;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hooks against servers that accept, fail, stall, redirect and move. */
class HooksTest {

  private static final String SECRET = "0123456789abcdef";
  private static final Deliverer.Pace QUICK =
      new Deliverer.Pace(Duration.ofMillis(5), Duration.ofMillis(5), Duration.ofMillis(20));

  /** A received request. */
  private record Came(String target, String host, String signature, String body) {}

  @TempDir Path dir;

  private final LogCapture log = LogCapture.of(Hooks.class);
  private final Said rooms = new Said();
  private final MemoryFacts facts = new MemoryFacts();
  private final List<Came> came = new CopyOnWriteArrayList<>();

  /** The next statuses to answer; 204 when there are none left. */
  private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server = server();
  private final List<Hooks> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(Hooks::close);
    server.stop(0);
    threads.shutdownNow();
    log.close();
    assertThat(log.errors()).isEmpty();
    assertThat(log.lines()).noneMatch(line -> line.contains(SECRET) || line.contains("/path"));
  }

  private HttpServer server() {
    try {
      HttpServer made =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      made.createContext("/", this::answer);
      made.setExecutor(threads);
      made.start();
      return made;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    Integer status = answers.poll();
    came.add(
        new Came(
            exchange.getRequestURI().toString(),
            exchange.getRequestHeaders().getFirst("Host"),
            exchange.getRequestHeaders().getFirst("Chatroom-Signature"),
            body));
    if (status != null && status / 100 == 3) {
      exchange.getResponseHeaders().add("Location", "/elsewhere");
    }
    exchange.sendResponseHeaders(status == null ? 204 : status, -1);
    exchange.close();
  }

  private String url() {
    return "http://hooks.example:" + server.getAddress().getPort() + "/path?a=b";
  }

  private Hooks hooks(String lines) throws IOException {
    return hooks(lines, new Destinations(host -> loopback(), true), Duration.ofSeconds(30));
  }

  private Hooks hooks(String lines, Destinations destinations, Duration timeout)
      throws IOException {
    Path file = Files.writeString(dir.resolve("hooks"), lines);
    Hooks hooks =
        new Hooks(
            file,
            rooms,
            facts,
            () -> Instant.ofEpochSecond(1_790_000_000),
            destinations,
            timeout,
            QUICK,
            "test/1");
    open.add(hooks);
    return hooks;
  }

  private static List<InetAddress> loopback() {
    return List.of(InetAddress.getLoopbackAddress());
  }

  private void awaitPosition(long seq) {
    await()
        .untilAsserted(
            () ->
                assertThat(facts.read("hook", "", 10))
                    .anyMatch(fact -> fact.toString().contains("\"seq\":" + seq + "}")));
  }

  @Test
  void postsNewEntriesAsSignedPages() throws Exception {
    rooms.say("before");
    hooks("Tea " + url() + " " + SECRET);
    awaitPosition(1);
    rooms.say("hé");
    await().until(() -> came.size() == 1);

    Came first = came.get(0);
    assertThat(first.body())
        .isEqualTo(
            "{\"type\":\"page\",\"q\":\"hook\",\"room\":\"Tea\",\"epoch\":\"e1\",\"messages\":["
                + "{\"type\":\"message\",\"room\":\"Tea\",\"seq\":2,\"at\":2000,\"from\":\"bob\","
                + "\"text\":\"hé\"}],\"complete\":true}");
    assertThat(first.target()).isEqualTo("/path?a=b");
    assertThat(first.host()).isEqualTo("hooks.example:" + server.getAddress().getPort());
    assertThat(first.signature())
        .isEqualTo(Signature.of(SECRET, 1_790_000_000, first.body().getBytes(UTF_8)))
        .matches("t=1790000000,v1=[0-9a-f]{64}");
  }

  /** Even if the first message is posted before the next poll. */
  @Test
  void deliversEverythingOfARoomMadeLater() throws Exception {
    rooms.isThere = false;
    hooks("Tea " + url() + " " + SECRET);
    awaitPosition(0);
    rooms.say("one");
    rooms.say("two");
    rooms.isThere = true;
    awaitPosition(2);

    assertThat(came).hasSize(1);
    assertThat(came.get(0).body()).contains("\"seq\":1,").endsWith("\"complete\":true}");
  }

  /** Computed with Python's hmac. */
  @Test
  void signsTheTimeAndTheBody() {
    assertThat(Signature.of("Jefe", 12, "{}".getBytes(UTF_8)))
        .isEqualTo("t=12,v1=920d401f4879de198b71e775f802db6e3364de1e84bd18ca56903b6593a32642");
  }

  @Test
  void retriesUntilAcceptedAndLogsItOnce() throws Exception {
    rooms.say("one");
    Hooks hooks = hooks("Tea " + url() + " " + SECRET);
    awaitPosition(1);
    answers.addAll(List.of(500, 404, 302, 429));
    rooms.say("two");
    awaitPosition(2);
    await().until(() -> hooks.failing() == 0); // only then is it logged

    assertThat(came).hasSize(5).allMatch(each -> each.target().equals("/path?a=b"));
    assertThat(came.stream().map(Came::body).distinct()).hasSize(1);
    assertThat(log.lines())
        .contains(
            "the hook of Tea to http://hooks.example:"
                + server.getAddress().getPort()
                + " fails and will be retried until it works: it answered 500, expected 200 to 299",
            "the hook of Tea to http://hooks.example:"
                + server.getAddress().getPort()
                + " works again after 4 failures");
    assertThat(log.lines().stream().filter(line -> line.contains("fails"))).hasSize(1);
  }

  @Test
  void continuesAfterARestart() throws Exception {
    rooms.say("one");
    Hooks first = hooks("Tea " + url() + " " + SECRET);
    awaitPosition(1);
    first.close();
    for (int i = 2; i <= 50; i++) {
      rooms.say("number " + i);
    }
    hooks("Tea " + url() + " " + SECRET);
    awaitPosition(50);

    assertThat(came).as("pages of 20").hasSize(3);
    assertThat(came.get(0).body()).contains("\"seq\":2,").contains("\"seq\":21,");
    assertThat(came.get(2).body()).contains("\"seq\":50,").endsWith("\"complete\":true}");
  }

  @Test
  void reportsMissingEntries() throws Exception {
    rooms.say("one");
    Hooks first = hooks("Tea " + url() + " " + SECRET);
    awaitPosition(1);
    first.close();
    rooms.say("two");
    rooms.say("three");
    rooms.forget(2);
    hooks("Tea " + url() + " " + SECRET);
    awaitPosition(3);
    assertThat(came).hasSize(1);
    assertThat(came.get(0).body()).contains("\"seq\":3,").endsWith("\"complete\":false}");

    rooms.restart("anew");
    await().until(() -> came.size() == 2);
    assertThat(came.get(1).body()).contains("\"epoch\":\"e2\"").endsWith("\"complete\":false}");
  }

  @Test
  void stopsAHookThatAnswers410() throws Exception {
    rooms.say("one");
    Hooks hooks = hooks("Tea " + url() + " " + SECRET);
    awaitPosition(1);
    answers.add(410);
    rooms.say("two");
    await().until(() -> log.lines().stream().anyMatch(line -> line.contains("answered 410")));
    rooms.say("three");

    assertThat(came).hasSize(1);
    assertThat(hooks.failing()).isOne();
  }

  /** One of two hooks never answers: the other one continues, and close returns at once. */
  @Test
  void aStalledHookDelaysNoOther() throws Exception {
    rooms.say("one");
    try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CountDownLatch connected = new CountDownLatch(1);
      threads.execute(
          () -> {
            try (Socket socket = deaf.accept()) {
              connected.countDown();
              socket.getInputStream().readAllBytes();
            } catch (IOException e) {
              // the end of the test
            }
          });
      Hooks hooks =
          hooks(
              "Tea http://deaf.example:"
                  + deaf.getLocalPort()
                  + " "
                  + SECRET
                  + "\nTea "
                  + url()
                  + " "
                  + SECRET);
      await().until(() -> facts.read("hook", "", 10).size() == 2);
      rooms.say("two");
      connected.await();
      rooms.say("three");
      awaitPosition(3);
      hooks.close(); // does not wait for the 30 s
    }
  }

  @Test
  void givesUpAfterTheTimeout() throws Exception {
    rooms.say("one");
    try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      hooks(
          "Tea http://deaf.example:" + deaf.getLocalPort() + " " + SECRET,
          new Destinations(host -> loopback(), true),
          Duration.ofMillis(100));
      awaitPosition(1);
      rooms.say("two");

      await()
          .until(
              () ->
                  log.lines().stream()
                      .anyMatch(line -> line.endsWith("there was no answer within 0 s")));
    }
  }

  @Test
  void refusesAnswersThatAreNotHttp() throws Exception {
    rooms.say("one");
    for (String answer : List.of("hello\n", "HTTP/1.1 99 \r\n", "x".repeat(20_000), "")) {
      log.clear();
      try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
        threads.execute(
            () -> {
              while (!other.isClosed()) {
                try (Socket socket = other.accept()) {
                  socket.getInputStream().read();
                  socket.getOutputStream().write(answer.getBytes(UTF_8));
                  socket.shutdownOutput();
                  socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                  // the next one
                }
              }
            });
        Hooks hooks = hooks("Tea http://other.example:" + other.getLocalPort() + " " + SECRET);
        await().until(() -> facts.read("hook", "", 10).size() == 1);
        rooms.say("two");
        await().until(() -> hooks.failing() == 1);
        hooks.close();
      }
    }
  }

  /** It connects to the address that it has checked, even if the name resolves elsewhere later. */
  @Test
  void refusesPrivateNetworksEvenIfANameResolvesThereLater() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Destinations.Resolver rebinding =
        host -> {
          // The first, checked answer is harmless; all others would be this machine.
          return asked.incrementAndGet() == 1
              ? List.of(InetAddress.getByName("192.0.2.1"))
              : loopback();
        };
    assertThatThrownBy(() -> new Destinations(rebinding, false).of("evil.example"))
        .hasMessageContaining("the host has the address 192.0.2.1 of a private network");
    asked.set(1);
    rooms.say("one");
    hooks(
        "Tea " + url() + " " + SECRET, new Destinations(rebinding, false), Duration.ofSeconds(30));
    awaitPosition(1);
    rooms.say("two");

    await()
        .until(
            () ->
                log.lines().stream()
                    .anyMatch(
                        line ->
                            line.endsWith(
                                "the host has the address 127.0.0.1 of a private network, allowed"
                                    + " only with --hook-private-addresses")));
    assertThat(came).isEmpty();
  }

  /** A second look-up could have another answer. */
  @Test
  void resolvesANameOncePerRequest() throws Exception {
    rooms.say("one");
    AtomicInteger asked = new AtomicInteger();
    hooks(
        "Tea " + url() + " " + SECRET,
        new Destinations(
            host -> {
              asked.incrementAndGet();
              return loopback();
            },
            true),
        Duration.ofSeconds(30));
    awaitPosition(1);
    rooms.say("two");
    awaitPosition(2);

    assertThat(came).hasSize(1);
    assertThat(asked).hasValue(1);
  }

  @Test
  void refusesAHostWithAPrivateAddress() {
    Destinations both =
        new Destinations(
            host -> List.of(InetAddress.getByName("1.1.1.1"), InetAddress.getByName("10.0.0.1")),
            false);
    Destinations none =
        new Destinations(
            host -> {
              throw new UnknownHostException(host);
            },
            false);

    assertThatThrownBy(() -> both.of("a.example")).hasMessageContaining("10.0.0.1");
    assertThatThrownBy(() -> none.of("a.example")).hasMessage("the host is unknown");
  }

  @Test
  void appliesChangesOfItsFileAndForgetsRemovedHooks() throws Exception {
    rooms.say("one");
    Hooks hooks = hooks("Tea " + url() + " " + SECRET);
    awaitPosition(1);
    Files.writeString(dir.resolve("hooks"), "oops");
    hooks.check();
    hooks.check();
    assertThat(log.lines())
        .last()
        .asString()
        .startsWith("keeping the old hooks: ")
        .contains("hooks, line 1: it does not have three words, expected ROOM URL SECRET");
    rooms.say("two");
    awaitPosition(2);

    Files.writeString(dir.resolve("hooks"), "# none\n");
    hooks.check();
    hooks.check();
    assertThat(log.lines()).last().asString().startsWith("0 hooks in ");
    assertThat(facts.read("hook", "", 10)).isEmpty();
  }

  /** A room into which the test posts. */
  private static final class Said implements HookedRooms {

    private final List<Message> kept = new ArrayList<>();
    volatile boolean isThere = true;
    private String epoch = "e1";
    private long newest;

    synchronized void say(String text) {
      newest++;
      kept.add(new Message(newest, newest * 1_000, "bob", text, null));
    }

    synchronized void forget(long upTo) {
      kept.removeIf(message -> message.seq() <= upTo);
    }

    /** Starts a new epoch with one message, so that no reader sees an empty room. */
    synchronized void restart(String text) {
      epoch = "e2";
      newest = 0;
      kept.clear();
      say(text);
    }

    @Override
    public synchronized @Nullable Position newest(String room) {
      return isThere ? new Position(epoch, newest) : null;
    }

    @Override
    public synchronized CompletionStage<Slice> read(String room, Position after, int limit) {
      long from = after.epoch().equals(epoch) ? after.seq() : 0;
      List<Message> behind =
          kept.stream().filter(message -> message.seq() > from).limit(limit).toList();
      long first = kept.isEmpty() ? newest + 1 : kept.get(0).seq();
      return CompletableFuture.completedStage(new Slice(epoch, first, newest, behind));
    }
  }
}
