package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Consecutive messages, encoded once: the bytes that every member receives, and who sent which of
 * them.
 *
 * <p>It is filled by one event loop and read by all after {@link Room#append}. Its bytes are
 * reference-counted; a loop that has delivered it releases it.
 */
final class Burst implements Event {

  /** The bytes {@code from} to {@code to}, messages of one sender. */
  private record Segment(int from, int to) {}

  private final ByteBuf bytes;
  private final Map<Channel, List<Segment>> senders = new HashMap<>();
  private Member lastSender;
  private int lastFrom;
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

  /** Must be called when the last message is in, before the burst is handed over. */
  void seal() {
    endSegment();
  }

  private void endSegment() {
    int to = bytes.writerIndex();
    senders
        .computeIfAbsent(lastSender.channel(), channel -> new ArrayList<>(1))
        .add(new Segment(lastFrom, to));
    lastFrom = to;
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

  Iterable<Channel> senders() {
    return senders.keySet();
  }

  boolean isFrom(Channel channel) {
    return senders.containsKey(channel);
  }

  /**
   * What is left of the burst for one of its senders: the slices around its own bytes, each with a
   * reference of its own.
   */
  List<ByteBuf> withoutThoseOf(Channel sender) {
    List<ByteBuf> rest = new ArrayList<>();
    int from = 0;
    for (Segment own : senders.getOrDefault(sender, List.of())) {
      if (own.from() > from) {
        rest.add(bytes.retainedSlice(from, own.from() - from));
      }
      from = own.to();
    }
    if (size() > from) {
      rest.add(bytes.retainedSlice(from, size() - from));
    }
    return rest;
  }

  Burst retain() {
    bytes.retain();
    return this;
  }

  void release() {
    bytes.release();
  }
}
