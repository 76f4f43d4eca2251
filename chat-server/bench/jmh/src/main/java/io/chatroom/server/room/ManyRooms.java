package io.chatroom.server.room;

import io.chatroom.protocol.Violation;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.MemoryLogs;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.metrics.LoopMetrics;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.metrics.RequestKind;
import io.chatroom.server.transport.Outlets;
import io.chatroom.server.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What many small rooms cost beside one big one: 10,000 rooms of 10 members who each say one
 * message of 64 bytes a second, then one room of 100 members at the same number of deliveries. All
 * rooms are on one event loop, which writes to real sockets over loopback; its processor time is
 * what counts. The other ends are drained by another event loop of the same process. A member sits
 * in many rooms, so that the sockets fit into 20,000 descriptors.
 *
 * <pre>
 *   java -cp chat-server/bench/jmh/target/chat-bench.jar io.chatroom.server.room.ManyRooms
 *   … ManyRooms ROOMS MEMBERS CONNECTIONS SECONDS
 * </pre>
 */
public final class ManyRooms {

  private static final int WARM_UP_SECONDS = 15;
  private static final int BIG_ROOM = 100;

  private final EventLoopGroup server;
  private final EventLoopGroup clients;
  private final Counts counts = new Counts();
  private final AtomicLong drainedBytes = new AtomicLong();
  private final BlockingQueue<ChannelHandlerContext> accepted = new LinkedBlockingQueue<>();
  private final List<Presence> presences = new ArrayList<>();
  private final ByteBuf message =
      Unpooled.directBuffer()
          .writeBytes("64        ".getBytes(StandardCharsets.UTF_8))
          .writeZero(64);
  private long saidMessages;

  private ManyRooms() {
    Transport transport = Transport.of(Transport.Choice.EPOLL);
    server = new MultiThreadIoEventLoopGroup(1, transport.ioHandlers());
    clients = new MultiThreadIoEventLoopGroup(1, transport.ioHandlers());
  }

  /** Measures both, one after the other. */
  public static void main(String[] args) throws Exception {
    int rooms = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    int members = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    int connections = args.length > 2 ? Integer.parseInt(args[2]) : 5_000;
    int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 20;
    double deliveries = (double) rooms * members * (members - 1);
    new ManyRooms().run(rooms, members, connections, (double) rooms * members, seconds);
    new ManyRooms().run(1, BIG_ROOM, BIG_ROOM, deliveries / (BIG_ROOM - 1), seconds);
  }

  private void run(int rooms, int members, int connections, double messagesASecond, int seconds)
      throws Exception {
    Rooms all =
        new Rooms(
            server, new MemoryLogs(1_000, 64L << 20, InstantSource.system()), 1L << 30, counts);
    List<Sitter> sitters = connect(connections);
    onLoop(
        () -> {
          for (int place = 0; place < rooms * members; place++) {
            Sitter sitter = sitters.get(place % connections);
            presences.add(all.join("room " + place / members, sitter, new Kept(), sitter.name));
          }
        });
    Collections.shuffle(presences, new Random(1));
    AtomicLong loopThread = new AtomicLong();
    onLoop(() -> loopThread.set(Thread.currentThread().getId()));
    long began = System.nanoTime();
    ScheduledFuture<?> talk =
        server
            .next()
            .scheduleAtFixedRate(() -> talk(began, messagesASecond), 1, 1, TimeUnit.MILLISECONDS);
    TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
    Figures before = figures(loopThread.get());
    TimeUnit.SECONDS.sleep(seconds);
    Figures after = figures(loopThread.get());
    talk.cancel(false);
    after.print(before, rooms, members);
    server.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    clients.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  /** Says what is due by now: one member after the other, in an order of chance. */
  private void talk(long began, double messagesASecond) {
    long due = (long) ((System.nanoTime() - began) / 1e9 * messagesASecond);
    for (; saidMessages < due; saidMessages++) {
      presences.get((int) (saidMessages % presences.size())).say(message);
    }
  }

  private List<Sitter> connect(int connections) throws Exception {
    Transport transport = Transport.of(Transport.Choice.EPOLL);
    Channel listening =
        new ServerBootstrap()
            .group(server)
            .channel(transport.serverChannel())
            .childHandler(new Accepting())
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    Bootstrap client =
        new Bootstrap().group(clients).channel(EpollSocketChannel.class).handler(new Draining());
    List<Sitter> sitters = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      client.connect(listening.localAddress()).sync();
      sitters.add(new Sitter(accepted.take()));
    }
    return sitters;
  }

  private void onLoop(Runnable task) throws Exception {
    server.next().submit(task).sync();
  }

  private Figures figures(long thread) throws Exception {
    Figures[] now = new Figures[1];
    onLoop(
        () ->
            now[0] =
                new Figures(
                    System.nanoTime(),
                    ManagementFactory.getThreadMXBean().getThreadCpuTime(thread),
                    counts.messages,
                    counts.bursts,
                    counts.deliveries,
                    counts.fallen,
                    drainedBytes.get()));
    return now[0];
  }

