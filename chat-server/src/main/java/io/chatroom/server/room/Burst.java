package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive messages, encoded once: the bytes that every member receives, and who sent which of
 * them.
 *
 * <p>It is filled by one event loop and read by all after {@link Room#append}. Its bytes are
 * reference-counted; a loop that has delivered it releases it.
 */
final class Burst implements Event {

  /** The bytes {@code from} to {@code to}, consecutive messages of one sender. */
  record Segment(Member sender, int from, int to, int messages) {}

  private final ByteBuf bytes;
  private final List<Segment> segments = new ArrayList<>(1);
  private Member lastSender;
  private int lastFrom;
  private int lastMessages;
  private int messages;

  /**
   * @param bytes empty; the burst takes over the reference
   * @param first who sends its first message
   */
  Burst(ByteBuf bytes, Member first) {
    this.bytes = bytes;
    this.lastSender = first;
  }

  /**
   * Adds a message, as its receivers get it: the sender's name, then the message. All of it or,
   * when there is no memory for it, nothing.
   */
  void add(Member sender, ByteBuf messageFrame) {
    bytes.ensureWritable(sender.nameFrame().length + messageFrame.readableBytes());
    if (sender != lastSender) {
      endSegment();
      lastSender = sender;
    }
    bytes.writeBytes(sender.nameFrame());
    bytes.writeBytes(messageFrame, messageFrame.readerIndex(), messageFrame.readableBytes());
    messages++;
  }

  /**
   * Must be called when the last message is in, before the burst is handed over. Gives back memory
   * that it turned out not to need, because a burst may have to wait for a slow member.
   */
  void seal() {
    endSegment();
    if (bytes.capacity() / 2 > bytes.writerIndex()) {
      bytes.capacity(bytes.writerIndex());
    }
  }

  private void endSegment() {
    int to = bytes.writerIndex();
    segments.add(new Segment(lastSender, lastFrom, to, messages - lastMessages));
    lastFrom = to;
    lastMessages = messages;
  }

  /** All of it, for everybody who sent none of it. The burst keeps the reference. */
  ByteBuf bytes() {
    return bytes;
  }

  int size() {
    return bytes.writerIndex();
  }

  int messages() {
    return messages;
  }

  /** Who said which part of it. */
  List<Segment> segments() {
    return segments;
  }

  boolean isFrom(Member member) {
    for (int i = 0; i < segments.size(); i++) { // most often there is one; no iterator for each
      if (segments.get(i).sender() == member) {
        return true;
      }
    }
    return false;
  }

  /**
   * What is left of the burst for one of its senders: the slices around its own bytes, each with a
   * reference of its own.
   */
  List<ByteBuf> withoutThoseOf(Member sender) {
    List<ByteBuf> rest = new ArrayList<>();
    int from = 0;
    for (Segment segment : segments) {
      if (segment.sender() == sender) {
        addSlice(rest, from, segment.from());
        from = segment.to();
      }
    }
    addSlice(rest, from, size());
    return rest;
  }

  private void addSlice(List<ByteBuf> slices, int from, int to) {
    if (to > from) {
      slices.add(bytes.retainedSlice(from, to - from));
    }
  }

  Burst retain() {
    bytes.retain();
    return this;
  }

  void release() {
    bytes.release();
  }
}
