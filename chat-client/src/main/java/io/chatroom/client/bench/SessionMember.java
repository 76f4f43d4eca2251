package io.chatroom.client.bench;

import io.chatroom.protocol.LengthHeader;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.system.FileTrouble;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection with a session. Nearly all objects are messages. It reads those in the usual form
 * without a parser, and everything else with one.
 */
final class SessionMember extends ChannelInboundHandlerAdapter {

  private static final byte[] MESSAGE = ascii("{\"type\":\"message\"");
  private static final byte[] SEQ = ascii("\"seq\":");
  private static final byte[] TEXT = ascii("\"text\":\"");
  private static final byte[] END_OF_HEAD = ascii("\r\n\r\n");
  private static final String AGREED = "HTTP/1.1 101 ";
  private static final int MAX_HEAD_BYTES = 16 * 1024;
  private static final int MAX_OBJECT_BYTES =
      SessionLimits.maxFrameBytes(Limits.DEFAULT.maxMessageBytes());
  private static final int TWO_BYTES_FOLLOW = 126;
  private static final int EIGHT_BYTES_FOLLOW = 127;
  private static final int OPCODE = 0x0f;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int TEXT_FRAME = 0x81;

  /** The server sent something that SESSIONS.md does not allow. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String what) {
      super(what);
    }
  }

  private final SessionScript script;
  private final SessionTally tally;
  private final Shard shard;
  private final RollCall rollCall;
  private final int number;
  private final Runnable onChange;
  private final Consumer<Throwable> onEnd;

  /** True once the connection can carry objects, which over WebSocket is after the upgrade. */
  private boolean carries;

  private boolean joined;

  /**
   * Where the seq and the text of the last message were, which usually holds for the next one too.
   */
  private int seqAt;

  private int textAt;
  private int messageBytes;

  /** An incomplete frame. */
  private @Nullable ByteBuf part;

  /**
   * Creates a member.
   *
   * @param onChange called when it has processed everything that was read, or its connection is
   *     writable again
   * @param onEnd as for {@link Member}
   */
  SessionMember(
      SessionScript script,
      SessionTally tally,
      Shard shard,
      RollCall rollCall,
      int number,
      Runnable onChange,
      Consumer<Throwable> onEnd) {
    this.script = script;
    this.tally = tally;
    this.shard = shard;
    this.rollCall = rollCall;
    this.number = number;
    this.onChange = onChange;
    this.onEnd = onEnd;
    this.carries = !script.isWebSocket();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Returns the size in bytes of the last message, with its frame. */
  int messageBytes() {
    return messageBytes;
  }

  boolean hasJoined() {
    return joined;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      long now = System.nanoTime();
      shard.read(in.readableBytes(), now);
      if (part == null) {
        in.skipBytes(take(ctx, in, now));
        if (in.isReadable()) {
          part = Unpooled.directBuffer(2 * in.readableBytes()).writeBytes(in);
        }
      } else {
        part.writeBytes(in);
        part.skipBytes(take(ctx, part, now)).discardReadBytes();
        if (!part.isReadable()) {
          dropPart();
        }
      }
    } catch (MalformedException | BadObjectException e) {
      end(ctx, new IOException("does not speak sessions: " + e.getMessage(), e));
    } catch (IOException e) {
      end(ctx, e);
    } finally {
      in.release();
    }
  }

  private void dropPart() {
    if (part != null) {
      part.release();
      part = null;
    }
  }

  /** Processes complete frames; returns their size in bytes. */
  private int take(ChannelHandlerContext ctx, ByteBuf in, long now)
      throws IOException, MalformedException, BadObjectException {
    int start = in.readerIndex();
    int at = start;
    if (!carries) {
      int end = endOfHead(in);
      if (end < 0) {
        return 0;
      }
      carries = true;
      ctx.writeAndFlush(script.hello(number), ctx.voidPromise());
      at = end;
    }
    while (true) {
      int next = script.isWebSocket() ? webSocketFrame(ctx, in, at, now) : frame(in, at, now);
      if (next == at) {
        return at - start;
      }
      at = next;
    }
  }

  private int endOfHead(ByteBuf in) throws MalformedException {
    int known = Math.min(in.readableBytes(), AGREED.length());
    String first = in.toString(in.readerIndex(), known, StandardCharsets.US_ASCII);
    if (!AGREED.startsWith(first)) {
      throw new MalformedException("it did not accept the upgrade to a WebSocket");
    }
    int end = find(END_OF_HEAD, in, in.readerIndex(), in.writerIndex());
    if (end < 0 && in.readableBytes() > MAX_HEAD_BYTES) {
      throw new MalformedException("the head of its answer to the upgrade is too long");
    }
    return end < 0 ? end : end + END_OF_HEAD.length;
  }

  /**
   * Processes a frame of TCP; returns the index of the next one, or the same index if it is
   * incomplete.
   */
  private int frame(ByteBuf in, int at, long now)
      throws IOException, MalformedException, BadObjectException {
    if (in.writerIndex() - at < LengthHeader.BYTES) {
      return at;
    }
    long length = LengthHeader.parse(in, at);
    if (length < 0 || length > MAX_OBJECT_BYTES) {
      throw new MalformedException("a frame does not begin with the length of an object");
    }
    int from = at + LengthHeader.BYTES;
    return whole(in, at, from, length, now);
  }

  private int whole(ByteBuf in, int at, int from, long length, long now)
      throws IOException, BadObjectException {
    if (in.writerIndex() - from < length) {
      return at;
    }
    int to = from + (int) length;
    object(in, from, to, to - at, now);
    return to;
  }

