package io.chatroom.server.session;

import io.chatroom.protocol.Limits;
import io.chatroom.server.room.Encoding;
import io.chatroom.server.room.Kind;
import io.chatroom.server.room.Laggards;
import io.netty.buffer.ByteBufAllocator;

/**
 * Sessions that are carried in one way: what they get, and how those that do not keep up are
 * brought up. They cost the others nothing: nobody waits for them, and nothing is kept for them but
 * a number.
 */
public final class SessionKind implements Kind {

  /** What all rooms together keep of what was delivered last. */
  private static final long RECENT_BYTES = 8 * 1024 * 1024;

  private final Framing framing;
  private final SessionEncoding encoding;
  private final ReadGate reads;
  private final Recent.Budget recent = new Recent.Budget(RECENT_BYTES);

  /**
   * Makes a kind.
   *
   * @param framing how an object stands on their wire
   * @param reads who reads how much at once, for all kinds of a server
   * @param limits how long names and messages may be
   */
  public SessionKind(ByteBufAllocator allocator, Framing framing, ReadGate reads, Limits limits) {
    this.framing = framing;
    this.encoding = new SessionEncoding(allocator, framing, limits);
    this.reads = reads;
  }

  /** How an object stands on their wire. */
  public Framing framing() {
    return framing;
  }

  @Override
  public Encoding encoding() {
    return encoding;
  }

  @Override
  public Laggards laggards(Laggards.Host host) {
    return new CatchUp(host, reads, recent);
  }
}
