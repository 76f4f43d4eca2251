package io.chatroom.server.web;

import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.WatchedConnection;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** A connection on which requests are completed. */
final class WatchedRequest extends WatchedConnection {

  private final IntSupplier waitingBytes;
  private final LongSupplier requests;

  /**
   * @param waitingBytes what is held of a request, or of its answer
   * @param requests grows with each that is complete
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