  /** Processes a frame of WebSocket, like {@link #frame}. */
  private int webSocketFrame(ChannelHandlerContext ctx, ByteBuf in, int at, long now)
      throws IOException, MalformedException, BadObjectException {
    int there = in.writerIndex() - at;
    if (there < 2) {
      return at;
    }
    int kind = in.getUnsignedByte(at);
    long length = in.getUnsignedByte(at + 1);
    int header = length == TWO_BYTES_FOLLOW ? 4 : length == EIGHT_BYTES_FOLLOW ? 10 : 2;
    if (there < header) {
      return at;
    }
    if (header == 4) {
      length = in.getUnsignedShort(at + 2);
    } else if (header == 10) {
      length = in.getLong(at + 2);
    }
    if (length < 0 || length > MAX_OBJECT_BYTES) {
      throw new MalformedException("a frame is longer than any object");
    }
    int from = at + header;
    if (kind == TEXT_FRAME) {
      return whole(in, at, from, length, now);
    }
    if (in.writerIndex() - from < length) {
      return at;
    }
    int opcode = kind & OPCODE;
    if (opcode == PING) {
      ByteBuf pong = Unpooled.buffer();
      script.writeFrame(SessionScript.PONG, in.slice(from, (int) length), pong);
      ctx.writeAndFlush(pong, ctx.voidPromise());
    } else if (opcode != SessionScript.PONG && opcode != CLOSE) {
      throw new MalformedException("a frame is not a whole text message");
    }
    return from + (int) length;
  }

  private void object(ByteBuf in, int from, int to, int frameBytes, long now)
      throws IOException, BadObjectException {
    if (!joined || !plainMessage(in, from, to, now)) {
      object(SessionJson.readServer(in.slice(from, to - from)), now);
    } else {
      messageBytes = frameBytes;
    }
  }

  /** Returns false if the object is not a message, or is written in an unusual way. */
  private boolean plainMessage(ByteBuf in, int from, int to, long now) {
    if (!isAt(MESSAGE, in, from, to)) {
      return false;
    }
    if (!isAt(SEQ, in, from + seqAt, to)) {
      seqAt = find(SEQ, in, from, to) - from;
    }
    if (seqAt < 0) {
      seqAt = 0;
      return false;
    }
    int digits = from + seqAt + SEQ.length;
    long seq = 0;
    for (int i = digits; i < to; i++) {
      int digit = in.getByte(i) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      seq = seq * 10 + digit;
    }
    if (!isAt(TEXT, in, from + textAt, to)) {
      textAt = find(TEXT, in, from, to) - from;
    }
    if (textAt < 0 || seq == 0) {
      textAt = 0;
      return false;
    }
    int text = from + textAt + TEXT.length;
    int textEnd = in.indexOf(text, to, (byte) '"');
    if (textEnd < 0) {
      return false;
    }
    long sent = script.stamps().number(in, text, textEnd - text, Script.MESSAGE);
    if (sent < 0) {
      return false; // it may contain escapes, which the parser knows
    }
    tally.message(seq, sent, now);
    return true;
  }

  private static boolean isAt(byte[] what, ByteBuf in, int at, int to) {
    if (to - at < what.length) {
      return false;
    }
    for (int i = 0; i < what.length; i++) {
      if (in.getByte(at + i) != what[i]) {
        return false;
      }
    }
    return true;
  }

  private static int find(byte[] what, ByteBuf in, int from, int to) {
    for (int at = from; at <= to - what.length; at++) {
      if (isAt(what, in, at, to)) {
        return at;
      }
    }
    return -1;
  }

  private void object(FromServer object, long now) throws IOException {
    if (object instanceof FromServer.Joined room) {
      if (!joined && room.room().equals(script.room())) {
        joined = true;
        tally.startsAfter(room.seq());
        rollCall.receivedProbe();
      }
    } else if (object instanceof FromServer.Message message) {
      tally.message(message.seq(), numberOf(message.text()), now);
    } else if (object instanceof FromServer.Ack ack) {
      if (!ack.duplicate()) {
        tally.ack(ack.seq(), numberOfId(ack.id()), now);
      }
    } else if (object instanceof FromServer.Gap gap) {
      tally.gap(gap.to());
    } else if (object instanceof FromServer.Error error) {
      throw refusal("refused a request of a member", error.code(), error.text());
    } else if (object instanceof FromServer.Bye bye) {
      throw refusal("ended the session of a member", bye.code(), bye.text());
    }
  }

  private static IOException refusal(String what, String code, String text) {
    return new IOException(what + " (" + code + ": " + VisibleText.of(text) + ")");
  }

  private long numberOf(@Nullable String text) {
    if (text == null) {
      return -1; // deleted, although no member has requested that
    }
    ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    try {
      return script.stamps().number(bytes, 0, bytes.readableBytes(), Script.MESSAGE);
    } finally {
      bytes.release();
    }
  }

  private static long numberOfId(String id) {
    try {
      return Long.parseLong(id);
    } catch (NumberFormatException e) {
      return -1; // not the id of a post of the bench
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    onChange.run();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    onChange.run();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    onEnd.accept(new IOException("closed the connection of a member"));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    dropPart();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end(
        ctx,
        cause instanceof IOException failure
            ? new IOException(
                "broke the connection of a member (" + FileTrouble.reason(failure) + ")", cause)
            : cause);
  }

  private void end(ChannelHandlerContext ctx, Throwable cause) {
    onEnd.accept(cause);
    ctx.close();
  }
}
