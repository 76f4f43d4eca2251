package io.chatroom.server.carrier;

import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.WatchedConnection;

/**
 * A watched connection with WebSocket messages. Complete frames do not count as progress, because
 * one message can have endless fragments.
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
