package io.chatroom.server.web;

import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.WatchedConnection;

/** A connection with one request, of which all has to come in time. */
final class WatchedRequest extends WatchedConnection {

  private final RequestDecoder decoder;

  WatchedRequest(Newcomer newcomer, RequestDecoder decoder) {
    super(newcomer);
    this.decoder = decoder;
  }

  @Override
  protected int waitingBytes() {
    return decoder.waitingBytes();
  }

  /** Nothing is completed before this leaves. */
  @Override
  protected long completed() {
    return 0;
  }
}
