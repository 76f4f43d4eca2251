package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into {@link Frame}s, wherever TCP has cut it before (P-07).
 *
 * <p>Every bound is checked before a byte beyond it is kept: a header that announces too much is
 * refused from its ten bytes alone. What breaks the protocol is final: the frames that were
 * complete before it go on, then a {@link ProtocolException} goes through the pipeline, once, and
 * every later byte is dropped unread. Whoever owns the connection closes it.
 *
 * <p>While the channel's {@code autoRead} is off, not one more frame goes on, though a read may
 * have brought many: they wait here, and go on when it is turned on again. The end of the stream, a
 * {@link ChannelInputShutdownEvent} where half-closure is allowed, waits behind them: a transport
 * may read all there is once the peer has ended its stream, whether that was asked for or not. When
 * the channel closes, what waits is dropped.
 *
 * <p>An unfinished frame at the end of the stream is dropped (P-20).
 *
 * <p>It is not a {@code ByteToMessageDecoder}, which knows no pause and decodes all it has at the
 * end. One instance serves one connection.
 */
public final class FrameDecoder extends ChannelDuplexHandler {

  /** A rest of at most this part of its buffer moves to one of its own size. */
  private static final int SHRINK = 4;

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
  private State state = State.HEADER;
  private Kind kind = Kind.NAME;
  private int payloadBytes;
  private long frames;

  /** What was read and has not gone on: while it is read from, a part of one frame. */
  private @Nullable ByteBuf waiting;

  private boolean endWaits;
  private boolean passingOn;

  private FrameDecoder(Limits limits, Kind afterMessage) {
    this.limits = limits;
    this.afterMessage = afterMessage;
  }

  /** For what a client sends: a name, then nothing but messages (P-09). */
  public static FrameDecoder ofClient(Limits limits) {
    return new FrameDecoder(limits, Kind.MESSAGE);
  }

  /** For what a server sends: name, message, name, message (P-14). */
  public static FrameDecoder ofServer(Limits limits) {
    return new FrameDecoder(limits, Kind.NAME);
  }

  /** How many frames it has passed on. */
  public long frames() {
    return frames;
  }

  /**
   * How much memory it holds: for the rest of a frame to come, or for reading to go on. The size of
   * a buffer and not of what is in it, as that is what counts where memory is short.
   */
  public int waitingBytes() {
    return waiting == null ? 0 : waiting.capacity();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf bytes = (ByteBuf) msg;
    try {
      // A frame that the last read has cut is made whole by itself, which spares copying the rest.
      while (waiting != null && bytes.isReadable() && isRead(ctx) && missingBytes() > 0) {
        int part = Math.min(missingBytes(), bytes.readableBytes());
        append(ctx, bytes.readRetainedSlice(part));
        passOn(ctx);
      }
      if (bytes.isReadable() && state != State.REJECTED) {
        append(ctx, bytes.retain());
        passOn(ctx);
      }
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    shrink(ctx);
    ctx.fireChannelReadComplete();
  }

  /** Reading goes on: first with what is here, then, unless that was enough, with what comes. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (waiting != null || endWaits) {
      long before = frames;
      passOn(ctx);
      if (frames != before) {
        channelReadComplete(ctx);
      }
    }
    if (isRead(ctx)) {
      ctx.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      endWaits = true;
      passOn(ctx);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    drop();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    drop();
  }

  /** Passes on what is whole, and the end when it is its turn, as long as reading is wanted. */
  private void passOn(ChannelHandlerContext ctx) {
    if (passingOn) {
      return; // a frame made its handler read on, and whoever passed it on goes on by itself
    }
    passingOn = true;
    try {
      while (waiting != null && isRead(ctx)) {
        Frame frame = next(waiting);
        if (frame == null) {
          break;
        }
        frames++;
        ctx.fireChannelRead(frame);
      }
    } finally {
      passingOn = false;
      if (waiting != null && !waiting.isReadable()) {
        drop();
      }
    }
    if (endWaits && isRead(ctx)) {
      endWaits = false;
      drop();
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  private static boolean isRead(ChannelHandlerContext ctx) {
    return ctx.channel().config().isAutoRead();
  }

  private void append(ChannelHandlerContext ctx, ByteBuf bytes) {
    waiting =
        waiting == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), waiting, bytes);
  }

  /** A few bytes do not keep the large buffer that they were read into. */
  private void shrink(ChannelHandlerContext ctx) {
    if (waiting != null && waiting.readableBytes() <= waiting.capacity() / SHRINK) {
      ByteBuf small = ctx.alloc().directBuffer(waiting.readableBytes());
      small.writeBytes(waiting);
      drop();
      waiting = small;
    }
  }

  private void drop() {
    if (waiting != null) {
      waiting.release();
      waiting = null;
    }
  }

  /** How many bytes of the header or, once that is here, of the whole frame are not here yet. */
  private int missingBytes() {
    int wanted = LengthHeader.BYTES + (state == State.PAYLOAD ? payloadBytes : 0);
    return wanted - (waiting == null ? 0 : waiting.readableBytes());
  }

  private @Nullable Frame next(ByteBuf in) {
    if (state == State.HEADER) {
      decodeHeader(in);
    }
    return state == State.PAYLOAD ? decodePayload(in) : null;
  }

  /** Looks at the header but leaves it in the buffer: it is part of the frame. */
  private void decodeHeader(ByteBuf in) {
    if (in.readableBytes() < LengthHeader.BYTES) {
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

  private @Nullable Frame decodePayload(ByteBuf in) {
    int frameBytes = LengthHeader.BYTES + payloadBytes;
    if (in.readableBytes() < frameBytes) {
      return null;
    }
    if (!Utf8.isValid(in, in.readerIndex() + LengthHeader.BYTES, payloadBytes)) {
      String what = kind == Kind.NAME ? "the name" : "the message";
      throw reject(
          in, Violation.INVALID_UTF8, what + " of " + payloadBytes + " bytes is not UTF-8");
    }
    kind = kind == Kind.NAME ? Kind.MESSAGE : afterMessage;
    state = State.HEADER;
    return new Frame(in.readRetainedSlice(frameBytes));
  }

  private ProtocolException reject(ByteBuf in, Violation violation, String found) {
    state = State.REJECTED;
    in.skipBytes(in.readableBytes());
    return new ProtocolException(violation, found);
  }

  /** The header for a log line: as text where it is printable ASCII, else in hexadecimal. */
  private static String show(ByteBuf in) {
    StringBuilder text = new StringBuilder(LengthHeader.BYTES);
    for (int i = 0; i < LengthHeader.BYTES; i++) {
      byte b = in.getByte(in.readerIndex() + i);
      if (b < ' ' || b == 0x7F) {
        return "0x" + ByteBufUtil.hexDump(in, in.readerIndex(), LengthHeader.BYTES);
      }
      text.append((char) b);
    }
    return "\"" + text + "\"";
  }
}
