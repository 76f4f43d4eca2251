package io.chatroom.client.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A duration as users write it, in the form of the server's options: a number with {@code ms},
 * {@code s}, {@code m} or {@code h}.
 *
 * @param text as it was written, for sentences
 * @param duration a positive duration
 */
record TimeSpan(String text, Duration duration) {

  /** The expected form, for error messages. */
  static final String EXPECTED = "a time like 500ms, 10s, 2m or 1h, more than 0";

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  /** Parses a duration; returns empty if it is malformed or 0. */
  static Optional<TimeSpan> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          default -> Duration.ofHours(amount);
        };
    return duration.isZero() ? Optional.empty() : Optional.of(new TimeSpan(text, duration));
  }
}
