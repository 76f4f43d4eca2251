package io.chatroom.server.seed;

import io.chatroom.protocol.FrameDecoder;
import io.chatroom.protocol.Limits;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.RateLimit;
import io.chatroom.server.front.Surface;
import io.chatroom.server.front.WatchedFrames;
import io.chatroom.server.names.People;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.ProtocolDetectionState;

/**
 * The seed protocol. The way of a message on such a connection:
 *
 * <pre>
 *   bytes → FrameDecoder → RegistrationHandler (the first frame), then MemberHandler (every later one) → Room
 * </pre>
 *
 * <p>A {@code WatchedFrames} checks the decoder between two reads.
 */
public final class SeedSurface implements Surface {

  private final SeedRoom room;
  private final People people;
  private final Limits limits;
  private final RateLimit rateLimit;
  private final SeedLog log;

  /**
   * @param room the room of all members
   * @param people identities and permissions
   * @param limits maximum size of names and messages
   * @param rateLimit limits the messages of each member
   * @param log the log about members
   */
  public SeedSurface(
      SeedRoom room, People people, Limits limits, RateLimit rateLimit, SeedLog log) {
    this.room = room;
    this.people = people;
    this.limits = limits;
    this.rateLimit = rateLimit;
    this.log = log;
  }

  /** A connection begins with a header: digits, perhaps with spaces around them. */
  @Override
  public ProtocolDetectionState begins(ByteBuf bytes) {
    int first = bytes.getByte(bytes.readerIndex());
    return first == ' ' || (first >= '0' && first <= '9')
        ? ProtocolDetectionState.DETECTED
        : ProtocolDetectionState.INVALID;
  }

  @Override
  public void take(Newcomer newcomer) {
    FrameDecoder decoder = FrameDecoder.ofClient(limits);
    newcomer
        .pipeline()
        .addLast(decoder)
        .addLast(new WatchedFrames(newcomer, decoder))
        .addLast(new RegistrationHandler(room, people, newcomer, rateLimit, log));
  }
}
