package io.chatroom.server.front;

import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.Violation;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.transport.Outlets;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection that has not registered yet. One deadline covers everything until then (P-12): the
 * PROXY header, TLS, and its name, however slowly its bytes arrive. Belongs to its event loop.
 */
public final class Newcomer {

  private final ConnectionWatch watch;
  private final Duration timeout;
  private ChannelHandlerContext place;
  private @Nullable TlsHandler tls;
  private @Nullable TlsConnection encrypted;
  private @Nullable Future<?> deadline;

  /**
   * @param place a place in front of all handlers that read
   * @param timeout the time to register, from its acceptance
   */
  Newcomer(ChannelHandlerContext place, ConnectionWatch watch, Duration timeout) {
    this.place = place;
    this.watch = watch;
    this.timeout = timeout;
  }

  /** The pipeline, at whose end its surface adds handlers. */
  public ChannelPipeline pipeline() {
    return place.pipeline();
  }

  /** The place in front of its surface's handlers, from which they are fed. */
  public ChannelHandlerContext place() {
    return place;
  }

  /** The outlet through which to write to it. */
  public Outlet outlet() {
    return encrypted == null ? Outlets.of(place) : encrypted.outlet(place);
  }

  /** Cancels the deadline. Must be called when it has registered or ended. */
  public void endDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  /** Starts the deadline, unless it runs already. */
  public void beginDeadline() {
    if (deadline == null) {
      deadline = place.executor().schedule(this::giveUp, timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void giveUp() {
    pipeline()
        .fireExceptionCaught(
            new ProtocolException(
                Violation.REGISTRATION_TIMEOUT,
                "no complete name or request after " + timeout.toMillis() + " ms"));
  }

  /** Records that it uses TLS. */
  void encrypts(TlsHandler tls, TlsConnection connection, ChannelHandlerContext place) {
    this.tls = tls;
    this.encrypted = connection;
    this.place = place;
  }

  /** Returns true if it uses TLS. */
  public boolean isEncrypted() {
    return tls != null;
  }

  ConnectionWatch watch() {
    return watch;
  }

  /** The bytes of memory held for an incomplete encrypted record. */
  IntSupplier undecryptedBytes() {
    return tls == null ? () -> 0 : tls::waitingBytes;
  }
}
