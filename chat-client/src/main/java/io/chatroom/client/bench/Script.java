package io.chatroom.client.bench;

import io.chatroom.protocol.LengthHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Who is called what, and what they say: writes the frames of a bench, and recognises them.
 *
 * <p>Names and messages have one length each, so that a receiver's bytes tell how many it got. A
 * name is a tag, by which one bench knows its own members from strangers, and the member's number;
 * senders come first. A message is a stamp (a letter for its kind and ten digits) and padding.
 * Messages are numbered through from 0, and senders take turns: message {@code n} is said by sender
 * {@code n % senders}.
 *
 * <p>Immutable; all methods leave the indices of the buffers they read as they are.
 */
final class Script implements Words {

  static final int STAMP_BYTES = 11;

  /** Says nothing but that its sender can be heard. */
  static final byte PROBE = 'P';

  /** The last probe: whoever hears it counts from here on. */
  static final byte START = 'S';

  /** What is counted. */
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
   * @param tag four characters of ASCII
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

  /** With a tag that another bench in the same room does not have, most probably. */
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

  /** How many bytes a message has on its way to a receiver: it comes with its sender's name. */
  int deliveryBytes() {
    return pairBytes(NAME_BYTES, messageBytes);
  }

  /** How many bytes any message has on its way to a receiver. */
  static int pairBytes(int nameBytes, int textBytes) {
    return 2 * LengthHeader.BYTES + nameBytes + textBytes;
  }

  /** The first frame of a member. */
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

  /** How many of the first messages somebody other than this member says. */
  long others(int member, long messages) {
    return messages - (member < senders ? (messages - member + senders - 1) / senders : 0);
  }

  /** The number of the member that has this name, or -1 for a stranger's. */
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
   * The number in a text, or -1 if it is not, byte for byte, what {@link #write} wrote for this
   * kind.
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

  /** What a member is called. */
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
