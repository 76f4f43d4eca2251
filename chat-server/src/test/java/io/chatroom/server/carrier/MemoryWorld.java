package io.chatroom.server.carrier;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.StickySocket;
import io.chatroom.server.api.Api;
import io.chatroom.server.front.ConnectionLimits;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.ConnectionWatches;
import io.chatroom.server.front.FrontDoors;
import io.chatroom.server.front.MemberLog;
import io.chatroom.server.front.RateLimit;
import io.chatroom.server.log.AskedLogs;
import io.chatroom.server.log.HandRunLogs;
import io.chatroom.server.log.MemoryLogs;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.names.People;
import io.chatroom.server.names.Posters;
import io.chatroom.server.room.Elsewhere;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.search.ScanSearch;
import io.chatroom.server.seed.BacklogPolicy;
import io.chatroom.server.seed.SeedKind;
import io.chatroom.server.seed.SeedLog;
import io.chatroom.server.seed.SeedRoom;
import io.chatroom.server.seed.SeedSurface;
import io.chatroom.server.seed.SlowMember;
import io.chatroom.server.session.ReadGate;
import io.chatroom.server.session.Sessions;
import io.chatroom.server.session.Terms;
import io.chatroom.server.session.Unread;
import io.chatroom.server.web.HttpSurface;
import io.chatroom.server.web.Origins;
import io.chatroom.server.web.Routes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A server without sockets: each connection has an event loop of its own, which runs when the test
 * says so, and so do the reads of the logs. The same seed makes the same things happen.
 */
final class MemoryWorld implements World {

  static final int READS_AT_ONCE = 3;
  private static final long HISTORY_BYTES = 100_000_000;
  private final ConnectionLog log = new ConnectionLog(false, Metrics.NOOP);

  final People people;

  private final Random random;
  private final List<Channel> channels;
  private final HandRunLogs logs;

  /** Null if no room needs loading. */
  private final @Nullable AskedLogs asked;

  /** True if loading a room sometimes fails. */
  private boolean failing;

  private final Unread unread;
  private final Rooms rooms;
  private final Sessions sessions;
  private final FrontDoors doors;
  private int connected;

  MemoryWorld(long seed, int connections, int historyMessages, Limits limits) {
    this(seed, connections, historyMessages, limits, Long.MAX_VALUE);
  }

  MemoryWorld(long seed, int connections, int historyMessages, Limits limits, long unreadBytes) {
    this(seed, connections, historyMessages, limits, unreadBytes, new LawPeople());
  }

  /** A world with its own people. */
  MemoryWorld(long seed, int connections, Limits limits, People people) {
    this(seed, connections, 100, limits, Long.MAX_VALUE, people);
  }

  MemoryWorld(
      long seed,
      int connections,
      int historyMessages,
      Limits limits,
      long unreadBytes,
      People people) {
    this(seed, connections, historyMessages, limits, unreadBytes, people, false, Elsewhere.NOWHERE);
  }

  /**
   * A world in which every room but the lobby must be loaded first.
   *
   * @see #asked()
   */
  static MemoryWorld asking(
      long seed, int connections, int historyMessages, Limits limits, People people) {
    return new MemoryWorld(
        seed,
        connections,
        historyMessages,
        limits,
        Long.MAX_VALUE,
        people,
        true,
        Elsewhere.NOWHERE);
  }

  /** The same, with members on other servers. */
  static MemoryWorld asking(int connections, Limits limits, People people, Elsewhere elsewhere) {
    return new MemoryWorld(1, connections, 100, limits, Long.MAX_VALUE, people, true, elsewhere);
  }

