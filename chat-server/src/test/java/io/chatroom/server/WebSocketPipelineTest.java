package io.chatroom.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.RoomName;
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
import io.chatroom.server.names.People;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.search.ScanSearch;
import io.chatroom.server.session.ReadGate;
import io.chatroom.server.session.Sessions;
import io.chatroom.server.session.Terms;
import io.chatroom.server.web.HttpSurface;
import io.chatroom.server.web.Origins;
import io.chatroom.server.web.Routes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One WebSocket, end to end but for the socket, on a clock that the test moves. */
class WebSocketPipelineTest {

  private static final byte[] PING = {(byte) 0x89, 0};

  private final ConnectionLog log = new ConnectionLog(false, Metrics.NOOP);
  private final StickySocket peer = new TwoWaySocket();

  WebSocketPipelineTest() {
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
    ConnectionWatches watches =
        new ConnectionWatches(
            Duration.ofSeconds(30), 1_000_000, Duration.ofMinutes(3), channel -> 0, log);
    peer.pipeline()
        .addLast(
            new FrontDoors(
                List.of(
                    new HttpSurface(
                        new Routes(List.of()),
                        webSockets,
                        new Origins(Set.of()),
                        1_024,
                        log,
                        Metrics.NOOP)),
                Duration.ofSeconds(10),
                new ConnectionLimits(100, 0, false, address -> false, log),
                watches,
                log,
                null));
    peer.pipeline().fireChannelActive();
  }

  @AfterEach
  void close() {
    peer.finishAndReleaseAll();
  }

  @Test
  void opensByteByByte() {
    byte[] request = WsPeer.request("/ws").getBytes(US_ASCII);
    for (int i = 0; i < request.length; i++) {
      assertThat(peer.outboundMessages()).as("before byte %d", i).isEmpty();
      feed(new byte[] {request[i]});
    }
    assertThat(new String(sent(), US_ASCII)).startsWith("HTTP/1.1 101 ").endsWith("\r\n\r\n");
  }

  @Test
  void saysHelloAndGoodbye() {
    open();
    for (byte b : WsPeer.frame(true, WsPeer.TEXT, WsPeer.hello("alice", "").getBytes(UTF_8))) {
      feed(new byte[] {b});
    }
    assertThat(new String(sent(), UTF_8)).contains("{\"type\":\"welcome\"");
  }

  /** S-64: twice it is asked for a sign of life, then it has gone. */
  @Test
  void asksForSignsOfLifeBeforeItCountsAsGone() {
    open();
    feed(WsPeer.frame(true, WsPeer.TEXT, WsPeer.hello("alice", "").getBytes(UTF_8)));
    sent();
    pass(29);
    assertThat(sent()).isEmpty();
    pass(2);
    assertThat(sent()).isEqualTo(PING);
    feed(WsPeer.frame(true, WsPeer.PONG, new byte[0]));
    pass(31);
    assertThat(sent()).isEqualTo(PING);
    pass(30);
    assertThat(sent()).isEqualTo(PING);
    pass(30);
    assertThat(new String(sent(), UTF_8)).contains("{\"type\":\"bye\",\"code\":\"no-pong\"");
  }

  /** Or its pings would make answers pile up. */
  @Test
  void readsNoPingsOfAClientThatDoesNotReadItsAnswers() {
    open();
    peer.stick();
    feed(WsPeer.frame(true, WsPeer.PING, "1".getBytes(UTF_8)));
    assertThat(peer.config().isAutoRead()).isFalse();
    feed(WsPeer.frame(true, WsPeer.PING, "2".getBytes(UTF_8)));
    peer.unstick();
    assertThat(peer.config().isAutoRead()).isTrue();
    assertThat(sent()).isEqualTo(new byte[] {(byte) 0x8a, 1, '1', (byte) 0x8a, 1, '2'});
  }

  private void open() {
    feed(WsPeer.request("/ws").getBytes(US_ASCII));
    assertThat(new String(sent(), US_ASCII)).startsWith("HTTP/1.1 101 ");
  }

  private void feed(byte[] bytes) {
    peer.writeInbound(Unpooled.copiedBuffer(bytes));
    peer.runPendingTasks();
  }

  private void pass(int seconds) {
    peer.advanceTimeBy(seconds, TimeUnit.SECONDS);
    peer.runScheduledPendingTasks();
    peer.runPendingTasks();
  }

  private byte[] sent() {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf next = peer.readOutbound(); next != null; next = peer.readOutbound()) {
      all.writeBytes(next);
      next.release();
    }
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    return bytes;
  }
}
