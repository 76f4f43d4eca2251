package io.chatroom.server.log;

import io.chatroom.protocol.LengthHeader;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
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

  /** For each message; null as long as none has a detail, as with seed members alone. */
  private @Nullable List<@Nullable Detail> details;

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
    begin(author);
    bytes.writeBytes(author.nameFrame());
    bytes.writeBytes(messageFrame, messageFrame.readerIndex(), messageFrame.readableBytes());
    end();
  }

  /**
   * Adds a message of a session: all of it or, when there is no memory for it, nothing.
   *
   * @param messageFrame header and payload; copied
   */
  public void add(Author author, ByteBuf messageFrame, Post post) {
    add(author, messageFrame);
    detail(post);
  }

  /** Adds an event. It has a number as a message has, and no bytes. */
  public void add(Author author, RoomEvent event) {
    begin(author);
    end();
    detail(event);
  }

  private void begin(Author author) {
    if (messages == ends.length) {
      ends = Arrays.copyOf(ends, 2 * messages);
    }
    if (author != lastAuthor) {
      endSegment();
      lastAuthor = author;
    }
  }

  private void end() {
    ends[messages] = bytes.writerIndex();
    messages++;
    if (details != null) {
      details.add(null);
    }
  }

  private void detail(Detail detail) {
    if (details == null) {
      details = new ArrayList<>(Collections.nCopies(messages, null));
    }
    details.set(messages - 1, detail);
  }

  /**
   * A copy without some of its messages; not sealed. The caller keeps this one.
   *
   * @param empty takes the copy; the copy takes over the reference
   */
  public Burst without(BitSet left, ByteBuf empty) {
    Burst copy = new Burst(empty);
    for (Segment segment : segments) {
      for (int i = segment.from(); i < segment.to(); i++) {
        if (!left.get(i)) {
          copy.begin(segment.author());
          empty.writeBytes(bytes, start(i), ends[i] - start(i));
          copy.end();
          Detail detail = detail(i);
          if (detail != null) {
            copy.detail(detail);
          }
        }
      }
    }
    return copy;
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

  /** Where a message begins in {@link #bytes}, counted from 0; also the place behind the last. */
  int start(int message) {
    return message == 0 ? 0 : ends[message - 1];
  }

  /** How many bytes a message takes, its author's name included. */
  public int size(int message) {
    return ends[message] - start(message);
  }

  /** The name under which a message was said; a copy. */
  public String name(int message) {
    int start = start(message);
    return text(start, start + LengthHeader.BYTES + lengthAt(start));
  }

  /** What was said; a copy. */
  public String text(int message) {
    int start = start(message);
    return text(start + LengthHeader.BYTES + lengthAt(start), ends[message]);
  }

  private int lengthAt(int header) {
    return (int) LengthHeader.parse(bytes, header);
  }

  /** The payload of a frame. */
  private String text(int from, int to) {
    int payload = from + LengthHeader.BYTES;
    return bytes.toString(payload, to - payload, StandardCharsets.UTF_8);
  }

  /** Whether a message may have a {@link #detail}. */
  public boolean hasDetails() {
    return details != null;
  }

  /** What a message has beside its bytes; null if a seed member said it. */
  public @Nullable Detail detail(int message) {
    return details == null ? null : details.get(message);
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
