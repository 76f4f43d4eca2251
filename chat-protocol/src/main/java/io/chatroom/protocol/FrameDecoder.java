package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;

/**
 * Cuts a stream of bytes into {@link Frame}s, wherever TCP has cut it before (P-07).
 *
 * <p>Every bound is checked before a byte beyond it is kept: a header that announces too much is
 * refused from its ten bytes alone. What breaks the protocol is final: the frames that were
 * complete before it go on, then a {@link ProtocolException} goes through the pipeline, once, and
 * every later byte is dropped unread. Whoever owns the connection closes it.
 *
 * <p>An unfinished frame at the end of the stream is dropped (P-20), but see {@link #ofServer}.
 *
 * <p>One instance serves one connection.
 */
public final class FrameDecoder extends PausableDecoder {

  /** What the next bytes are. */
  private enum State {
    HEADER,
    PAYLOAD,
    /** The peer broke the protocol; nothing it says counts any more. */
    REJECTED
  }

  /** What a frame's payload is: names and messages have limits of their own. */
  private enum Kind {
    NAME,
    MESSAGE
  }

  private final Limits limits;
  private final Kind afterMessage;
  private final boolean fromServer;
  private State state = State.HEADER;
  private Kind kind = Kind.NAME;
  private int payloadBytes;
  private long frames;

  private FrameDecoder(Limits limits, Kind afterMessage, boolean fromServer) {
    this.limits = limits;
    this.afterMessage = afterMessage;
    this.fromServer = fromServer;
  }

  /** For what a client sends: a name, then nothing but messages (P-09). */
  public static FrameDecoder ofClient(Limits limits) {
    return new FrameDecoder(limits, Kind.MESSAGE, false);
  }

  /**
   * For what a server sends: name, message, name, message (P-14). A client that has called on
   * something else must learn that from whatever it answers, however little: here a violation is
   * also what cannot begin a header, though it has fewer than ten bytes, and a stream that ends
   * inside its very first frame. A later end may cut a frame short (P-19, C-07).
   */
  public static FrameDecoder ofServer(Limits limits) {
    return new FrameDecoder(limits, Kind.NAME, true);
  }

  /** How many frames it has passed on. */
  public long frames() {
    return frames;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (!isRead(ctx)) {
      return;
    }
    // One call goes as far as it can: the base class takes a call that consumes nothing for a wish
    // for more bytes, and a header is only looked at.
    if (state == State.HEADER) {
      decodeHeader(in);
    }
    if (state == State.PAYLOAD) {
      decodePayload(in, out);
    } else if (state == State.REJECTED) {
      in.skipBytes(in.readableBytes());
    }
  }

  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws Exception {
    super.decodeLast(ctx, in, out);
    if (fromServer && frames == 0 && in.isReadable() && isRead(ctx)) {
      // Not thrown, as that would come out of the pipeline behind the end of the stream.
      ctx.fireExceptionCaught(
          state == State.HEADER
              ? reject(in, Violation.MALFORMED_HEADER, "the stream ended after " + show(in))
              : reject(
                  in,
                  Violation.FRAME_TIMEOUT,
                  "the stream ended after "
                      + in.readableBytes()
                      + " of the "
                      + (LengthHeader.BYTES + payloadBytes)
                      + " bytes of its first frame"));
    }
  }

  /** Looks at the header but leaves it in the buffer: it is part of the frame. */
  private void decodeHeader(ByteBuf in) {
    int bytes = in.readableBytes();
    if (bytes < LengthHeader.BYTES) {
      if (fromServer && !LengthHeader.mayBegin(in, in.readerIndex(), bytes)) {
        throw reject(in, Violation.MALFORMED_HEADER, "the header begins with " + show(in));
      }
      return;
    }
    long length = LengthHeader.parse(in, in.readerIndex());
    if (length == LengthHeader.MALFORMED) {
      throw reject(in, Violation.MALFORMED_HEADER, "the header is " + show(in));
    }
    int limit = kind == Kind.NAME ? limits.maxNameBytes() : limits.maxMessageBytes();
    if (length > limit) {
      throw kind == Kind.NAME
          ? reject(in, Violation.NAME_TOO_LONG, "the name has " + length + " bytes, limit " + limit)
          : reject(
              in,
              Violation.MESSAGE_TOO_LONG,
              "the message has " + length + " bytes, limit " + limit);
    }
    payloadBytes = (int) length;
    state = State.PAYLOAD;
  }

  private void decodePayload(ByteBuf in, List<Object> out) {
    int frameBytes = LengthHeader.BYTES + payloadBytes;
    if (in.readableBytes() < frameBytes) {
      return;
    }
    if (!Utf8.isValid(in, in.readerIndex() + LengthHeader.BYTES, payloadBytes)) {
      String what = kind == Kind.NAME ? "the name" : "the message";
      throw reject(
          in, Violation.INVALID_UTF8, what + " of " + payloadBytes + " bytes is not UTF-8");
    }
    out.add(new Frame(in.readRetainedSlice(frameBytes)));
    frames++;
    kind = kind == Kind.NAME ? Kind.MESSAGE : afterMessage;
    state = State.HEADER;
  }

  private ProtocolException reject(ByteBuf in, Violation violation, String found) {
    state = State.REJECTED;
    in.skipBytes(in.readableBytes());
    return new ProtocolException(violation, found);
  }

  /**
   * The header, as far as it is there, for a log line: as text where it is printable ASCII, else in
   * hexadecimal.
   */
  private static String show(ByteBuf in) {
    int bytes = Math.min(LengthHeader.BYTES, in.readableBytes());
    StringBuilder text = new StringBuilder(bytes);
    for (int i = 0; i < bytes; i++) {
      byte b = in.getByte(in.readerIndex() + i);
      if (b < ' ' || b == 0x7F) {
        return "0x" + ByteBufUtil.hexDump(in, in.readerIndex(), bytes);
      }
      text.append((char) b);
    }
    return "\"" + text + "\"";
  }
}
