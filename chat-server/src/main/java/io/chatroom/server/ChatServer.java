package io.chatroom.server;

import io.chatroom.server.admin.Admin;
import io.chatroom.server.admin.AdminEndpoint;
import io.chatroom.server.admin.LoopLag;
import io.chatroom.server.cluster.SharedStore;
import io.chatroom.server.config.AdminAddress;
import io.chatroom.server.config.Capacity;
import io.chatroom.server.config.Drain;
import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.control.ControlSocket;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.front.AcceptFailures;
import io.chatroom.server.front.ConnectionLimits;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.ConnectionWatches;
import io.chatroom.server.front.FrontDoors;
import io.chatroom.server.front.Surface;
import io.chatroom.server.hooks.Hooks;
import io.chatroom.server.log.LogMetrics;
import io.chatroom.server.log.store.StoredLogs;
import io.chatroom.server.metrics.Gauge;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.ServerMetrics;
import io.chatroom.server.names.AccessKeys;
import io.chatroom.server.names.GuardCommands;
import io.chatroom.server.names.People;
import io.chatroom.server.process.Version;
import io.chatroom.server.room.Elsewhere;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.search.Search;
import io.chatroom.server.seed.SeedKind;
import io.chatroom.server.seed.SeedLog;
import io.chatroom.server.seed.SeedRoom;
import io.chatroom.server.session.ReadGate;
import io.chatroom.server.session.Sessions;
import io.chatroom.server.session.Terms;
import io.chatroom.server.tls.CertificateSource;
import io.chatroom.server.tls.ServerTls;
import io.chatroom.server.transport.BindFailure;
import io.chatroom.server.transport.Transport;
import io.chatroom.system.FileTrouble;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: wires the parts, starts them and stops them.
 *
 * <p>Thread-safe.
 */
