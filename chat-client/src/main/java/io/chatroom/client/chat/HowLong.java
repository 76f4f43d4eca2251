package io.chatroom.client.chat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Durations as people type them after a command: {@code 30s}, {@code 10m}, {@code 2h}, {@code 7d}.
 */
final class HowLong {

  private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

  private HowLong() {}

  /** The number of seconds, or null if this is no duration. */
  static @Nullable Long seconds(String word) {
    Matcher time = TIME.matcher(word);
    if (!time.matches()) {
      return null;
    }
    long number = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "s" -> number;
      case "m" -> number * 60;
      case "h" -> number * 3_600;
      default -> number * 86_400;
    };
  }
}
