package io.chatroom.client.terminal;

import io.chatroom.protocol.VisibleText;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.KeptFile;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jline.reader.impl.history.DefaultHistory;
import org.jspecify.annotations.Nullable;

/**
 * The input history, kept in a private file, one entry per line, in JLine's format. If the file
 * cannot be written, it is kept for this run only, and the user is told once. JLine itself does not
 * know the file: it would replace links, and print a stack trace after each line. For the reading
 * thread alone.
 */
final class KeptHistory extends DefaultHistory {

  /** Maximum size of the file, in characters: some lines are long. */
  private static final int MOST_CHARS = 1 << 20;

  private final @Nullable KeptFile file;
  private final String shown;
  private final int most;
  private boolean damaged;
  private boolean told;
  private @Nullable String trouble;

  /**
   * @param file where to keep it, or null for this run alone
   * @param most maximum number of lines; a few more may be in the file
   */
  KeptHistory(@Nullable Path file, int most) {
    this.file = file == null ? null : KeptFile.secret(file);
    this.shown = file == null ? "" : NativePath.show(file);
    this.most = most;
  }

  /** The reason why nothing is kept, on the first call after a failure; otherwise null. */
  @Nullable String trouble() {
    String sentence = trouble;
    trouble = null;
    return sentence;
  }

  /** Called by JLine when it starts. */
  @Override
  public void load() {
    if (file == null) {
      return;
    }
    try {
      file.makeSecret();
      String text = file.read();
      List<String> lines = text == null ? List.of() : text.lines().toList();
      for (String line : newest(lines)) {
        internalAdd(Instant.now(), unescape(line));
      }
      boolean tooLong = text != null && text.length() > 2 * MOST_CHARS;
      if (tooLong || lines.size() > most + most / 4) {
        file.change(now -> now == null ? "" : newest(now));
      }
    } catch (CharacterCodingException | IllegalArgumentException e) {
      damaged = true;
      failed("the file is damaged, move it away to begin a new one");
    } catch (IOException e) {
      damaged = true; // else an unreadable file would grow forever
      failed(FileTrouble.reason(e));
    }
  }

  private String newest(String text) {
    List<String> lines = newest(text.lines().toList());
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  private List<String> newest(List<String> lines) {
    int from = lines.size();
    int chars = 0;
    while (from > 0 && lines.size() - from < most) {
      chars += lines.get(from - 1).length();
      if (chars > MOST_CHARS) {
        break;
      }
      from--;
    }
    return lines.subList(from, lines.size());
  }

  /** An invalid line is refused, and could not be written. */
  @Override
  public void add(Instant time, String line) {
    if (TypedUtf8.isDamaged(line)) {
      return;
    }
    int before = last();
    super.add(time, line); // omits duplicates
    if (last() != before) {
      keep(line);
    }
  }

  private void keep(String line) {
    if (file == null || damaged) {
      return;
    }
    try {
      file.makeDirectory();
      file.append(escape(line) + "\n");
    } catch (IOException e) {
      failed(FileTrouble.reason(e));
    }
  }

  private static String escape(String line) {
    return line.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  private static String unescape(String line) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\') {
        if (++i == line.length()) {
          throw new IllegalArgumentException("a line ends with half an escape");
        }
        char escaped = line.charAt(i);
        c = escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped;
      }
      text.append(c);
    }
    return text.toString();
  }

  private void failed(String why) {
    if (!told) {
      told = true;
      trouble =
          VisibleText.of("cannot keep the input history in " + shown + ": " + why)
              + "; the key Up still works until you leave";
    }
  }
}
