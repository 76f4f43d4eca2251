package io.chatroom.server.carrier;

import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.WatchedConnection;

/**
 * A connection on which WebSocket messages are completed: a frame is not enough, as fragments of a
 * message that never ends would be endless.
 */
final class WatchedMessages extends WatchedConnection {

  private final WebSocketDecoder decoder;
  private final WebSocketHandler handler;

  WatchedMessages(Newcomer newcomer, WebSocketDecoder decoder, WebSocketHandler handler) {
    super(newcomer);
    this.decoder = decoder;
    this.handler = handler;
  }

  @Override
  protected int waitingBytes() {
    return decoder.waitingBytes() + handler.waitingBytes();
  }

  @Override
  protected long completed() {
    return handler.hasPart() ? handler.messages() : decoder.frames();
  }
}
