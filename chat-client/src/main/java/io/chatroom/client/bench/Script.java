package io.chatroom.client.bench;

import io.chatroom.protocol.LengthHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes the names and messages of a bench as frames, and recognises them.
 *
 * <p>All names have one length and all messages have one length, so the bytes that a receiver has
 * read give the number of messages. A name is a tag, which distinguishes the members from
 * strangers, and the number of the member; senders come first. A message is a stamp (a letter for
 * its kind and ten digits) and padding. Messages are numbered from 0, and senders take turns:
 * sender {@code n % senders} sends message {@code n}.
 *
 * <p>Immutable. No method changes the indices of a buffer that it reads.
 */
final class Script implements MessageWriter {

  static final int STAMP_BYTES = 11;

  /** A probe, which shows that its sender's messages arrive. */
  static final byte PROBE = 'P';

  /** The start mark, which is the last probe: a member counts what it receives after it. */
  static final byte START = 'S';

  /** A message that counts. */
  static final byte MESSAGE = 'M';

  private static final int TAG_BYTES = 4;
  private static final int NUMBER_BYTES = 6;
  private static final int NAME_BYTES = TAG_BYTES + NUMBER_BYTES;
  private static final int BASE_36_TAGS = 36 * 36 * 36;

  private final byte[] tag;
  private final int senders;
  private final int messageBytes;
  private final ByteBuf frame;

  /**
   * @param tag four ASCII characters
   * @param messageBytes {@link #STAMP_BYTES} or more
   */
  Script(String tag, int senders, int messageBytes) {
    this.tag = tag.getBytes(StandardCharsets.US_ASCII);
    this.senders = senders;
    this.messageBytes = messageBytes;
    frame = Unpooled.buffer(LengthHeader.BYTES + messageBytes);
    LengthHeader.write(frame, messageBytes);
    while (frame.isWritable()) {
      frame.writeByte('x');
    }
  }

  /**
   * Creates a script with a random tag, which most probably differs from that of another bench in
   * the same room.
   */
  static Script of(int senders, int messageBytes) {
    int random = BASE_36_TAGS + ThreadLocalRandom.current().nextInt(BASE_36_TAGS);
    return new Script("b" + Integer.toString(random, 36).substring(1), senders, messageBytes);
  }

  @Override
  public int senders() {
    return senders;
  }

  @Override
  public int frameBytes() {
    return LengthHeader.BYTES + messageBytes;
  }

  /** Returns the size in bytes of a delivery: a message with its sender's name. */
  int deliveryBytes() {
    return pairBytes(NAME_BYTES, messageBytes);
  }

  /** Returns the size in bytes of any delivery. */
  static int pairBytes(int nameBytes, int textBytes) {
    return 2 * LengthHeader.BYTES + nameBytes + textBytes;
  }

  /** Returns the first frame of a member. */
  ByteBuf registration(int member) {
    ByteBuf name = Unpooled.buffer(LengthHeader.BYTES + NAME_BYTES);
    LengthHeader.write(name, NAME_BYTES);
    name.writeBytes(tag);
    writeDigits(name, NUMBER_BYTES, member);
    return name;
  }

  @Override
  public void write(ByteBuf out, byte kind, long number) {
    int stamp = out.writerIndex() + LengthHeader.BYTES;
    out.writeBytes(frame, 0, frame.readableBytes());
    int end = out.writerIndex();
    out.setByte(stamp, kind).writerIndex(stamp + 1);
    writeDigits(out, STAMP_BYTES - 1, number);
    out.writerIndex(end);
  }

  /** Returns how many of the first {@code messages} messages are sent by other members. */
  long others(int member, long messages) {
    return messages - (member < senders ? (messages - member + senders - 1) / senders : 0);
  }

  /** Returns the number of the member with this name, or -1 for a stranger. */
  int member(ByteBuf in, int name, int nameBytes) {
    if (nameBytes != NAME_BYTES) {
      return -1;
    }
    for (int i = 0; i < TAG_BYTES; i++) {
      if (in.getByte(name + i) != tag[i]) {
        return -1;
      }
    }
    return (int) readDigits(in, name + TAG_BYTES, NUMBER_BYTES);
  }

  /**
   * Returns the number in a text, or -1 if the text differs from what {@link #write} writes for
   * this kind.
   */
  long number(ByteBuf in, int text, int textBytes, byte kind) {
    int padding = messageBytes - STAMP_BYTES;
    if (textBytes != messageBytes
        || in.getByte(text) != kind
        || !ByteBufUtil.equals(
            in, text + STAMP_BYTES, frame, LengthHeader.BYTES + STAMP_BYTES, padding)) {
      return -1;
    }
    return readDigits(in, text + 1, STAMP_BYTES - 1);
  }

  /** Returns the name of a member. */
  String name(int member) {
    ByteBuf frame = registration(member);
    try {
      return frame.toString(LengthHeader.BYTES, NAME_BYTES, StandardCharsets.US_ASCII);
    } finally {
      frame.release();
    }
  }

  static void writeDigits(ByteBuf out, int count, long number) {
    int start = out.writerIndex();
    long rest = number;
    for (int i = count - 1; i >= 0; i--) {
      out.setByte(start + i, (int) ('0' + rest % 10));
      rest /= 10;
    }
    out.writerIndex(start + count);
  }

  private static long readDigits(ByteBuf in, int index, int count) {
    long number = 0;
    for (int i = index; i < index + count; i++) {
      int digit = in.getByte(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
