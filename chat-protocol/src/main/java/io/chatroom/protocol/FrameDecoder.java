package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;

/**
 * Splits a stream of bytes into {@link Frame}s, independent of TCP's segments (P-07).
 *
 * <p>Limits are checked before the payload is kept: the ten bytes of a header are enough to refuse
 * a frame that is too long. After a violation, the complete frames before it are passed on, then
 * one {@link ProtocolException} goes through the pipeline, and all later bytes are dropped. The
 * owner of the connection must close it.
 *
 * <p>An incomplete frame at the end of the stream is dropped (P-20), but see {@link #ofServer}.
 *
 * <p>One instance serves one connection.
 */
public final class FrameDecoder extends PausableDecoder {

  /** The meaning of the next bytes. */
  private enum State {
    HEADER,
    PAYLOAD,
    /** The peer has violated the protocol: all further bytes are dropped. */
    REJECTED
  }

  /** The kind of a payload: names and messages have different limits. */
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

  /** Makes a decoder for the bytes of a client: a name, then only messages (P-09). */
  public static FrameDecoder ofClient(Limits limits) {
    return new FrameDecoder(limits, Kind.MESSAGE, false);
  }

  /**
   * Makes a decoder for the bytes of a server: name, message, name, message (P-14). A client must
   * notice if it has connected to something else, however short the answer. So two more things are
   * violations: fewer than ten bytes that cannot begin a header, and a stream that ends inside its
   * first frame. A later end of the stream may truncate a frame (P-19, C-07).
   */
  public static FrameDecoder ofServer(Limits limits) {
    return new FrameDecoder(limits, Kind.NAME, true);
  }

  /** The number of frames decoded so far. */
  public long frames() {
    return frames;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (!isRead(ctx)) {
      return;
    }
    // One call must go as far as it can: the base class waits for more bytes after a call that
    // consumes nothing, and decodeHeader consumes nothing.
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
      // Not thrown: the exception would arrive after the end of the stream.
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

  /** Reads the header, but leaves it in the buffer as part of the frame. */
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
   * The available part of the header, for a log line: as text if it is printable ASCII, else in
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
