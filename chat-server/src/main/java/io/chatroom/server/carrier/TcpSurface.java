package io.chatroom.server.carrier;

import io.chatroom.protocol.FrameDecoder;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.front.FirstBytes;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.Surface;
import io.chatroom.server.front.WatchedFrames;
import io.chatroom.server.session.ReadGate;
import io.chatroom.server.session.SessionKind;
import io.chatroom.server.session.Sessions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.timeout.IdleStateHandler;
import java.nio.charset.StandardCharsets;

/**
 * Sessions over TCP. The path of an object:
 *
 * <pre>
 *   bytes → (CHATROOM/2, once) → FrameDecoder → TcpSessionHandler → Session → Room
 * </pre>
 */
public final class TcpSurface implements Surface {

  /** A client is gone after a silence of this many times {@code pingSeconds}. */
  private static final int SILENT_PINGS = 3;

  private final FirstBytes magic =
      FirstBytes.of(new String(SessionJson.magic(), StandardCharsets.US_ASCII));
  private final Sessions sessions;
  private final Limits frames;
  private final Rates rates;
  private final SessionLog log;
  private final SessionKind kind;

  /**
   * Makes the surface of a server.
   *
   * @param reads limits concurrent reads of history
   * @param rates the rate limits of sessions
   */
  public TcpSurface(Sessions sessions, ReadGate reads, Rates rates, SessionLog log) {
    this.sessions = sessions;
    int longest = SessionLimits.FRAME_FACTOR * sessions.terms().limits().maxMessageBytes();
    this.frames = new Limits(longest, longest);
    this.rates = rates;
    this.log = log;
    this.kind =
        new SessionKind(
            ByteBufAllocator.DEFAULT, SessionJson::writeFrame, reads, sessions.terms().limits());
  }

  @Override
  public ProtocolDetectionState begins(ByteBuf bytes) {
    return magic.of(bytes);
  }

  @Override
  public void take(Newcomer newcomer) {
    FrameDecoder decoder = FrameDecoder.ofClient(frames);
    newcomer
        .pipeline()
        .addLast(new WithoutMagic())
        .addLast(new IdleStateHandler(SILENT_PINGS * sessions.terms().pingSeconds(), 0, 0))
        .addLast(decoder)
        .addLast(new WatchedFrames(newcomer, decoder))
        .addLast(new TcpSessionHandler(new TcpCarrier(newcomer, kind, sessions, rates, log)));
  }

  /** Removes the ten bytes by which the front door recognised the protocol. */
  private static final class WithoutMagic extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.pipeline().remove(this); // first: the rest may resume the decoder at once
      ((ByteBuf) message).skipBytes(SessionJson.magic().length);
      ctx.fireChannelRead(message);
    }
  }
}
