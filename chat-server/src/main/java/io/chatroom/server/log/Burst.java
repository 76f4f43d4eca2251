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
 * Consecutive messages of one room: the unit in which a log accepts, orders and passes on messages.
 *
 * <p>All content is in one buffer, message after message, each as in the seed protocol: the
 * author's name frame, then the message frame. Seed members receive these bytes unchanged, and
 * every other encoding is made from them. One event loop fills the burst and {@linkplain #seal
 * seals} it; after that any thread can read it. Reference-counted by its bytes.
 */
public final class Burst {

  /**
   * Consecutive messages of one author.
   *
   * @param from the first one, counted from 0 within the burst
   * @param to the one after the last
   */
  public record Segment(Author author, int from, int to) {

    /** The number of messages. */
    public int messages() {
      return to - from;
    }
  }

  private static final int FEW_MESSAGES = 4;

  private final ByteBuf bytes;
  private final List<Segment> segments = new ArrayList<>(1);
  private int[] ends = new int[FEW_MESSAGES];
  private int messages;

  /** The detail of each message; null while none has one, as with seed members only. */
  private @Nullable List<@Nullable Detail> details;

  private @Nullable Author lastAuthor;
  private int lastFrom;

  /**
   * Creates an empty burst.
   *
   * @param bytes an empty buffer; the burst takes over the reference
   */
  public Burst(ByteBuf bytes) {
    this.bytes = bytes;
  }

  /**
   * Adds a message, as a whole; or nothing, if there is no memory for it.
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
   * Adds a message of a session, as a whole; or nothing, if there is no memory for it.
   *
   * @param messageFrame header and payload; copied
   */
  public void add(Author author, ByteBuf messageFrame, Post post) {
    add(author, messageFrame);
    detail(post);
  }

  /** Adds an event, which has a number like a message, but no bytes. */
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
   * Returns a copy without some of its messages, not sealed. The caller keeps this one.
   *
   * @param left the messages to leave out
   * @param empty the buffer of the copy, which takes over the reference
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
   * Ends the burst. Must be called after the last message. Frees unused memory, because the burst
   * can wait long for a slow member.
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

  /** The size of all messages in bytes. */
  public int size() {
    return bytes.writerIndex();
  }

  /** The number of messages. */
  public int messages() {
    return messages;
  }

  /** The end of each message in {@link #bytes}, in order. Not a copy; can be longer than needed. */
  public int[] ends() {
    return ends;
  }

  /**
   * The index in {@link #bytes} at which a message begins. The number of messages gives the end of
   * the last one.
   */
  int start(int message) {
    return message == 0 ? 0 : ends[message - 1];
  }

  /** The size of a message in bytes, including its author's name. */
  public int size(int message) {
    return ends[message] - start(message);
  }

  /** The author's name of a message; a copy. */
  public String name(int message) {
    int start = start(message);
    return text(start, start + LengthHeader.BYTES + lengthAt(start));
  }

  /** The text of a message; a copy. */
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

  /** Returns true if any message has a {@link #detail}. */
  public boolean hasDetails() {
    return details != null;
  }

  /** The detail of a message; null for a seed member's. */
  public @Nullable Detail detail(int message) {
    return details == null ? null : details.get(message);
  }

  /** The segments of its authors, in order. */
  public List<Segment> segments() {
    return segments;
  }

  /** Adds a reference. */
  public Burst retain() {
    bytes.retain();
    return this;
  }

  /** Releases a reference; the last release frees the bytes. */
  public void release() {
    bytes.release();
  }
}
