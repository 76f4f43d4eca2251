package io.chatroom.server.config;

import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.web.Origins;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How users write the values of an option.
 *
 * @param placeholder stands for a value in {@code --help}: {@code N}, {@code DURATION}, {@code
 *     auto|epoll|io_uring|nio}
 * @param expected what a value must be, for the error message about a wrong one
 * @param parser parses a text that has no space at either end; null if it is not a value
 * @param shown turns a wrong text into one that can be shown
 */
record Notation(String placeholder, String expected, Parser parser, UnaryOperator<String> shown) {

  /** Parses a text; null if it is not a value. */
  interface Parser {
    @Nullable Object parse(String text);
  }

  /** The notations of all types but enumerations. */
  private static final Map<Class<?>, Function<Option, Notation>> OF_TYPES =
      Map.of(
          int.class, Notation::number,
          Duration.class, Notation::duration,
          String.class, Notation::text,
          boolean.class,
              option ->
                  of("true|false", "true or false", words(Map.of("true", true, "false", false))),
          AdminAddress.class,
              option -> of("HOST:PORT|auto|off", AdminAddress.EXPECTED, AdminAddress::parse),
          Origins.class, option -> of("ORIGINS|off", Origins.EXPECTED, Origins::parse),
          StoreAddress.class,
              option ->
                  new Notation(
                      "URL|off",
                      StoreAddress.EXPECTED + "; or off",
                      StoreAddress::parse,
                      StoreAddress::masked),
          RoomName.class,
              option ->
                  of(
                      "ROOM",
                      "1 to 64 bytes of letters, digits, \".\", \"_\" or \"-\"",
                      RoomName::ofOpenRoom));

  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  /** The notation of an option that has values of a type. */
  static Notation of(Class<?> type, Option option) {
    if (type.isEnum()) {
      return choice(type);
    }
    Function<Option, Notation> notation = OF_TYPES.get(type);
    if (notation == null) {
      throw new IllegalArgumentException("no notation for options of " + type);
    }
    return notation.apply(option);
  }

  private static Notation of(String placeholder, String expected, Parser parser) {
    return new Notation(placeholder, expected, parser, UnaryOperator.identity());
  }

  private static Notation number(Option option) {
    return of(
        "N",
        "a whole number from " + option.min() + " to " + option.max(),
        text -> {
          if (!NUMBER.matcher(text).matches()) {
            return null; // parseLong would take signs and other scripts' digits too
          }
          long value = Long.parseLong(text);
          return value >= option.min() && value <= option.max() ? (int) value : null;
        });
  }

  private static Notation duration(Option option) {
    return of(
        "DURATION",
        "a time like 500ms, 10s, 2m or 1h, "
            + (option.min() == 0 ? "more than nothing" : "at least " + option.min() + "s")
            + " and at most a day",
        text -> {
          Duration value = duration(text);
          boolean fits =
              value != null
                  && !value.isZero()
                  && value.compareTo(Duration.ofSeconds(option.min())) >= 0
                  && value.compareTo(LONGEST) <= 0;
          return fits ? value : null;
        });
  }

  private static @Nullable Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return null;
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  /** The default is a word; it, too, can be written in any case. */
  private static Notation text(Option option) {
    return of(
        option.takes(),
        "some text",
        text -> {
          if (text.isEmpty()) {
            return null;
          }
          return text.equalsIgnoreCase(option.defaultsTo()) ? option.defaultsTo() : text;
        });
  }

  private static Notation choice(Class<?> type) {
    Map<String, Object> choices = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      choices.put(constant.toString().toLowerCase(Locale.ROOT), constant);
    }
    return of(
        String.join("|", choices.keySet()),
        "one of " + String.join(", ", choices.keySet()),
        words(choices));
  }

  private static Parser words(Map<String, ?> words) {
    return text -> words.get(text.toLowerCase(Locale.ROOT));
  }
}