public final class ChatServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChatServer.class);

  /** Pages of history that can be in memory at once, on their way to sessions. */
  private static final int READS_AT_ONCE = 16;

  /** How often other servers are told which owned names are in use here. Names last for days. */
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
   * Starts a server. When this returns, it accepts connections.
   *
   * @throws IOException if it cannot listen on its address or cannot use its certificate, its keys
   *     or its data; the message is one sentence for people
   * @throws UnsupportedOperationException if the chosen transport does not work on this machine
   */
  public static ChatServer start(ServerConfig config) throws IOException {
    return start(config, Transport.of(config.transport()));
  }

  /** Starts a server on a given transport, for tests. */
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
   * @param undo receives what closes each part that was started, the last one first
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
    EventLoopGroup loops = EventLoops.start(threads, transport);
    undo.push(() -> EventLoops.shutDown(loops));
    ServerMetrics counted = new ServerMetrics();
    boolean isMeasured = !config.admin().isOff();
    Metrics metrics = isMeasured ? counted : Metrics.NOOP;
    Storage storage = Storage.open(config, isMeasured ? counted.ofLog() : LogMetrics.NOOP, undo);
    SharedStore shared = storage.shared();
    People people = storage.people(config, keys);
    Rooms rooms =
        new Rooms(
            loops,
            storage.logs(),
            shared == null ? Elsewhere.NOWHERE : shared.cluster(),
            Capacity.bufferBytes(),
            metrics);
    if (shared == null) { // a room that is gone here could still exist on another server
      forgetRoomsThatAreGone(rooms, people);
    }
    ConnectionLog connections = new ConnectionLog(config.transcript(), metrics);
    SeedLog seedLog = new SeedLog(connections, config.transcript(), metrics);
    SeedRoom seedRoom =
        new SeedRoom(
            rooms,
            config.seedRoom(),
            new SeedKind(config.backlogPolicy(), loops.next().ticker().nanoTime(), seedLog));
    Search search = storage.openSearch();
    undo.push(search::close);
    ReadGate reads = new ReadGate(READS_AT_ONCE);
    Sessions sessions =
        new Sessions(
            rooms,
            terms(config),
            reads,
            search,
            people,
            shared == null ? null : shared.privateRooms());
    people.whenPermissionsChange(sessions::recheck);
    if (shared != null) {
      loops
          .next()
          .scheduleWithFixedDelay(people::useNames, USES_MINUTES, USES_MINUTES, TimeUnit.MINUTES);
    }
    List<Surface> surfaces =
        new Surfaces(config, people, sessions, reads, seedRoom, seedLog, connections, metrics)
            .all();
    ConnectionLimits limits =
        new ConnectionLimits(
            maxConnections(config, threads, tls),
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
        ListenSocket.bootstrap(transport, loops)
            .handler(limits)
            .childHandler(
                new FrontDoors(
                    surfaces, config.registrationTimeout(), limits, watches, connections, tls))
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
    if (!storage.logs().areDurable()) {
      log.info("without --data or --store: messages and owned names live as long as the server");
    }
    if (storage.logs() instanceof StoredLogs stored) {
      server.openControlSocket(stored.directory());
    }
    server.startHooks(config, storage.facts());
    if (isMeasured) {
      List<Gauge> gauges = new ArrayList<>(Gauges.ofLogs(storage.logs()));
      gauges.addAll(Gauges.ofRooms(rooms));
      gauges.addAll(Gauges.ofConnections(limits, watches));
      gauges.addAll(Gauges.ofMemory());
      gauges.addAll(Gauges.ofSearch(search));
      gauges.add(new Gauge("chat_hooks_failing", "Hooks that fail now", server::failingHooks));
      server.startAdmin(config.admin(), transport, counted, gauges);
    }
    log.info(
        "listening on {}",
        NetUtil.toSocketAddressString(config.host(), server.address().getPort()));
    return server;
  }

  /** Null if the configuration names no file of keys. */
  private static @Nullable AccessKeys keys(ServerConfig config) throws IOException {
    Path file = config.accessKeys();
    return file == null ? null : AccessKeys.open(file, InstantSource.system());
  }

  private static void forgetRoomsThatAreGone(Rooms rooms, People people) {
    List<String> all = rooms.roomNames();
    if (all != null) {
      people.keepRooms(all);
    }
    rooms.whenGone(people::forgetRoom);
  }

  private static Terms terms(ServerConfig config) {
    return Terms.of(
        "chat-server/" + Version.ofThis(),
        config.seedRoom(),
        config.limits(),
        config.maxRooms(),
        config.maxAllRooms(),
        config.messagesPerSecond(),
        config.guestRateLimit().messagesPerSecond(),
        config.messageBurst(),
        config.pingSeconds());
  }

  private static int maxConnections(ServerConfig config, int threads, @Nullable ServerTls tls) {
    if (config.maxConnections() > 0) {
      return config.maxConnections();
    }
    return tls == null ? Capacity.connections(threads) : Capacity.tlsConnections(threads);
  }

  /** A server without a control socket still serves its members, so failure is only a warning. */
  private void openControlSocket(Path directory) {
    try {
      control = ControlSocket.open(directory, new GuardCommands(people)::run);
    } catch (IOException e) {
      log.warn(e.getMessage());
    }
  }

  private void closeControlSocket() {
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
              new RoomsForHooks(rooms, shared),
              facts,
              InstantSource.system(),
              config.hookPrivateAddresses(),
              "chat-server/" + Version.ofThis());
    }
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

  /** Why a load balancer should send new connections elsewhere; null if it need not. */
  private @Nullable String unready() {
    if (rooms.isClosing()) {
      return "draining";
    }
    return shared != null && shared.cluster().isCutOff() ? "no database for 30 seconds" : null;
  }

  /** The address of the admin endpoint, with the port in use; null if there is none. */
  public @Nullable InetSocketAddress adminAddress() {
    return admin == null ? null : admin.address();
  }

  /** Checks now whether the certificate, keys or hooks have changed, and logs the result. */
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

  /** The address it listens on, with the port in use. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /**
   * Drains and stops the server. Blocks until it has stopped, at most a second longer than {@code
   * drainSeconds}. It stops being ready at once and accepts no more connections, delivers every
   * message that it has read to every member that takes it, ends their streams and closes the
   * connections that are left. Messages that it had not read by then are not delivered. A second
   * call does nothing.
   */
  @Override
  public synchronized void close() {
    if (loops.isShuttingDown()) {
      return;
    }
    rooms.closeDoor();
    closeControlSocket();
    listener.close().awaitUninterruptibly();
    sessions.sayGoodbye();
    search.close(); // before the store that it reads
    if (hooks != null) {
      hooks.close();
    }
    people.marks().store();
    if (shared != null) {
      shared.close();
    }
    rooms.close(drain.flush(), drain.goodbye());
    EventLoops.shutDown(loops);
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
}
