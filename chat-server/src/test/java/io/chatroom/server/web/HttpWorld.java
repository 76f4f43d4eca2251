package io.chatroom.server.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.TwoWaySocket;
import io.chatroom.server.carrier.Rates;
import io.chatroom.server.carrier.SessionLog;
import io.chatroom.server.carrier.WebSockets;
import io.chatroom.server.front.ConnectionLimits;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.ConnectionWatches;
import io.chatroom.server.front.FrontDoors;
import io.chatroom.server.front.RateLimit;
import io.chatroom.server.log.MemoryLogs;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.RequestKind;
import io.chatroom.server.names.People;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.search.ScanSearch;
import io.chatroom.server.session.ReadGate;
import io.chatroom.server.session.Sessions;
import io.chatroom.server.session.Terms;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One connection to a server with a few routes, without a socket, on a stopped clock. */
final class HttpWorld implements AutoCloseable {

  static final int MAX_BODY_BYTES = 1_024;
  static final int BIG_BYTES = 100_000;

  final TwoWaySocket peer = new TwoWaySocket();

  /** The requests that await their answer. */
  final Queue<Responder> waiting = new ArrayDeque<>();

  /** The open streams. */
  final List<Responder> streams = new ArrayList<>();

  /** The requests that an endpoint has received. */
  final List<String> asked = new ArrayList<>();

  /** The requests whose connection has ended. */
  int gone;

  private final ConnectionLog log = new ConnectionLog(false, Metrics.NOOP);
  private final ConnectionWatches watches =
      new ConnectionWatches(
          Duration.ofSeconds(30), 1_000_000, Duration.ofMinutes(3), channel -> 0, log);

  HttpWorld() {
    this(new Origins(Set.of()));
  }

  private HttpWorld(Origins allowed) {
    ReadGate reads = new ReadGate(1);
    Rooms rooms =
        new Rooms(
            List.of(peer.eventLoop()),
            new MemoryLogs(10, 10_000, InstantSource.system()),
            10_000,
            Metrics.NOOP);
    Sessions sessions =
        new Sessions(
            rooms,
            Terms.of("test", RoomName.of("lobby"), new Limits(128, 1_024), 100, 1_000, 0, 0, 1, 30),
            reads,
            new ScanSearch(),
            new People());
    RateLimit noLimit = new RateLimit(0, 1);
    WebSockets webSockets =
        new WebSockets(
            sessions, reads, new Rates(noLimit, noLimit), new SessionLog(log, false, Metrics.NOOP));
    HttpSurface surface =
        new HttpSurface(
            new Routes(routes(), "api", (status, sentence) -> Answer.of(status, "x/problem", "!")),
            webSockets,
            allowed,
            MAX_BODY_BYTES,
            log,
            Metrics.NOOP);
    peer.pipeline()
        .addLast(
            new FrontDoors(
                List.of(surface),
                Duration.ofSeconds(10),
                new ConnectionLimits(100, 0, false, address -> false, log),
                watches,
                log,
                null));
    peer.pipeline().fireChannelActive();
  }

  private List<Route> routes() {
    return List.of(
        route("GET", "/", (request, to) -> to.answer(Answer.sentence(200, "root"))),
        route("GET", "/hello", (request, to) -> to.answer(Answer.sentence(200, "hello"))),
        route(
            "GET", "/big", (request, to) -> to.answer(Answer.sentence(200, "x".repeat(BIG_BYTES)))),
        route(
            "GET",
            "/later",
            (request, to) -> {
              waiting.add(to);
              to.whenGone(() -> gone++);
            }),
        route(
            "POST",
            "/echo",
            (request, to) -> to.answer(Answer.of(200, "x/y", request.body().toString(ISO_8859_1)))),
        route(
            "GET",
            "/stream",
            (request, to) -> {
              streams.add(to);
              to.stream(Map.of("content-type", "text/event-stream"));
              to.whenGone(() -> gone++);
            }),
        route(
            "GET",
            "/fails",
            (request, to) -> {
              throw new IllegalStateException("on purpose");
            }),
        route(
            "GET",
            "/injects",
            (request, to) -> to.answer(Answer.empty(204).with("x", "y\r\nset-cookie: z=1"))),
        route(
            "GET",
            "/rooms/*/x",
            (request, to) -> to.answer(Answer.sentence(200, request.path().get(1)))),
        route("POST", "/rooms/*/x", (request, to) -> to.answer(Answer.empty(204))));
  }

  private Route route(String method, String pattern, Endpoint endpoint) {
    return new Route(
        method,
        pattern,
        RequestKind.API,
        (request, to) -> {
          String body = request.body().toString(ISO_8859_1);
          asked.add(request.method() + " " + String.join("/", request.path()) + body);
          endpoint.answer(request, to);
        });
  }

  HttpWorld feed(String bytes) {
    return feed(bytes.getBytes(ISO_8859_1));
  }

  HttpWorld feed(byte[] bytes) {
    peer.writeInbound(Unpooled.copiedBuffer(bytes));
    peer.runPendingTasks();
    return this;
  }

  HttpWorld pass(long seconds) {
    for (long i = 0; i < seconds; i++) {
      peer.advanceTimeBy(1, TimeUnit.SECONDS);
      peer.runScheduledPendingTasks();
      peer.runPendingTasks();
    }
    return this;
  }

  /** Everything sent since the last call, one character for each byte. */
  String sent() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf next = peer.readOutbound(); next != null; next = peer.readOutbound()) {
      all.append(next.toString(ISO_8859_1));
      next.release();
    }
    return all.toString();
  }

  /** The memory counted for the connection. */
  long heldBytes() {
    return watches.waitingBytes();
  }

  @Override
  public void close() {
    peer.finishAndReleaseAll();
  }
}
