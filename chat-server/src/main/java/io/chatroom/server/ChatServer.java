package io.chatroom.server;

import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.admin.Admin;
import io.chatroom.server.admin.AdminEndpoint;
import io.chatroom.server.admin.LoopLag;
import io.chatroom.server.api.Api;
import io.chatroom.server.carrier.Rates;
import io.chatroom.server.carrier.SessionLog;
import io.chatroom.server.carrier.TcpSurface;
import io.chatroom.server.carrier.WebSockets;
import io.chatroom.server.cluster.SharedStore;
import io.chatroom.server.config.AdminAddress;
import io.chatroom.server.config.Capacity;
import io.chatroom.server.config.Drain;
import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.control.ControlSocket;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
import io.chatroom.server.front.AcceptFailures;
import io.chatroom.server.front.ConnectionLimits;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.ConnectionWatches;
import io.chatroom.server.front.FrontDoors;
import io.chatroom.server.front.MemberLog;
import io.chatroom.server.front.Surface;
import io.chatroom.server.hooks.HookedRooms;
import io.chatroom.server.hooks.Hooks;
import io.chatroom.server.log.LogMetrics;
import io.chatroom.server.log.MemoryLogs;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RoomLogs;
import io.chatroom.server.log.Slice;
import io.chatroom.server.log.shared.Keep;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.SharedJournal;
import io.chatroom.server.log.shared.SharedLogs;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoredLogs;
import io.chatroom.server.metrics.Gauge;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.ServerMetrics;
import io.chatroom.server.names.AccessKeys;
import io.chatroom.server.names.Blocks;
import io.chatroom.server.names.Bots;
import io.chatroom.server.names.Entrance;
import io.chatroom.server.names.Guard;
import io.chatroom.server.names.GuardCommands;
import io.chatroom.server.names.Guests;
import io.chatroom.server.names.NamesInUse;
import io.chatroom.server.names.Owners;
import io.chatroom.server.names.People;
import io.chatroom.server.names.Posters;
import io.chatroom.server.names.ReadMarks;
import io.chatroom.server.process.Version;
import io.chatroom.server.room.Elsewhere;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.search.Connections;
import io.chatroom.server.search.IndexSearch;
import io.chatroom.server.search.ScanSearch;
import io.chatroom.server.search.Search;
import io.chatroom.server.search.SharedSearch;
import io.chatroom.server.seed.SeedKind;
import io.chatroom.server.seed.SeedLog;
import io.chatroom.server.seed.SeedRoom;
import io.chatroom.server.seed.SeedSurface;
import io.chatroom.server.session.ReadGate;
import io.chatroom.server.session.Sessions;
import io.chatroom.server.session.Terms;
import io.chatroom.server.tls.CertificateSource;
import io.chatroom.server.tls.ServerTls;
import io.chatroom.server.transport.BindFailure;
import io.chatroom.server.transport.Transport;
import io.chatroom.server.web.HttpSurface;
import io.chatroom.server.web.PageFiles;
import io.chatroom.server.web.Route;
import io.chatroom.server.web.Routes;
import io.chatroom.system.FileTrouble;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: wires the parts, starts them, stops them. The only class that knows all the
 * others.
 *
 * <p>Thread-safe.
 */
