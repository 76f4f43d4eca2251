package io.chatroom.server.config;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.web.Origins;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One option of {@link ServerConfig}: its three names, and how its text becomes a value. Everything
 * is derived from the record, so that an option is added in one line there.
 */
public record ConfigOption(String name, Class<?> type, Option option) {

  /** A value as somebody wrote it, and where, for the sentence that refuses it. */
  public record Setting(ConfigOption option, String text, String where) {}

  /** All options, in the order of the record. */
  public static final List<ConfigOption> ALL =
      Arrays.stream(ServerConfig.class.getRecordComponents()).map(ConfigOption::of).toList();

  private static final Map<String, Boolean> BOOLEANS = Map.of("true", true, "false", false);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  private static ConfigOption of(RecordComponent component) {
    return new ConfigOption(
        component.getName(), component.getType(), component.getAnnotation(Option.class));
  }

  /** The option with this name in JSON. */
  static Optional<ConfigOption> named(String name) {
    return ALL.stream().filter(option -> option.name.equals(name)).findFirst();
  }

  /** {@code --max-name-bytes} */
  public String flag() {
    return "--" + words("-").toLowerCase(Locale.ROOT);
  }

  /** {@code CHAT_MAX_NAME_BYTES} */
  String variable() {
    return "CHAT_" + words("_").toUpperCase(Locale.ROOT);
  }

  private String words(String separator) {
    return name.replaceAll("(?=[A-Z])", separator);
  }

  /**
   * What may stand there, for {@code --help}: {@code N}, {@code DURATION}, {@code
   * auto|epoll|io_uring|nio}.
   */
  public String placeholder() {
    if (type == int.class) {
      return "N";
    }
    if (type == Duration.class) {
      return "DURATION";
    }
    if (type == boolean.class) {
      return "true|false";
    }
    if (type == AdminAddress.class) {
      return "HOST:PORT|auto|off";
    }
    if (type == Origins.class) {
      return "ORIGINS|off";
    }
    if (type == StoreAddress.class) {
      return "URL|off";
    }
    if (type == RoomName.class) {
      return "ROOM";
    }
    return type.isEnum() ? String.join("|", choices().keySet()) : option.takes();
  }

  /**
   * Makes a configuration of the defaults and some settings; of two settings for one option, the
   * later one counts.
   *
   * @throws ConfigException if a value is not what its option takes
   */
  public static ServerConfig configOf(List<Setting> settings) {
    Map<ConfigOption, Object> values = new HashMap<>();
    for (ConfigOption option : ALL) {
      values.put(option, option.parse(option.option.defaultsTo(), "the default"));
    }
    for (Setting setting : settings) {
      values.put(setting.option, setting.option.parse(setting.text, setting.where));
    }
    Class<?>[] types = ALL.stream().map(ConfigOption::type).toArray(Class<?>[]::new);
    try {
      return ServerConfig.class
          .getDeclaredConstructor(types)
          .newInstance(ALL.stream().map(values::get).toArray());
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("ServerConfig refused its values", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record without its constructor", e);
    }
  }

  /** What may stand there, for the sentence that refuses something else. */
  String expected() {
    if (type == int.class) {
      return "a whole number from " + option.min() + " to " + option.max();
    }
    if (type == Duration.class) {
      return "a time like 500ms, 10s, 2m or 1h, "
          + (option.min() == 0 ? "more than nothing" : "at least " + option.min() + "s")
          + " and at most a day";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    if (type == AdminAddress.class) {
      return AdminAddress.EXPECTED;
    }
    if (type == Origins.class) {
      return Origins.EXPECTED;
    }
    if (type == StoreAddress.class) {
      return StoreAddress.EXPECTED + "; or off";
    }
    if (type == RoomName.class) {
      return "1 to 64 bytes of letters, digits, \".\", \"_\" or \"-\"";
    }
    return type.isEnum() ? "one of " + String.join(", ", choices().keySet()) : "some text";
  }

  /**
   * Reads what a person wrote. Case does not count where there are words to choose from, and
   * neither do spaces around a value: files of variables have them, and CRLF, without showing it.
   */
  private Object parse(String written, String where) {
    String text = written.strip();
    Object value;
    if (type == int.class) {
      value = integer(text);
    } else if (type == Duration.class) {
      value = duration(text);
    } else if (type == boolean.class) {
      value = BOOLEANS.get(text.toLowerCase(Locale.ROOT));
    } else if (type == AdminAddress.class) {
      value = AdminAddress.parse(text);
    } else if (type == Origins.class) {
      value = Origins.parse(text);
    } else if (type == StoreAddress.class) {
      value = StoreAddress.parse(text);
    } else if (type == RoomName.class) {
      value = room(text);
    } else if (type.isEnum()) {
      value = choices().get(text.toLowerCase(Locale.ROOT));
    } else {
      value = text.isEmpty() ? null : text(text);
    }
    if (value == null) {
      String subject =
          where.equals(flag()) || where.equals(variable()) ? where : where + ": " + name;
      throw new ConfigException(
          subject + " is \"" + VisibleText.of(shown(written)) + "\", expected " + expected());
    }
    return value;
  }

  /** Without a password that may be in it. */
  private String shown(String written) {
    return type == StoreAddress.class ? StoreAddress.masked(written) : written;
  }

  private @Nullable Integer integer(String text) {
    if (!NUMBER.matcher(text).matches()) {
      return null; // parseLong would take signs and other scripts' digits too
    }
    long value = Long.parseLong(text);
    return value >= option.min() && value <= option.max() ? (int) value : null;
  }

  /** The word that stands for nothing is that word in upper case, too. */
  private String text(String text) {
    return text.equalsIgnoreCase(option.defaultsTo()) ? option.defaultsTo() : text;
  }

  private static @Nullable RoomName room(String text) {
    try {
      RoomName room = RoomName.of(text);
      return room.isPrivate() ? null : room;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private @Nullable Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return null;
    }
    long amount = Long.parseLong(matcher.group(1));
    Duration value =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          default -> Duration.ofHours(amount);
        };
    boolean tooShort = value.isZero() || value.compareTo(Duration.ofSeconds(option.min())) < 0;
    return tooShort || value.compareTo(LONGEST) > 0 ? null : value;
  }

  private Map<String, Object> choices() {
    return Arrays.stream(type.getEnumConstants())
        .collect(
            Collectors.toMap(
                constant -> constant.toString().toLowerCase(Locale.ROOT),
                constant -> constant,
                (a, b) -> a,
                LinkedHashMap::new));
  }
}
