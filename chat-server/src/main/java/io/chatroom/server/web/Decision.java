package io.chatroom.server.web;

import io.chatroom.server.metrics.RequestKind;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a request, told from its head.
 *
 * @param kind what it counts as
 * @param target null if it has none that can be read
 * @param route who answers; null if it is refused, or becomes a WebSocket
 * @param refusal null if it is not refused
 * @param isLast whether the connection ends behind the answer, whatever the peer wants
 */
record Decision(
    RequestKind kind,
    @Nullable Target target,
    @Nullable Route route,
    @Nullable Answer refusal,
    boolean isLast) {

  /** Nothing can be told of the request, or of what follows it. */
  static Decision broken(Answer refusal) {
    return new Decision(RequestKind.OTHER, null, null, refusal, true);
  }

  /** It gets no answer but this. */
  static Decision refused(RequestKind kind, @Nullable Target target, Answer refusal) {
    return new Decision(kind, target, null, refusal, false);
  }

  /** It becomes a WebSocket; null stands for no refusal. */
  static Decision webSocket(Target target, @Nullable Answer refusal) {
    return new Decision(RequestKind.WEBSOCKET, target, null, refusal, true);
  }

  /** Somebody answers. */
  static Decision routed(Target target, Route route) {
    return new Decision(route.kind(), target, route, null, false);
  }
}
