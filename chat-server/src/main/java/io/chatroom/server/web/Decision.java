package io.chatroom.server.web;

import io.chatroom.server.metrics.RequestKind;
import org.jspecify.annotations.Nullable;

/**
 * What to do with a request, decided from its head.
 *
 * @param kind its kind in the metrics
 * @param target null if it is malformed
 * @param route the route that answers; null if it is refused, or becomes a WebSocket
 * @param refusal the answer that refuses it; null if it is not refused
 * @param isLast true if the connection must end after the answer
 */
record Decision(
    RequestKind kind,
    @Nullable Target target,
    @Nullable Route route,
    @Nullable Answer refusal,
    boolean isLast) {

  /** Refuses a request that cannot be parsed; nothing after it can be parsed either. */
  static Decision broken(Answer refusal) {
    return new Decision(RequestKind.OTHER, null, null, refusal, true);
  }

  /** Refuses a request. */
  static Decision refused(RequestKind kind, @Nullable Target target, Answer refusal) {
    return new Decision(kind, target, null, refusal, false);
  }

  /** Makes it a WebSocket, or refuses that. */
  static Decision webSocket(Target target, @Nullable Answer refusal) {
    return new Decision(RequestKind.WEBSOCKET, target, null, refusal, true);
  }

  /** A route answers it. */
  static Decision routed(Target target, Route route) {
    return new Decision(route.kind(), target, route, null, false);
  }
}
