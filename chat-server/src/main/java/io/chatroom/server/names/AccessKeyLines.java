package io.chatroom.server.names;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses a file of access keys. Each line is {@code KEY LABEL}, optionally followed by {@code until
 * 2027-01-31}, the last day on which the key is valid, in UTC. Empty lines and those that begin
 * with # are ignored. Error messages never quote a line, as it may contain a key.
 */
final class AccessKeyLines {

  /** Shorter keys could be guessed. */
  static final int LEAST_CHARACTERS = 16;

  /** The limit of a hello (S-20). */
  static final int MOST_BYTES = 256;

  static final int MOST_LABEL_CHARACTERS = 64;

  /** The most keys, as each hello is compared with all of them. */
  static final int MOST_KEYS = 1_000;

  private static final String FORM = "expected KEY LABEL, and perhaps: until 2027-01-31";
  private static final Pattern LINE = Pattern.compile("(\\S+)(?:\\s+(.+))?");
  private static final Pattern UNTIL = Pattern.compile("(?:(.*\\S)\\s+)?until(?:\\s+(\\S+))?");

  private final List<AccessKey> keys = new ArrayList<>();
  private final Set<String> secrets = new HashSet<>();
  private final Set<String> labels = new HashSet<>();

  private AccessKeyLines() {}

  /**
   * Reads all lines.
   *
   * @throws IOException if one of them is malformed; the message is made to follow the file's name
   */
  static List<AccessKey> read(String text) throws IOException {
    AccessKeyLines lines = new AccessKeyLines();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String trouble = lines.take(number == 1 ? withoutMark(line) : line);
      if (trouble != null) {
        throw new IOException("line " + number + ": " + trouble);
      }
    }
    return List.copyOf(lines.keys);
  }

  /** Some editors begin a file with a byte-order mark. */
  private static String withoutMark(String line) {
    return line.startsWith("\uFEFF") ? line.substring(1) : line;
  }

  /** Reads a line; returns what is wrong with it, or null. */
  private @Nullable String take(String written) {
    String line = written.strip();
    if (line.isEmpty() || line.startsWith("#")) {
      return null;
    }
    Matcher parts = LINE.matcher(line);
    if (!parts.matches() || parts.group(2) == null) {
      return "there is no label after the key, " + FORM;
    }
    String key = parts.group(1);
    String label = parts.group(2);
    Instant end = null;
    Matcher until = UNTIL.matcher(label);
    if (until.matches()) {
      if (until.group(1) == null) {
        return "there is no label between the key and until, " + FORM;
      }
      label = until.group(1);
      end = endOf(until.group(2));
      if (end == null) {
        return "there is no valid date after until, " + FORM;
      }
    }
    String trouble = faultOf(key, label);
    if (trouble == null) {
      keys.add(new AccessKey(label, key, end));
    }
    return trouble;
  }

  private @Nullable String faultOf(String key, String label) {
    int bytes = key.getBytes(StandardCharsets.UTF_8).length;
    if (key.length() < LEAST_CHARACTERS || bytes > MOST_BYTES) {
      return "the key has "
          + key.length()
          + " characters, expected "
          + LEAST_CHARACTERS
          + " to "
          + MOST_BYTES
          + ", drawn at random, for example with: openssl rand -hex 16";
    }
    if (label.length() > MOST_LABEL_CHARACTERS) {
      return "the label is longer than " + MOST_LABEL_CHARACTERS + " characters, choose another";
    }
    if (!secrets.add(key)) {
      return "an earlier line has the same key, expected another";
    }
    if (!labels.add(label)) {
      return "an earlier line has the same label, expected another";
    }
    return keys.size() == MOST_KEYS ? "there are more than " + MOST_KEYS + " keys" : null;
  }

  private static @Nullable Instant endOf(@Nullable String date) {
    try {
      return date == null
          ? null
          : LocalDate.parse(date).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
