package io.chatroom.server;

import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.api.Api;
import io.chatroom.server.carrier.Rates;
import io.chatroom.server.carrier.SessionLog;
import io.chatroom.server.carrier.TcpSurface;
import io.chatroom.server.carrier.WebSockets;
import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.MemberLog;
import io.chatroom.server.front.Surface;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.names.People;
import io.chatroom.server.names.Posters;
import io.chatroom.server.seed.SeedLog;
import io.chatroom.server.seed.SeedRoom;
import io.chatroom.server.seed.SeedSurface;
import io.chatroom.server.session.ReadGate;
import io.chatroom.server.session.Sessions;
import io.chatroom.server.web.HttpSurface;
import io.chatroom.server.web.PageFiles;
import io.chatroom.server.web.Route;
import io.chatroom.server.web.Routes;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * The protocols on the port: sessions over TCP and WebSocket, HTTP with the page and the API, and
 * the seed protocol.
 *
 * @param reads limits how many pages of history are read at once
 * @param seedLog shared with the seed's room
 */
record Surfaces(
    ServerConfig config,
    People people,
    Sessions sessions,
    ReadGate reads,
    SeedRoom seedRoom,
    SeedLog seedLog,
    ConnectionLog connections,
    Metrics metrics) {

  /** In the order in which they claim a connection; the last takes what no other claimed. */
  List<Surface> all() {
    SessionLog sessionLog = new SessionLog(connections, config.transcript(), metrics);
    Rates rates = new Rates(config.rateLimit(), config.guestRateLimit());
    return List.of(
        new TcpSurface(sessions, reads, rates, sessionLog),
        new HttpSurface(
            routes(),
            new WebSockets(sessions, reads, rates, sessionLog),
            config.allowedOrigins(),
            SessionLimits.maxFrameBytes(config.maxMessageBytes()),
            connections,
            metrics),
        new SeedSurface(seedRoom, people, config.limits(), config.guestRateLimit(), seedLog));
  }

  private Routes routes() {
    List<Route> routes = new ArrayList<>(config.page() ? PageFiles.routes() : List.of());
    routes.addAll(api().routes());
    return new Routes(routes, Api.PREFIX, Api::problem);
  }

  private Api api() {
    return new Api(
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
  }
}
