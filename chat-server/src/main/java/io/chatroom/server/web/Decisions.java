package io.chatroom.server.web;

import io.chatroom.server.metrics.RequestKind;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides which route answers a request, or why it is refused. Immutable. */
final class Decisions {

  private static final List<String> WEBSOCKET = List.of("ws");

  private final Routes routes;
  private final Origins allowed;
  private final int maxBodyBytes;

  /**
   * @param allowed the origins of other servers' pages that may open a WebSocket
   */
  Decisions(Routes routes, Origins allowed, int maxBodyBytes) {
    this.routes = routes;
    this.allowed = allowed;
    this.maxBodyBytes = maxBodyBytes;
  }

  int maxBodyBytes() {
    return maxBodyBytes;
  }

  /** Decides from the head of a request. */
  Decision of(HttpRequest request) {
    Answer broken = Refusal.ofBroken(request);
    if (broken == null) {
      broken = Refusal.ofHead(request);
    }
    if (broken != null) {
      return Decision.broken(broken);
    }
    Target target;
    try {
      target = Target.of(request.uri());
    } catch (IllegalArgumentException e) {
      return Decision.refused(
          RequestKind.OTHER,
          null,
          Answer.sentence(
              400, "The path or the query is malformed, expected UTF-8, percent-encoded."));
    }
    if (target == null) {
      return Decision.refused(
          RequestKind.OTHER,
          null,
          Answer.sentence(
                  405,
                  "The target is not a path, expected one that begins with a slash, and GET or"
                      + " HEAD.")
              .with("allow", "GET, HEAD"));
    }
    if (target.path().equals(WEBSOCKET)) {
      return Decision.webSocket(target, Refusal.ofWebSocket(request, allowed));
    }
    return of(request, target);
  }

  private Decision of(HttpRequest request, Target target) {
    RequestKind kind = routes.kindOf(target.path());
    Routes.Resource resource = routes.at(target.path());
    if (resource == null) {
      return Decision.refused(kind, target, refusal(target, 404, "There is nothing at this path."));
    }
    Route route = resource.route(request.method().name());
    if (route == null) {
      return Decision.refused(
          kind,
          target,
          refusal(
                  target,
                  405,
                  "This path does not support this method, expected " + resource.allowed() + ".")
              .with("allow", resource.allowed()));
    }
    if (HttpUtil.getContentLength(request, 0L) > maxBodyBytes) {
      return Decision.refused(route.kind(), target, tooLarge(target));
    }
    return Decision.routed(target, route);
  }

  Answer tooLarge(@Nullable Target target) {
    return refusal(
        target, 413, "The body is too long, expected at most " + maxBodyBytes + " bytes.");
  }

  /**
   * Makes a refusal in the format of the API if the target is in the API, else as plain text.
   *
   * @param target null if unknown
   */
  Answer refusal(@Nullable Target target, int status, String sentence) {
    return target == null
        ? Answer.sentence(status, sentence)
        : routes.refusal(target.path(), status, sentence);
  }
}
