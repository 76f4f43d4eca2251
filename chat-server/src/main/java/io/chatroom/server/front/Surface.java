package io.chatroom.server.front;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.ProtocolDetectionState;

/**
 * A protocol of this server. The front door knows surfaces only by this interface, and receives
 * them when the server starts. Thread-safe.
 */
public interface Surface {

  /**
   * Detects whether a connection is for this surface. No two surfaces may match the same prefix,
   * and {@value FrontDoor#MOST_BYTES} bytes must be enough to decide. Called again after each read,
   * until the protocol is known.
   *
   * @param bytes the first bytes, at least one, which must not be consumed
   * @return {@code NEEDS_MORE_DATA} only while more bytes could still make it {@code DETECTED}
   */
  ProtocolDetectionState begins(ByteBuf bytes);

  /**
   * Takes over a connection: adds its handlers, in order, at the end of the pipeline. One of them
   * is a {@link WatchedConnection}. The bytes read so far are passed to them next.
   *
   * @param newcomer the connection; {@link Newcomer#endDeadline} must be called once it has
   *     registered, or its deadline closes it
   */
  void take(Newcomer newcomer);
}
