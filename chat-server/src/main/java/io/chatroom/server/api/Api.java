package io.chatroom.server.api;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromClient.Side;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.front.MemberLog;
import io.chatroom.server.metrics.RequestKind;
import io.chatroom.server.names.People;
import io.chatroom.server.names.Posters;
import io.chatroom.server.session.ReadGate;
import io.chatroom.server.session.SessionKind;
import io.chatroom.server.session.Sessions;
import io.chatroom.server.web.Answer;
import io.chatroom.server.web.Endpoint;
import io.chatroom.server.web.Origins;
import io.chatroom.server.web.Request;
import io.chatroom.server.web.Responder;
import io.chatroom.server.web.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** The API under {@code /api}: its routes, with a method for each. Thread-safe. */
public final class Api {

  /** The first segment of all its paths. */
  public static final String PREFIX = "api";

  private static final String JSON = "application/json";
  private static final String MESSAGES = "/api/rooms/*/messages";
  private static final String EVENTS = "/api/rooms/*/events";

  /** The index of the segment that contains the room's name. */
  private static final int ROOM = 2;

  private static final int DEFAULT_PAGE = 50;
  private static final int DEFAULT_SEARCH = 20;

  /** The {@code q} of requests; answers over HTTP omit it. */
  private static final String NO_Q = "";

  private final Sessions sessions;
  private final Limits limits;
  private final People people;
  private final Posters posters;
  private final Origins allowed;
  private final MemberLog log;
  private final SessionKind askers;
  private final SessionKind listeners;

  /**
   * Makes the API.
   *
   * @param reads bounds concurrent reads of history
   * @param posters the rate limits of posts in single requests
   * @param allowed the origins whose pages may use it, besides the server's own
   * @param log the log for a transcript
   */
  public Api(
      Sessions sessions,
      ReadGate reads,
      People people,
      Posters posters,
      Origins allowed,
      MemberLog log) {
    this.sessions = sessions;
    this.limits = sessions.terms().limits();
    this.people = people;
    this.posters = posters;
    this.allowed = allowed;
    this.log = log;
    this.askers = SessionKind.ofAskers(reads);
    this.listeners =
        SessionKind.ofListeners(ByteBufAllocator.DEFAULT, new EventFraming(), reads, limits);
  }

  /** All its routes. */
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.add(route("GET", "/api", file("openapi.json")));
    routes.add(route("GET", "/api/asyncapi", file("asyncapi.json")));
    routes.add(route("GET", "/api/rooms", this::rooms));
    routes.add(route("POST", MESSAGES, this::post));
    routes.add(route("GET", MESSAGES, this::messages));
    routes.add(route("GET", EVENTS, this::events));
    routes.add(route("GET", "/api/search", this::search));
    routes.add(route("POST", "/api/qr", new Picture(people)));
    Set<String> patterns = new LinkedHashSet<>();
    routes.forEach(route -> patterns.add(route.pattern()));
    patterns.forEach(path -> routes.add(route("OPTIONS", path, Guarded::preflight)));
    return routes;
  }

  private Route route(String method, String pattern, Endpoint endpoint) {
    return new Route(method, pattern, RequestKind.API, new Guarded(allowed, endpoint));
  }

  /** The problem to send for a request without a route, or before it reaches an endpoint. */
  public static Answer problem(int status, String sentence) {
    return Problem.ofStatus(status, sentence).answer();
  }

  private static Endpoint file(String name) {
    byte[] content;
    try (InputStream in = Api.class.getResourceAsStream(name)) {
      content = Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return (request, to) ->
        to.answer(
            Answer.of(200, JSON, Unpooled.wrappedBuffer(content))
                .with("cache-control", "no-cache"));
  }

  // ---- requests

  private void post(Request request, Responder to) {
    RoomName room = new Parameters(request).pathRoom(ROOM);
    FromClient.Post post = PostBody.read(request, room, limits.maxMessageBytes());
    ask(request, to, post, Api::created);
  }

  private static Answer created(FromServer object) {
    Answer answer =
        json(object instanceof FromServer.Ack ack && !ack.duplicate() ? 201 : 200, object);
    return object instanceof FromServer.Ack ack
        ? answer.with(
            "location",
            "/api/rooms/"
                + URLEncoder.encode(ack.room().text(), StandardCharsets.UTF_8)
                + "/messages?after="
                + (ack.seq() - 1)
                + "&limit=1")
        : answer;
  }

  private void messages(Request request, Responder to) {
    Parameters parameters = new Parameters(request);
    Side side = Side.BEFORE;
    long seq = SessionLimits.MAX_INTEGER;
    int sides = 0;
    for (Side each : Side.values()) {
      Long value = parameters.number(each.text());
      if (value != null) {
        side = each;
        seq = value;
        sides++;
      }
    }
    if (sides > 1) {
      throw ProblemException.bad(
          "before, after and around cannot be combined, expected one of them");
    }
    ask(
        request,
        to,
        new FromClient.History(
            NO_Q,
            parameters.pathRoom(ROOM),
            side,
            seq,
            parameters.limit(DEFAULT_PAGE, SessionLimits.MAX_HISTORY)),
        object -> json(200, object));
  }

  private void rooms(Request request, Responder to) {
    Parameters parameters = new Parameters(request);
    int limit = parameters.limit(SessionLimits.MAX_LISTED, SessionLimits.MAX_LISTED);
    ask(
        request,
        to,
        new FromClient.Rooms(NO_Q, parameters.room(), (long) limit),
        object -> json(200, object));
  }

  private void search(Request request, Responder to) {
    Parameters parameters = new Parameters(request);
    String query = parameters.text("q");
    if (query == null) {
      throw ProblemException.bad("q is missing, expected the words to search for");
    }
    ask(
        request,
        to,
        new FromClient.Search(
            NO_Q,
            query,
            parameters.room(),
            parameters.number("before"),
            parameters.limit(DEFAULT_SEARCH, SessionLimits.MAX_SEARCH)),
        object -> json(200, object));
  }

  private void ask(
      Request request, Responder to, FromClient asked, Function<FromServer, Answer> form) {
    var visitor = Caller.of(request, limits.maxNameBytes());
    new Visit(to, sessions, askers, log, form).ask(visitor, asked, posters);
  }

  private void events(Request request, Responder to) {
    Parameters parameters = new Parameters(request);
    RoomName room = parameters.pathRoom(ROOM);
    String heard = request.header("last-event-id");
    String after = parameters.text("after");
    Long last = parameters.number("last");
    if (after != null && last != null) {
      throw ProblemException.bad("after and last cannot be combined, expected one of them");
    }
    Position from = null;
    if (heard != null && !heard.isEmpty()) {
      from = Parameters.position("Last-Event-ID", heard);
    } else if (after != null) {
      from = Parameters.position("after", after);
    }
    var visitor = Caller.of(request, limits.maxNameBytes());
    new Follower(to, sessions, listeners, log)
        .follow(visitor, new FromClient.Join(null, room, from, from == null ? last : null));
  }

  private static Answer json(int status, FromServer object) {
    ByteBuf body = Unpooled.buffer();
    SessionJson.writeBody(object, body);
    body.writeByte('\n'); // for people in a shell
    return Answer.of(status, JSON, body);
  }
}