  private MemoryWorld(
      long seed,
      int connections,
      int historyMessages,
      Limits limits,
      long unreadBytes,
      People people,
      boolean asks,
      Elsewhere elsewhere) {
    this.people = people;
    unread = new Unread(unreadBytes);
    random = new Random(seed);
    channels = IntStream.range(0, connections).mapToObj(i -> new Channel()).toList();
    List<EventExecutor> loops =
        channels.stream().<EventExecutor>map(channel -> channel.eventLoop()).toList();
    logs =
        new HandRunLogs(
            new MemoryLogs(historyMessages, HISTORY_BYTES, InstantSource.system()), random);
    asked = asks ? new AskedLogs(logs) : null;
    rooms = new Rooms(loops, asked == null ? logs : asked, elsewhere, Long.MAX_VALUE, Metrics.NOOP);
    if (asked != null) {
      asked.know("lobby");
      keepOpen(rooms, "lobby");
    }
    SeedLog seedLog = new SeedLog(log, false, Metrics.NOOP);
    SeedKind seeds =
        new SeedKind(
            new BacklogPolicy(1024 * 1024, Duration.ofMillis(250), SlowMember.DROP),
            loops.get(0).ticker().nanoTime(),
            seedLog);
    rooms.whenGone(people::forgetRoom);
    ReadGate reads = new ReadGate(READS_AT_ONCE);
    RateLimit noLimit = new RateLimit(0, 1);
    Rates rates = new Rates(noLimit, noLimit);
    sessions =
        new Sessions(
            rooms,
            new Terms("test/1", RoomName.of("lobby"), limits, 10, 1_000, 8, 2, 0, 0, 1, 30),
            reads,
            new ScanSearch(),
            people,
            unread);
    SessionLog sessionLog = new SessionLog(log, false, Metrics.NOOP);
    doors =
        new FrontDoors(
            List.of(
                new TcpSurface(sessions, reads, rates, sessionLog),
                new HttpSurface(
                    new Routes(
                        new Api(
                                sessions,
                                reads,
                                people,
                                new Posters(0, 0, 1, System::nanoTime),
                                new Origins(Set.of()),
                                new MemberLog(
                                    LoggerFactory.getLogger(MemoryWorld.class),
                                    "requests",
                                    log,
                                    false,
                                    Metrics.NOOP))
                            .routes(),
                        Api.PREFIX,
                        Api::problem),
                    new WebSockets(sessions, reads, rates, sessionLog),
                    new Origins(Set.of()),
                    SessionLimits.maxFrameBytes(limits.maxMessageBytes()),
                    log,
                    Metrics.NOOP),
                new SeedSurface(
                    new SeedRoom(rooms, RoomName.of("lobby"), seeds),
                    people,
                    limits,
                    noLimit,
                    seedLog)),
            Duration.ofSeconds(10),
            new ConnectionLimits(connections + 1, 0, false, people::bans, log),
            new ConnectionWatches(
                Duration.ofSeconds(30), Long.MAX_VALUE, Duration.ofMinutes(3), channel -> 0, log),
            log,
            null);
  }

