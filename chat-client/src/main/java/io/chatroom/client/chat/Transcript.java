package io.chatroom.client.chat;

import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.VisibleText;
import io.chatroom.system.KeptFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The messages of the conversation. Bounded, so that strangers cannot fill the memory; the oldest
 * are dropped. Thread-safe.
 */
final class Transcript {

  static final int MAX_MESSAGES = 10_000;
  static final int MAX_CHARS = 4 << 20;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private record Said(Instant at, String room, ChatMessage message, long seq) {
    int chars() {
      return message.name().length() + message.text().length();
    }
  }

  private final Deque<Said> messages = new ArrayDeque<>();
  private int chars;

  /**
   * @param room its room; empty if there is only one
   */
  synchronized void add(Instant at, String room, ChatMessage message) {
    add(at, room, message, 0);
  }

  /**
   * Adds a message that can be deleted.
   *
   * @param seq its number in the room
   */
  synchronized void add(Instant at, String room, ChatMessage message, long seq) {
    Said said = new Said(at, room, message, seq);
    messages.add(said);
    chars += said.chars();
    while (messages.size() > MAX_MESSAGES || (chars > MAX_CHARS && messages.size() > 1)) {
      chars -= messages.remove().chars();
    }
  }

  /** Removes the text of a deleted message. */
  synchronized void delete(String room, long seq, String instead) {
    for (Said said : messages) {
      if (said.seq == seq && said.room.equals(room)) {
        List<Said> all =
            messages.stream()
                .map(
                    each ->
                        each.equals(said)
                            ? new Said(
                                said.at, room, new ChatMessage(said.message.name(), instead), seq)
                            : each)
                .toList();
        messages.clear();
        messages.addAll(all);
        chars = all.stream().mapToInt(Said::chars).sum();
        return;
      }
    }
  }

  /**
   * Writes all messages to a file that only its owner can read, one per line, made safe to view. If
   * there were several rooms, each line names its room.
   *
   * @param file must not exist yet: nothing is overwritten, and a failure leaves no file
   * @return the number of messages written
   */
  int save(Path file, ZoneId zone) throws IOException {
    List<Said> all;
    synchronized (this) {
      all = List.copyOf(messages);
    }
    boolean tellsRooms = all.stream().map(Said::room).distinct().count() > 1;
    StringBuilder text = new StringBuilder();
    for (Said said : all) {
      text.append(TIME.format(said.at.atZone(zone)));
      if (tellsRooms && !said.room.isEmpty()) {
        text.append(" [").append(VisibleText.name(said.room)).append(']');
      }
      text.append(' ').append(VisibleText.name(said.message.name()));
      text.append(":    ").append(VisibleText.message(said.message.text()));
      text.append(System.lineSeparator());
    }
    KeptFile.secret(file).create(text.toString());
    return all.size();
  }
}