  private record Figures(
      long nanos,
      long cpuNanos,
      long messages,
      long bursts,
      long deliveries,
      long fallen,
      long drainedBytes) {

    void print(Figures before, int rooms, int members) {
      double seconds = (nanos - before.nanos) / 1e9;
      double delivered = deliveries - before.deliveries;
      double cpu = cpuNanos - before.cpuNanos;
      double sent = bursts - before.bursts;
      System.out.printf(
          "%,d rooms of %d: %,.0f messages/s, %.1f a burst; %,.0f deliveries/s;"
              + " %.0f ns of processor a delivery, %.0f a write; loop %.0f %% busy;"
              + " drained %.1f MB/s; %d closed as too slow%n",
          rooms,
          members,
          (messages - before.messages) / seconds,
          (messages - before.messages) / sent,
          delivered / seconds,
          cpu / delivered,
          cpu / (sent * (members - 1)),
          cpu / seconds / 1e7,
          (drainedBytes - before.drainedBytes) / seconds / 1e6,
          fallen);
    }
  }

  private final class Accepting extends ChannelInboundHandlerAdapter {

    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      accepted.add(ctx);
    }
  }

  private final class Draining extends ChannelInboundHandlerAdapter {

    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
      ByteBuf bytes = (ByteBuf) read;
      drainedBytes.addAndGet(bytes.readableBytes());
      bytes.release();
    }
  }

  private static final Encoding AS_IT_IS =
      new Encoding() {
        @Override
        public Encoded all(Placed said) {
          Burst burst = said.burst();
          return new Encoded(burst.bytes().retain(), burst.ends());
        }

        @Override
        public @Nullable ByteBuf own(Placed said, Burst.Segment mine) {
          return null;
        }

        @Override
        public boolean tellsAttendance() {
          return false;
        }

        @Override
        public ByteBuf attendance(Attendance attendance) {
          throw new UnsupportedOperationException("members here are told nothing of it");
        }
      };

  /** Members that are closed when they fall behind, which is to be seen in the figures. */
  private final class Kept implements Kind {

    @Override
    public Encoding encoding() {
      return AS_IT_IS;
    }

    @Override
    public Laggards laggards(Laggards.Host host) {
      return new Laggards() {
        @Override
        public void joined(Seat seat) {
          host.follow(seat);
        }

        @Override
        public void passed(List<Delivery> round, List<Seat> fallen) {
          counts.fallen += fallen.size();
          List.copyOf(fallen).forEach(seat -> seat.member().channel().close());
        }

        @Override
        public void stopDeliveries(Seat seat) {}

        @Override
        public void left(Seat seat) {}

        @Override
        public boolean contains(Seat seat) {
          return false;
        }

        @Override
        public void whenCaughtUp(Runnable task) {
          task.run();
        }
      };
    }
  }

  private static final class Sitter implements Member {

    final byte[] name = "6         member".getBytes(StandardCharsets.UTF_8);
    private final Channel channel;
    private final Outlet outlet;

    Sitter(ChannelHandlerContext ctx) {
      this.channel = ctx.channel();
      this.outlet = Outlets.of(ctx);
    }

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public Outlet outlet() {
      return outlet;
    }

    @Override
    public boolean hold() {
      return false;
    }

    @Override
    public void goOn() {}

    @Override
    public boolean refused(String room, int messages, Refusal why) {
      return false;
    }

    @Override
    public void repeated(String room, Post post, long seq, long atMillis) {}

    @Override
    public void reused(String room, Post post) {}

    @Override
    public void reset(String room, Position to) {}

    @Override
    public void stop() {}

    @Override
    public void sayGoodbye() {}

    @Override
    public boolean lags() {
      return false;
    }

    @Override
    public void failed(Throwable cause) {
      throw new IllegalStateException(cause);
    }
  }

  /** All on the one loop. */
  private static final class Counts implements Metrics, LoopMetrics {

    private long messages;
    private long bursts;
    private long deliveries;
    private long fallen;

    @Override
    public LoopMetrics ofLoop() {
      return this;
    }

    @Override
    public void burst(int messages, int bytes) {
      this.messages += messages;
      bursts++;
    }

    @Override
    public void delivered(long messages, long bytes) {
      deliveries += messages;
    }

    @Override
    public void joined() {}

    @Override
    public void ended(Outcome outcome) {}

    @Override
    public void violation(Violation violation) {}

    @Override
    public void delayed(long nanos) {}

    @Override
    public void requested(RequestKind kind, int status) {}

    @Override
    public void skipped(long messages) {}

    @Override
    public void slow(int behind, int lagging) {}

    @Override
    public void lag(long nanos) {}
  }
}
