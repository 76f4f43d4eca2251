package io.chatroom.server.session;

import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Message;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The entries of one page while its room's log is being read. They never have a gap, and never take
 * more bytes than one object may have. Belongs to the session's event loop.
 */
final class PageEntries {

  private final RoomName room;
  private final int maxBytes;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long bytes;

  /**
   * @param room the session's name for the room
   * @param maxBytes limit for all entries together; a single entry always fits
   */
  PageEntries(RoomName room, int maxBytes) {
    this.room = room;
    this.maxBytes = maxBytes;
  }

  /** A copy of the entries, oldest first. */
  List<Entry> list() {
    return List.copyOf(entries);
  }

  /** Adds a message, and drops older ones that no longer fit. Always returns true: reads on. */
  boolean takeNewest(Message message) {
    if (hasGapBefore(message)) {
      clear();
    }
    add(message);
    while (isTooLarge()) {
      removeFirst();
    }
    return true;
  }

  /** Adds a message if it fits; false if the page is full. */
  boolean takeOldest(Message message) {
    if (hasGapBefore(message)) {
      return false;
    }
    add(message);
    if (isTooLarge()) {
      removeLast();
      return false;
    }
    return true;
  }

  /**
   * Adds a message, and drops those before {@code center} that no longer fit; false if the page is
   * full.
   */
  boolean takeNearest(Message message, long center) {
    if (hasGapBefore(message)) {
      if (message.seq() > center) {
        return false;
      }
      clear();
    }
    add(message);
    while (isTooLarge() && entries.getFirst().seq() < center) {
      removeFirst();
    }
    if (isTooLarge()) {
      removeLast();
      return false;
    }
    return true;
  }

  /** The log may drop messages between two reads. */
  private boolean hasGapBefore(Message message) {
    return !entries.isEmpty() && message.seq() != entries.getLast().seq() + 1;
  }

  private void add(Message message) {
    Entry entry = (Entry) Encoder.entry(room, message);
    entries.addLast(entry);
    bytes += ObjectSize.of(entry);
  }

  private boolean isTooLarge() {
    return bytes > maxBytes && entries.size() > 1;
  }

  private void removeFirst() {
    bytes -= ObjectSize.of(entries.removeFirst());
  }

  private void removeLast() {
    bytes -= ObjectSize.of(entries.removeLast());
  }

  private void clear() {
    entries.clear();
    bytes = 0;
  }
}
