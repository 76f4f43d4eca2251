package io.chatroom.server.web;

import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.WatchedConnection;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** A watched HTTP connection. */
final class WatchedRequest extends WatchedConnection {

  private final IntSupplier waitingBytes;
  private final LongSupplier requests;

  /**
   * @param waitingBytes the bytes held for a request, or for its answer
   * @param requests the count of complete requests
   */
  WatchedRequest(Newcomer newcomer, IntSupplier waitingBytes, LongSupplier requests) {
    super(newcomer);
    this.waitingBytes = waitingBytes;
    this.requests = requests;
  }

  @Override
  protected int waitingBytes() {
    return waitingBytes.getAsInt();
  }

  @Override
  protected long completed() {
    return requests.getAsLong();
  }
}