  private static void keepOpen(Rooms rooms, String room) {
    try {
      rooms.keepOpen(room);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The loader of rooms. */
  AskedLogs asked() {
    return Objects.requireNonNull(asked);
  }

  @Override
  public void trouble() {
    failing = true;
  }

  @Override
  public void calm() {
    failing = false;
  }

  @Override
  public @Nullable Line connect() {
    if (connected == channels.size()) {
      return null;
    }
    Channel channel = channels.get(connected++);
    channel.pipeline().addLast(doors);
    channel.pipeline().fireChannelActive();
    return channel;
  }

  /** Runs random loops in random order; sometimes a read, sometimes a tenth of a second. */
  @Override
  public void pump() {
    for (int i = 0; i < connected; i++) {
      Channel channel = channels.get(random.nextInt(connected));
      channel.deliver(random);
      channel.runPendingTasks();
    }
    logs.runOne();
    if (asked != null && random.nextInt(3) == 0) {
      asked.answer(random, failing);
      if (random.nextInt(9) == 0) {
        asked.forget();
      }
    }
    if (random.nextInt(20) == 0) {
      for (Channel channel : channels) {
        channel.advanceTimeBy(100, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
      }
    }
    channels.forEach(StickySocket::checkException);
  }

  /** Runs every loop once, and one read. */
  void round() {
    roundWithoutReads();
    logs.runOne();
  }

  /** Runs every loop once, without any read. */
  void roundWithoutReads() {
    for (int i = 0; i < connected; i++) {
      channels.get(i).deliver(random);
      channels.get(i).runPendingTasks();
    }
  }

  /** Advances the time, in milliseconds. */
  void later(long millis) {
    for (Channel channel : channels) {
      channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  /** The number of a client's bytes that the server has not read yet. */
  static int isOnItsWay(Line line) {
    return ((Channel) line).onItsWay.size();
  }

  /** The maximum number of concurrent reads of history so far. */
  int mostReads() {
    return logs.most();
  }

  Rooms rooms() {
    return rooms;
  }

  /** All sessions. */
  Sessions sessions() {
    return sessions;
  }

  /** The number of bytes that wait for clients that do not read. */
  long unreadBytes() {
    return unread.bytes();
  }

  @Override
  public boolean stop() {
    return false; // it waits for its loops, and these run on the thread that would wait
  }

  @Override
  public void close() {
    channels.forEach(Channel::cut);
    (asked == null ? logs : asked).close();
    for (int i = 0; i < 3; i++) {
      channels.forEach(StickySocket::runPendingTasks);
      channels.forEach(StickySocket::finishAndReleaseAll);
    }
  }

  /** A connection with the test at the other end. */
  private static final class Channel extends StickySocket implements DuplexChannel, Line {

    private final ByteArrayOutputStream onItsWay = new ByteArrayOutputStream();
    private boolean finishes;
    private boolean inputShut;
    private boolean outputShut;

    /** Acts like TCP: delivers sent bytes in random pieces to an end that reads. */
    void deliver(Random random) {
      while (isOpen() && config().isAutoRead() && onItsWay.size() > 0) {
        byte[] waiting = onItsWay.toByteArray();
        int most = random.nextBoolean() ? 16 * 1024 : 1 + random.nextInt(200);
        int length = Math.min(waiting.length, most);
        onItsWay.reset();
        onItsWay.write(waiting, length, waiting.length - length);
        writeInbound(Unpooled.copiedBuffer(waiting, 0, length));
      }
      if (finishes && onItsWay.size() == 0 && isOpen()) {
        finishes = false;
        inputShut = true;
        pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      }
    }

    @Override
    public void send(byte[] bytes) {
      onItsWay.writeBytes(bytes);
    }

    @Override
    public byte[] receive() {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (ByteBuf out = readOutbound(); out != null; out = readOutbound()) {
        all.writeBytes(ByteBufUtil.getBytes(out));
        out.release();
      }
      return all.toByteArray();
    }

    @Override
    public boolean hasEnded() {
      return outboundMessages().isEmpty() && (outputShut || !isOpen());
    }

    @Override
    public void cut() {
      if (isOpen() && pipeline().last() != null) {
        onItsWay.reset();
        pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
      }
      close();
    }

    @Override
    public void endOutput() {
      finishes = true;
    }

    @Override
    public boolean isInputShutdown() {
      return inputShut;
    }

    @Override
    public ChannelFuture shutdownInput() {
      return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
      inputShut = true;
      return promise.setSuccess();
    }

    @Override
    public boolean isOutputShutdown() {
      return outputShut;
    }

    @Override
    public ChannelFuture shutdownOutput() {
      return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
      outputShut = true;
      return promise.setSuccess();
    }

    @Override
    public boolean isShutdown() {
      return inputShut && outputShut;
    }

    @Override
    public ChannelFuture shutdown() {
      return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
      inputShut = true;
      outputShut = true;
      return promise.setSuccess();
    }
  }
}
