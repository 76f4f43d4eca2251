package io.chatroom.server.front;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.ProtocolDetectionState;

/**
 * One way to talk to this server. The front door knows surfaces by this alone; which there are is
 * told to it when the server starts. Thread-safe.
 */
public interface Surface {

  /**
   * Whether a connection that begins like this is for this surface. No beginning may be for two,
   * and it has to be clear after {@value FrontDoor#MOST_BYTES} bytes.
   *
   * @param bytes the first of them, at least one, which stay where they are
   * @return {@code NEEDS_MORE_DATA} only where more bytes could still make it {@code DETECTED}: it
   *     is asked again with each byte, and nobody waits longer than has to be
   */
  ProtocolDetectionState begins(ByteBuf bytes);

  /**
   * Takes a connection over: adds its handlers, in order, at the end of the pipeline. One of them
   * is a {@link WatchedConnection}. What has been read so far comes to them next.
   *
   * @param newcomer must be told when it is known who has come, or the connection is closed
   */
  void take(Newcomer newcomer);
}
