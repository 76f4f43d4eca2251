package io.chatroom.server.log;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive messages of one room, the unit in which a log takes, orders and hands on what is
 * said.
 *
 * <p>Its content stands in one buffer, message after message, each as on the seed's wire: the
 * author's name frame, then the message frame. That is what the seed's members get as it is, and
 * what every other encoding is made from. It is filled by one event loop, {@link #seal sealed}, and
 * only read from then on, by any thread. Reference-counted by its bytes.
 */
public final class Burst {

  /**
   * Consecutive messages of one author.
   *
   * @param from the first, counted from 0 within the burst
   * @param to the one after the last
   */
  public record Segment(Author author, int from, int to) {

    /** How many messages it has. */
    public int messages() {
      return to - from;
    }
  }

  private static final int FEW_MESSAGES = 4;

  private final ByteBuf bytes;
  private final List<Segment> segments = new ArrayList<>(1);
  private int[] ends = new int[FEW_MESSAGES];
  private int messages;
  private @Nullable Author lastAuthor;
  private int lastFrom;

  /**
   * Makes an empty burst.
   *
   * @param bytes empty; the burst takes over the reference
   */
  public Burst(ByteBuf bytes) {
    this.bytes = bytes;
  }

  /**
   * Adds a message: all of it or, when there is no memory for it, nothing.
   *
   * @param messageFrame header and payload; copied
   */
  public void add(Author author, ByteBuf messageFrame) {
    bytes.ensureWritable(author.nameFrame().length + messageFrame.readableBytes());
    if (messages == ends.length) {
      ends = Arrays.copyOf(ends, 2 * messages);
    }
    if (author != lastAuthor) {
      endSegment();
      lastAuthor = author;
    }
    bytes.writeBytes(author.nameFrame());
    bytes.writeBytes(messageFrame, messageFrame.readerIndex(), messageFrame.readableBytes());
    ends[messages] = bytes.writerIndex();
    messages++;
  }

  /**
   * Must be called when the last message is in. Gives back memory that the burst turned out not to
   * need, because it may have to wait for a slow member.
   */
  public void seal() {
    endSegment();
    if (bytes.capacity() / 2 > bytes.writerIndex()) {
      bytes.capacity(bytes.writerIndex());
    }
  }

  private void endSegment() {
    if (lastAuthor != null) {
      segments.add(new Segment(lastAuthor, lastFrom, messages));
      lastFrom = messages;
    }
  }

  /** All messages, each with its author's name. The burst keeps the reference. */
  public ByteBuf bytes() {
    return bytes;
  }

  /** How many bytes all messages take. */
  public int size() {
    return bytes.writerIndex();
  }

  /** How many messages there are. */
  public int messages() {
    return messages;
  }

  /**
   * For each message, in order, where it ends in {@link #bytes}. Longer than needed; not a copy.
   */
  public int[] ends() {
    return ends;
  }

  /** Who said which of them, in order. */
  public List<Segment> segments() {
    return segments;
  }

  /** Adds a reference. */
  public Burst retain() {
    bytes.retain();
    return this;
  }

  /** Gives a reference back; with the last one the bytes are gone. */
  public void release() {
    bytes.release();
  }
}
