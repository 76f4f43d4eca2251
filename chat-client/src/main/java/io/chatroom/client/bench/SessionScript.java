package io.chatroom.client.bench;

import io.chatroom.client.ServerAddress;
import io.chatroom.client.bench.BenchPlan.Sessions;
import io.chatroom.protocol.LengthHeader;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The names and messages of a bench of sessions. Its members use a room of their own, so that all
 * seqs of the room are theirs. A post is a template with the number of the message in two places:
 * its id and its text.
 *
 * <p>Immutable.
 */
final class SessionScript implements MessageWriter {

  private static final int NUMBER_BYTES = 10;
  private static final int MASK_BYTES = 4;
  private static final int MASKED = 0x80;
  private static final int FINAL = 0x80;
  private static final int MAX_SHORT = 125;
  private static final int TWO_BYTES_FOLLOW = 126;
  private static final int EIGHT_BYTES_FOLLOW = 127;
  private static final int MAX_MEDIUM = 65_535;

  static final int TEXT = 0x1;
  static final int PONG = 0xA;

  private final Script stamps;
  private final Sessions carrier;
  private final String host;
  private final RoomName room;

  /** The prefix of the {@code client} of every member of this bench. */
  private final String secret;

  private final int mask = ThreadLocalRandom.current().nextInt();
  private final byte[] post;
  private final int contentAt;
  private final int idAt;
  private final int numberAt;

  SessionScript(BenchPlan plan, Sessions carrier) {
    this(
        Script.of(plan.senders(), plan.messageBytes()),
        plan.messageBytes(),
        carrier,
        plan.server());
  }

  private SessionScript(Script stamps, int messageBytes, Sessions carrier, ServerAddress server) {
    this.stamps = stamps;
    this.carrier = carrier;
    this.host = server.toString();
    this.room = RoomName.of("bench-" + stamps.name(0).substring(0, 4));
    this.secret =
        String.format(
            Locale.ROOT,
            "%016x%08x",
            ThreadLocalRandom.current().nextLong(),
            ThreadLocalRandom.current().nextInt());
    String id = "0".repeat(NUMBER_BYTES);
    String text = (char) Script.MESSAGE + id + "x".repeat(messageBytes - Script.STAMP_BYTES);
    ByteBuf content = Unpooled.buffer();
    SessionJson.write(new FromClient.Post(id, room, text, null), content);
    String json = content.toString(StandardCharsets.US_ASCII);
    ByteBuf frame = Unpooled.buffer();
    writeHeader(TEXT, content.readableBytes(), frame);
    contentAt = frame.writerIndex();
    frame.writeBytes(content);
    post = new byte[frame.readableBytes()];
    frame.readBytes(post);
    idAt = contentAt + json.indexOf(id);
    numberAt = contentAt + json.indexOf(text) + 1;
    content.release();
    frame.release();
  }

  /** Returns the stamps of the texts. */
  Script stamps() {
    return stamps;
  }

  RoomName room() {
    return room;
  }

  boolean isWebSocket() {
    return carrier == Sessions.WS;
  }

  @Override
  public int senders() {
    return stamps.senders();
  }

  @Override
  public int frameBytes() {
    return post.length;
  }

  @Override
  public void write(ByteBuf out, byte kind, long number) {
    int start = out.writerIndex();
    out.writeBytes(post);
    int end = out.writerIndex();
    Script.writeDigits(out.writerIndex(start + idAt), NUMBER_BYTES, number);
    Script.writeDigits(out.writerIndex(start + numberAt), NUMBER_BYTES, number);
    out.writerIndex(end);
    applyMask(out, start + contentAt, end);
  }

  /** Returns the request that opens a WebSocket. */
  ByteBuf upgrade() {
    byte[] key = new byte[16];
    ThreadLocalRandom.current().nextBytes(key);
    return Unpooled.copiedBuffer(
        "GET /ws HTTP/1.1\r\nHost: "
            + host
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Protocol: chatroom.2\r\nSec-WebSocket-Key: "
            + Base64.getEncoder().encodeToString(key)
            + "\r\n\r\n",
        StandardCharsets.US_ASCII);
  }

  /** Returns the first object of a member; over TCP, after the bytes that open a session. */
  ByteBuf hello(int member) {
    ByteBuf out = Unpooled.buffer();
    if (!isWebSocket()) {
      out.writeBytes(SessionJson.magic());
    }
    String client = secret + String.format(Locale.ROOT, "%08x", member);
    write(
        new FromClient.Hello(
            stamps.name(member),
            client,
            null,
            null,
            "chat-client bench",
            List.of(new FromClient.Wish(room, null, null))),
        out);
    return out;
  }

  /** Returns a ping. */
  ByteBuf ping() {
    ByteBuf out = Unpooled.buffer();
    write(new FromClient.Ping(null), out);
    return out;
  }

  private void write(FromClient object, ByteBuf out) {
    ByteBuf content = Unpooled.buffer();
    try {
      SessionJson.write(object, content);
      writeFrame(TEXT, content, out);
    } finally {
      content.release();
    }
  }

  /**
   * Appends a frame.
   *
   * @param opcode the opcode for WebSocket; not used for TCP
   */
  void writeFrame(int opcode, ByteBuf content, ByteBuf out) {
    writeHeader(opcode, content.readableBytes(), out);
    int start = out.writerIndex();
    out.writeBytes(content, content.readerIndex(), content.readableBytes());
    applyMask(out, start, out.writerIndex());
  }

  private void writeHeader(int opcode, int length, ByteBuf out) {
    if (!isWebSocket()) {
      LengthHeader.write(out, length);
      return;
    }
    out.writeByte(FINAL | opcode);
    if (length <= MAX_SHORT) {
      out.writeByte(MASKED | length);
    } else if (length <= MAX_MEDIUM) {
      out.writeByte(MASKED | TWO_BYTES_FOLLOW).writeShort(length);
    } else {
      out.writeByte(MASKED | EIGHT_BYTES_FOLLOW).writeLong(length);
    }
    out.writeInt(mask);
  }

  private void applyMask(ByteBuf out, int from, int to) {
    if (!isWebSocket()) {
      return;
    }
    int i = from;
    for (; to - i >= MASK_BYTES; i += MASK_BYTES) {
      out.setInt(i, out.getInt(i) ^ mask);
    }
    for (int shift = Integer.SIZE - Byte.SIZE; i < to; i++, shift -= Byte.SIZE) {
      out.setByte(i, out.getByte(i) ^ (mask >>> shift));
    }
  }
}