public final class ChatServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChatServer.class);

  /** How many connections may wait to be accepted, for when everybody reconnects at once. */
  private static final int ACCEPT_BACKLOG = 4096;

  /**
   * How much the kernel takes from a peer that is not read from; it would be megabytes. Once the
   * peer ends its stream we may get all of it at once and have to keep it.
   */
  private static final int RECEIVE_BUFFER_BYTES = 256 * 1024;

  /**
   * How much the kernel takes for a member beyond what it can send at once: for each that does not
   * read it would be megabytes, and the bytes of no two are shared.
   */
  private static final long UNSENT_BYTES = 512 * 1024;

  /**
   * A member that vanishes while nothing is on its way to it is found within two minutes, and one
   * that is there gives a sign of life every minute. TCP_USER_TIMEOUT would be simpler and find all
   * of them, but it also ends a connection to somebody who is there and does not read.
   */
  private static final int KEEP_ALIVE_IDLE_SECONDS = 60;

  private static final int KEEP_ALIVE_INTERVAL_SECONDS = 15;
  private static final int KEEP_ALIVE_PROBES = 4;

  /** How many pages of history are in memory at once, on their way to sessions. */
  private static final int READS_AT_ONCE = 16;

  private static final Duration SHUTDOWN = Duration.ofMillis(500);

  /** How often others are told that owned names are in use here. A name is kept for days. */
  private static final long USES_MINUTES = 60;

  private final EventLoopGroup loops;
  private final Rooms rooms;
  private final Sessions sessions;
  private final Search search;
  private final People people;
  private final Channel listener;
  private final Drain drain;
  private final @Nullable ServerTls tls;
  private final @Nullable AccessKeys keys;
  private final @Nullable SharedStore shared;
  private @Nullable Hooks hooks;
  private @Nullable AdminEndpoint admin;
  private @Nullable ControlSocket control;

  private ChatServer(
      EventLoopGroup loops,
      Rooms rooms,
      Sessions sessions,
      Search search,
      People people,
      Channel listener,
      Drain drain,
      @Nullable ServerTls tls,
      @Nullable AccessKeys keys,
      @Nullable SharedStore shared) {
    this.loops = loops;
    this.rooms = rooms;
    this.sessions = sessions;
    this.search = search;
    this.people = people;
    this.listener = listener;
    this.drain = drain;
    this.tls = tls;
    this.keys = keys;
    this.shared = shared;
  }

  /**
   * Starts a server; when this returns it accepts connections.
   *
   * @throws IOException if it cannot listen where it should, or its certificate, its keys or its
   *     data cannot be used; the message is one sentence for people
   * @throws UnsupportedOperationException if the chosen transport does not work on this machine
   */
  public static ChatServer start(ServerConfig config) throws IOException {
    return start(config, Transport.of(config.transport()));
  }

  /** The same with a transport that is ready to use. */
  static ChatServer start(ServerConfig config, Transport transport) throws IOException {
    Deque<Runnable> undo = new ArrayDeque<>();
    try {
      return start(config, transport, undo);
    } catch (IOException | RuntimeException e) {
      undo.forEach(Runnable::run);
      throw e;
    }
  }

  /**
   * Starts a server.
   *
   * @param undo gets what closes each part that was started, the last one first
   */
  private static ChatServer start(ServerConfig config, Transport transport, Deque<Runnable> undo)
      throws IOException {
    int threads =
        config.eventLoops() > 0 ? config.eventLoops() : Runtime.getRuntime().availableProcessors();
    CertificateSource certificate = config.certificate();
    ServerTls tls = certificate == null ? null : certificate.open(config.tlsOnly());
    if (tls != null) {
      undo.push(tls::close);
    }
    AccessKeys keys = keys(config);
    if (keys != null) {
      undo.push(keys::close);
    }
    EventLoopGroup loops = eventLoops(threads, transport);
    undo.push(() -> shutDown(loops));
    ServerMetrics counted = new ServerMetrics();
    RoomLogs logs = logs(config, config.admin().isOff() ? LogMetrics.NOOP : counted.ofLog());
    undo.push(logs::close);
    SharedStore shared =
        logs instanceof SharedLogs kept ? new SharedStore(kept.database(), kept.server()) : null;
    if (shared != null) {
      undo.push(shared::close);
    }
    Facts facts = facts(logs, shared);
    People people = people(config, facts, keys, shared);
    Metrics metrics = config.admin().isOff() ? Metrics.NOOP : counted;
    ConnectionLog connections = new ConnectionLog(config.transcript(), metrics);
    SeedLog seedLog = new SeedLog(connections, config.transcript(), metrics);
    Elsewhere elsewhere = shared == null ? Elsewhere.NOWHERE : shared.cluster();
    Rooms rooms = new Rooms(loops, logs, elsewhere, Capacity.bufferBytes(), metrics);
    SeedRoom seedRoom =
        new SeedRoom(
            rooms,
            config.seedRoom(),
            new SeedKind(config.backlogPolicy(), loops.next().ticker().nanoTime(), seedLog));
    List<String> all = rooms.roomNames();
    if (all != null && shared == null) {
      people.keepRooms(all);
    }
    if (shared == null) { // else it may be there on another server
      rooms.whenGone(people::forgetRoom);
    }
    ReadGate reads = new ReadGate(READS_AT_ONCE);
    Search search = search(logs);
    undo.push(search::close);
    Sessions sessions =
        new Sessions(
            rooms,
            Terms.of(
                "chat-server/" + Version.ofThis(),
                config.seedRoom(),
                config.limits(),
                config.maxRooms(),
                config.maxAllRooms(),
                config.messagesPerSecond(),
                config.guestRateLimit().messagesPerSecond(),
                config.messageBurst(),
                config.pingSeconds()),
            reads,
            search,
            people,
            shared == null ? null : shared.privateRooms());
    people.whenPermissionsChange(sessions::lookAgain);
    if (shared != null) {
      loops
          .next()
          .scheduleWithFixedDelay(people::useNames, USES_MINUTES, USES_MINUTES, TimeUnit.MINUTES);
    }
    SessionLog sessionLog = new SessionLog(connections, config.transcript(), metrics);
    Rates rates = new Rates(config.rateLimit(), config.guestRateLimit());
    Api api =
        new Api(
            sessions,
            reads,
            people,
            new Posters(
                config.messagesPerSecond(),
                config.guestRateLimit().messagesPerSecond(),
                config.messageBurst(),
                System::nanoTime),
            config.allowedOrigins(),
            new MemberLog(
                LoggerFactory.getLogger(Api.class),
                "requests",
                connections,
                config.transcript(),
                metrics));
    // How a connection begins tells which it gets; the last gets what begins like none of them.
    List<Surface> surfaces =
        List.of(
            new TcpSurface(sessions, reads, rates, sessionLog),
            new HttpSurface(
                routes(config, api),
                new WebSockets(sessions, reads, rates, sessionLog),
                config.allowedOrigins(),
                SessionLimits.maxFrameBytes(config.maxMessageBytes()),
                connections,
                metrics),
            new SeedSurface(seedRoom, people, config.limits(), config.guestRateLimit(), seedLog));
    ConnectionLimits atOnce =
        new ConnectionLimits(
            connections(config, threads, tls),
            config.maxConnectionsPerAddress(),
            config.proxyProtocol(),
            people::bans,
            connections);
    ConnectionWatches watches =
        new ConnectionWatches(
            config.frameTimeout(),
            config.maxWaitingBytes() > 0 ? config.maxWaitingBytes() : Capacity.waitingBytes(),
            config.vanishedAfter(),
            transport.silentMillis(),
            connections);
    rooms.keepOpen(config.seedRoom().key());
    if (shared != null) {
      shared.cluster().start(rooms);
    }
    ChannelFuture bound =
        bootstrap(transport, loops)
            .handler(atOnce)
            .childHandler(
                new FrontDoors(
                    surfaces, config.registrationTimeout(), atOnce, watches, connections, tls))
            .bind(new InetSocketAddress(config.host(), config.port()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw BindFailure.explain(config.host(), config.port(), "--port", bound.cause());
    }
    bound.channel().pipeline().addLast(new AcceptFailures(connections));
    ChatServer server =
        new ChatServer(
            loops,
            rooms,
            sessions,
            search,
            people,
            bound.channel(),
            config.drain(),
            tls,
            keys,
            shared);
    undo.clear();
    undo.push(server::close);
    if (keys != null && tls == null) {
      log.warn(
          "access keys go over the wire as they are, expected TLS: --tls-cert FILE and --tls-only");
    }
    log.info("transport {}, {} event loop{}", transport.name(), threads, threads == 1 ? "" : "s");
    if (!logs.areDurable()) {
      log.info("without --data or --store: messages and owned names live as long as the server");
    }
    if (logs instanceof StoredLogs stored) {
      server.takeCommands(stored.directory());
    }
    server.startHooks(config, facts);
    if (!config.admin().isOff()) {
      List<Gauge> gauges = new ArrayList<>(gauges(rooms, atOnce, watches, logs));
      gauges.addAll(gauges(search));
      gauges.add(new Gauge("chat_hooks_failing", "Hooks that fail now", server::failingHooks));
      server.startAdmin(config.admin(), transport, counted, gauges);
    }
    log.info(
        "listening on {}",
        NetUtil.toSocketAddressString(config.host(), server.address().getPort()));
    return server;
  }

  /** What is answered over HTTP. */
  private static Routes routes(ServerConfig config, Api api) {
    List<Route> routes = new ArrayList<>(config.page() ? PageFiles.routes() : List.of());
    routes.addAll(api.routes());
    return new Routes(routes, Api.PREFIX, Api::problem);
  }

  private static int connections(ServerConfig config, int threads, @Nullable ServerTls tls) {
    if (config.maxConnections() > 0) {
      return config.maxConnections();
    }
    return tls == null ? Capacity.connections(threads) : Capacity.tlsConnections(threads);
  }

  /** Null if nobody needs one. */
  private static @Nullable AccessKeys keys(ServerConfig config) throws IOException {
    Path file = config.accessKeys();
    return file == null ? null : AccessKeys.open(file, InstantSource.system());
  }

  private static RoomLogs logs(ServerConfig config, LogMetrics metrics) throws IOException {
    StoreAddress store = config.sharedStore();
    if (store != null) {
      SharedLogs shared = SharedLogs.open(store, metrics);
      Retention keep = config.retention();
      shared.keep(
          new Keep(keep.messages(), keep.bytes(), keep.age(), keep.allMessages(), keep.allBytes()));
      return shared;
    }
    Path data = config.dataDirectory();
    if (data != null) {
      return StoredLogs.open(data, config.retention(), InstantSource.system(), metrics);
    }
    return new MemoryLogs(
        config.historyMessages(),
        config.historyBytes() > 0 ? config.historyBytes() : Capacity.historyBytes(),
        InstantSource.system());
  }

  private static Facts facts(RoomLogs logs, @Nullable SharedStore shared) {
    if (shared != null) {
      return shared.facts();
    }
    return logs instanceof StoredLogs stored ? stored.facts() : new MemoryFacts();
  }

  /** What is remembered of them is where rooms keep what is said. */
  private static People people(
      ServerConfig config, Facts facts, @Nullable AccessKeys keys, @Nullable SharedStore shared)
      throws IOException {
    Owners owners =
        Owners.open(facts, InstantSource.system(), System::nanoTime, config.nameKeepDays());
    return new People(
        owners,
        Blocks.open(facts),
        ReadMarks.open(facts),
        Bots.open(facts, owners, InstantSource.system()),
        new Entrance(keys, config.seedMembers(), System::nanoTime),
        new Guests(config.guestNames(), config.newRoomsPerHour(), System::nanoTime),
        Guard.open(facts, InstantSource.system(), owners),
        shared == null ? new NamesInUse() : shared.namesInUse());
  }

  /** An index stands beside what is stored; what is in memory is looked through. */
  private static Search search(RoomLogs logs) {
    if (logs instanceof SharedLogs kept) {
      SharedDatabase database = kept.database();
      return SharedSearch.open(
          new Connections(database::take, SharedDatabase::words),
          () -> SharedJournal.open(database));
    }
    if (logs instanceof StoredLogs stored) {
      IndexSearch index = IndexSearch.open(stored.directory(), stored.journal());
      stored.whenCommitted(index::wake);
      return index;
    }
    return new ScanSearch();
  }

  private static List<Gauge> gauges(Search search) {
    if (search instanceof SharedSearch shared) {
      return List.of(
          new Gauge(
              "chat_search_lag_messages",
              "Stored messages and events that are not indexed yet",
              shared::behind));
    }
    return search instanceof IndexSearch index
        ? List.of(
            new Gauge(
                "chat_search_lag_messages",
                "Stored messages and events that are not indexed yet",
                index::behind),
            new Gauge("chat_search_index_bytes", "Size of the index", index::bytes))
        : List.of();
  }

  private static List<Gauge> gauges(
      Rooms rooms, ConnectionLimits connections, ConnectionWatches watches, RoomLogs logs) {
    List<Gauge> gauges = new ArrayList<>();
    if (logs instanceof StoredLogs stored) {
      gauges.addAll(gauges(stored));
    } else if (logs instanceof SharedLogs shared) {
      gauges.addAll(gauges(shared));
    }
    gauges.addAll(
        List.of(
            new Gauge("chat_members", "Members of all rooms", rooms::members),
            new Gauge("chat_rooms", "Rooms with a member or a kept message", rooms::size),
            new Gauge(
                "chat_private_rooms",
                "Private rooms with a member or a kept message",
                rooms::privateRooms),
            new Gauge("chat_connections_open", "Open connections", connections::open),
            new Gauge(
                "chat_draining", "1 while the server is stopping", () -> rooms.isClosing() ? 1 : 0),
            new Gauge(
                "chat_backlog_bytes",
                "Memory of bursts that some members have not received yet, counted once",
                rooms::backlogBytes),
            new Gauge(
                "chat_waiting_bytes",
                "Memory of frames that are incomplete or wait for their turn",
                watches::waitingBytes),
            new Gauge(
                "chat_direct_memory_bytes",
                "Memory of all buffers outside of the heap",
                PlatformDependent::usedDirectMemory),
            new Gauge(
                "chat_direct_memory_max_bytes",
                "The limit of that memory",
                PlatformDependent::maxDirectMemory)));
    return gauges;
  }

  private static List<Gauge> gauges(StoredLogs stored) {
    return List.of(
        new Gauge(
            "chat_log_refusing",
            "1 while messages cannot be stored",
            () -> stored.isRefusing() ? 1 : 0),
        new Gauge(
            "chat_log_queue_bytes",
            "Memory of bursts that wait to be stored",
            stored::waitingBytes),
        new Gauge("chat_log_bytes", "Disk space of the store", stored::bytes),
        new Gauge("chat_log_free_bytes", "Free disk space of the store", stored::freeBytes),
        new Gauge(
            "chat_log_oldest_timestamp_seconds",
            "Time of the oldest message; 0 if there is none",
            () -> stored.oldestMillis() / 1_000));
  }

  private static List<Gauge> gauges(SharedLogs shared) {
    return List.of(
        new Gauge(
            "chat_log_refusing",
            "1 while messages cannot be stored",
            () -> shared.isRefusing() ? 1 : 0),
        new Gauge(
            "chat_log_queue_bytes",
            "Memory of bursts that wait to be stored",
            shared::waitingBytes),
        new Gauge("chat_log_bytes", "Size of the database", shared::bytes),
        new Gauge(
            "chat_log_oldest_timestamp_seconds",
            "Time of the oldest message; 0 if there is none",
            () -> shared.oldestMillis() / 1_000),
        new Gauge(
            "chat_store_connected",
            "1 while this server hears what others store",
            () -> shared.isListening() ? 1 : 0),
        new Gauge(
            "chat_store_connections", "Connections to the database in use", shared::connections),
        new Gauge(
            "chat_store_behind_rooms",
            "Rooms with stored messages that are not delivered yet",
            shared::behind));
  }

  /** A server without that is none the worse for those who talk. */
  private void takeCommands(Path directory) {
    try {
      control = ControlSocket.open(directory, new GuardCommands(people)::run);
    } catch (IOException e) {
      log.warn(e.getMessage());
    }
  }

  private void takeNoCommands() {
    if (control != null) {
      try {
        control.close();
      } catch (IOException e) {
        log.warn("the control socket cannot be removed: {}", FileTrouble.reason(e));
      }
    }
  }

  private void startHooks(ServerConfig config, Facts facts) throws IOException {
    Path file = config.hooks();
    if (file != null) {
      hooks =
          Hooks.open(
              file,
              new HookedRooms() {
                @Override
                public boolean deliverHere() {
                  return shared == null || shared.cluster().leads();
                }

                @Override
                public @Nullable Position newest(String room) throws IOException {
                  rooms.keepOpen(room);
                  return rooms.newest(room);
                }

                @Override
                public @Nullable CompletionStage<Slice> read(
                    String room, Position after, int limit) {
                  return rooms.read(room, after, limit);
                }
              },
              facts,
              InstantSource.system(),
              config.hookPrivateAddresses(),
              "chat-server/" + Version.ofThis());
    }
  }

  /** Why newcomers had better go elsewhere; null if they need not. */
  private @Nullable String unready() {
    if (rooms.isClosing()) {
      return "draining";
    }
    return shared != null && shared.cluster().isCutOff() ? "no database for 30 seconds" : null;
  }

  private int failingHooks() {
    return hooks == null ? 0 : hooks.failing();
  }

  private void startAdmin(
      AdminAddress address, Transport transport, ServerMetrics counted, List<Gauge> gauges)
      throws IOException {
    admin = new Admin(loops, this::unready, counted, gauges).start(address, transport);
    if (admin != null) {
      loops.forEach(loop -> LoopLag.measure(loop, counted.ofLoop()));
    }
  }

  private static EventLoopGroup eventLoops(int threads, Transport transport) throws IOException {
    try {
      return new MultiThreadIoEventLoopGroup(
          threads, new DefaultThreadFactory("chat"), transport.ioHandlers());
    } catch (IllegalStateException e) {
      throw new IOException(
          "cannot start "
              + threads
              + " event loops, choose fewer with --event-loops or allow more open files",
          e);
    }
  }

  /** What listens, and how its sockets are set. */
  static ServerBootstrap bootstrap(Transport transport, EventLoopGroup loops) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            // Accepted sockets inherit it, and it must be known before they shake hands.
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            // What was sent before the end of a stream counts, also while the sender has to wait.
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(transport.keepAlive().idle(), KEEP_ALIVE_IDLE_SECONDS)
            .childOption(transport.keepAlive().interval(), KEEP_ALIVE_INTERVAL_SECONDS)
            .childOption(transport.keepAlive().count(), KEEP_ALIVE_PROBES);
    if (transport.unsentBytes() != null) {
      bootstrap.childOption(transport.unsentBytes(), UNSENT_BYTES);
    }
    return bootstrap;
  }

  /** Where health and metrics are to be had, with the port in use; null if nowhere. */
  public @Nullable InetSocketAddress adminAddress() {
    return admin == null ? null : admin.address();
  }

  /** Looks now whether its certificate, keys or hooks have changed, and says what it found. */
  void lookAtFiles() {
    if (tls == null && keys == null && hooks == null) {
      log.info(
          "there are no files to look at: no certificate, no keys and no hooks are configured");
    }
    if (tls != null) {
      tls.checkNow();
    }
    if (keys != null) {
      keys.checkNow();
    }
    if (hooks != null) {
      hooks.checkNow();
    }
  }

  /** Where it listens, with the port in use. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /**
   * Stops in order and blocks until it has, at most a second longer than {@code drainSeconds}: is
   * not ready from the first moment on, accepts nobody any more, delivers every message it has read
   * to every member that takes it, ends their streams, and closes what is left. What it had not
   * read by then is not relayed. A second call finds nothing left to do.
   */
  @Override
  public synchronized void close() {
    if (loops.isShuttingDown()) {
      return;
    }
    rooms.closeDoor();
    takeNoCommands();
    listener.close().awaitUninterruptibly();
    sessions.sayGoodbye();
    search.close(); // before what it reads
    if (hooks != null) {
      hooks.close();
    }
    people.marks().store();
    if (shared != null) {
      shared.close();
    }
    rooms.close(drain.flush(), drain.goodbye());
    shutDown(loops);
    if (tls != null) {
      tls.close();
    }
    if (keys != null) {
      keys.close();
    }
    if (admin != null) {
      admin.close();
    }
  }

  private static void shutDown(EventLoopGroup loops) {
    loops
        .shutdownGracefully(0, SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(SHUTDOWN.toMillis());
  }
}
