package io.chatroom.client.chat;

import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.VisibleText;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What was said, as far back as memory allows: a stranger must not be able to fill it. Thread-safe.
 */
final class Transcript {

  static final int MAX_MESSAGES = 10_000;
  static final int MAX_CHARS = 4 << 20;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private record Said(Instant at, ChatMessage message) {
    int chars() {
      return message.name().length() + message.text().length();
    }
  }

  private final Deque<Said> messages = new ArrayDeque<>();
  private int chars;

  synchronized void add(Instant at, ChatMessage message) {
    Said said = new Said(at, message);
    messages.add(said);
    chars += said.chars();
    while (messages.size() > MAX_MESSAGES || (chars > MAX_CHARS && messages.size() > 1)) {
      chars -= messages.remove().chars();
    }
  }

  /**
   * Writes it all, a line each, made safe to look at.
   *
   * @param file must not exist yet: nothing is overwritten
   * @return how many messages there were
   */
  int save(Path file, ZoneId zone) throws IOException {
    List<Said> all;
    synchronized (this) {
      all = List.copyOf(messages);
    }
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW)) {
      for (Said said : all) {
        out.write(TIME.format(said.at.atZone(zone)));
        out.write(" " + VisibleText.name(said.message.name()));
        out.write(":    " + VisibleText.message(said.message.text()));
        out.newLine();
      }
    }
    return all.size();
  }
}
