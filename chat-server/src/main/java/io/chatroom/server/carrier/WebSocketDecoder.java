package io.chatroom.server.carrier;

import io.chatroom.protocol.PausableDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.List;

/**
 * Netty's WebSocket frame decoder, with pauses. After a violation it drops all further bytes. The
 * size limit of a message also applies to the sum of its fragments: the header of the fragment that
 * exceeds it is refused. One instance serves one connection.
 */
final class WebSocketDecoder extends PausableDecoder {

  private static final int FINAL = 0x80;
  private static final int CONTINUATION = 0x0;
  private static final int LENGTH = 0x7F;
  private static final int TWO_BYTES_FOLLOW = 126;
  private static final int EIGHT_BYTES_FOLLOW = 127;
  private static final int SHORT_HEADER = 2;
  private static final int MEDIUM_HEADER = 4;
  private static final int LONG_HEADER = 10;

  private final OneFrame oneFrame;
  private final int longest;
  private long frames;

  /** True once further bytes are dropped: after a violation or a close frame. */
  private boolean over;

  /** True if the next byte is the first of a frame. */
  private boolean begins = true;

  /** The bytes received of a fragmented message. */
  private int fragmentBytes;

  /**
   * @param rules made by {@link #rules}
   */
  WebSocketDecoder(WebSocketDecoderConfig rules) {
    this.oneFrame = new OneFrame(rules);
    this.longest = rules.maxFramePayloadLength();
  }

  /**
   * The rules for all clients.
   *
   * @param longest maximum size of a message in bytes, checked in the headers of its frames
   */
  static WebSocketDecoderConfig rules(int longest) {
    return WebSocketDecoderConfig.newBuilder()
        .expectMaskedFrames(true)
        .allowMaskMismatch(false)
        .allowExtensions(false)
        .maxFramePayloadLength(longest)
        .closeOnProtocolViolation(false)
        .build();
  }

  /** The number of decoded frames. */
  long frames() {
    return frames;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (over) {
      in.skipBytes(in.readableBytes());
    } else if (isRead(ctx)) {
      int before = out.size();
      try {
        if (begins && fragmentBytes > 0 && !tellsItsLength(in)) {
          return;
        }
        begins = false;
        oneFrame.decode(ctx, in, out);
      } catch (CorruptedWebSocketFrameException e) {
        over = true;
        in.skipBytes(in.readableBytes());
        throw e;
      }
      if (out.size() > before) {
        begins = true;
        frames++;
        count((WebSocketFrame) out.get(before));
      }
    }
  }

  private void count(WebSocketFrame frame) {
    if (frame instanceof TextWebSocketFrame
        || frame instanceof BinaryWebSocketFrame
        || frame instanceof ContinuationWebSocketFrame) {
      int bytes = frame.content().readableBytes();
      fragmentBytes = frame.isFinalFragment() ? 0 : fragmentBytes + bytes;
    } else if (frame instanceof CloseWebSocketFrame) {
      over = true;
    }
  }

  /** False while the length in the header of a fragment is incomplete. */
  private boolean tellsItsLength(ByteBuf in) {
    int start = in.readerIndex();
    int here = in.readableBytes();
    if (here < SHORT_HEADER) {
      return false;
    }
    boolean isFragment = (in.getUnsignedByte(start) & ~FINAL) == CONTINUATION;
    if (!isFragment || in.getByte(start + 1) >= 0) {
      return true; // a control frame, or an unmasked one, which Netty refuses
    }
    long length = in.getByte(start + 1) & LENGTH;
    if (length == TWO_BYTES_FOLLOW) {
      if (here < MEDIUM_HEADER) {
        return false;
      }
      length = in.getUnsignedShort(start + SHORT_HEADER);
    } else if (length == EIGHT_BYTES_FOLLOW) {
      if (here < LONG_HEADER) {
        return false;
      }
      length = in.getLong(start + SHORT_HEADER);
    }
    if (length > longest - fragmentBytes) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.MESSAGE_TOO_BIG,
          "fragments of " + (fragmentBytes + length) + " bytes, limit " + longest);
    }
    return true;
  }

  /** Not in the pipeline, so it holds no bytes. */
  private static final class OneFrame extends WebSocket13FrameDecoder {

    OneFrame(WebSocketDecoderConfig rules) {
      super(rules);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws Exception {
      super.decode(ctx, in, out);
    }
  }
}
