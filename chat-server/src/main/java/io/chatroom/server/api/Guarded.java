package io.chatroom.server.api;

import io.chatroom.protocol.session.Code;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.web.Answer;
import io.chatroom.server.web.Endpoint;
import io.chatroom.server.web.Origins;
import io.chatroom.server.web.Request;
import io.chatroom.server.web.Responder;
import io.chatroom.server.web.Stream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Refuses requests from pages, unless their origin is the server's own or allowed, and adds the
 * headers that let such a page read the answer (Fetch, 3.2). Also answers malformed requests.
 */
final class Guarded implements Endpoint {

  private static final String ORIGIN = "origin";

  private static final Map<String, String> PREFLIGHT =
      Map.of(
          "access-control-allow-methods", "GET, POST",
          "access-control-allow-headers",
              "authorization, chat-key, content-type, idempotency-key, last-event-id",
          "access-control-max-age", "600");

  private final Origins allowed;
  private final Endpoint endpoint;

  Guarded(Origins allowed, Endpoint endpoint) {
    this.allowed = allowed;
    this.endpoint = endpoint;
  }

  /** Answers a browser's preflight request. */
  static void preflight(Request request, Responder to) {
    Answer answer = Answer.empty(204);
    for (Map.Entry<String, String> header : PREFLIGHT.entrySet()) {
      answer = answer.with(header.getKey(), header.getValue());
    }
    to.answer(answer);
  }

  @Override
  public void answer(Request request, Responder to) {
    List<String> origins = request.headers().getAll(ORIGIN);
    if (!allowed.allow(origins, request.headers().getAll("host"))) {
      String text = "Pages of this origin cannot use the API (allowedOrigins).";
      to.answer(Problem.of(Code.ORIGIN, text).answer());
      return;
    }
    Responder back = origins.isEmpty() ? to : new ForOrigin(to, origins.get(0));
    try {
      endpoint.answer(request, back);
    } catch (ProblemException e) {
      back.answer(e.problem().answer());
    } catch (IllegalArgumentException e) { // from the check of a record
      back.answer(Problem.of(Code.BAD_REQUEST, String.valueOf(e.getMessage())).answer());
    }
  }

  /** Adds the header that lets a page of this origin read the answer. */
  private record ForOrigin(Responder to, String origin) implements Responder {

    private static final String EXPOSED = "Location, Retry-After";

    @Override
    public void answer(Answer answer) {
      to.answer(
          answer
              .with("access-control-allow-origin", origin)
              .with("access-control-expose-headers", EXPOSED)
              .with("vary", "Origin"));
    }

    @Override
    public Stream stream(Map<String, String> headers) {
      Map<String, String> more = new HashMap<>(headers);
      more.put("access-control-allow-origin", origin);
      more.put("vary", "Origin");
      return to.stream(more);
    }

    @Override
    public void whenGone(Runnable task) {
      to.whenGone(task);
    }

    @Override
    public Newcomer connection() {
      return to.connection();
    }
  }
}
