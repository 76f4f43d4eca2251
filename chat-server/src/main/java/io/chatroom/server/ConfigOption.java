package io.chatroom.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One option of {@link ServerConfig}: its three names, and how its text becomes a value. Everything
 * is derived from the record, so that an option is added in one line there.
 */
record ConfigOption(String name, Class<?> type, Option option) {

  /** A value as somebody wrote it, and where, for the sentence that refuses it. */
  record Setting(ConfigOption option, String text, String where) {}

  /** All options, in the order of the record. */
  static final List<ConfigOption> ALL =
      Arrays.stream(ServerConfig.class.getRecordComponents()).map(ConfigOption::of).toList();

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  private static ConfigOption of(RecordComponent component) {
    return new ConfigOption(
        component.getName(), component.getType(), component.getAnnotation(Option.class));
  }

  /** The option with this name in JSON. */
  static Optional<ConfigOption> named(String name) {
    return ALL.stream().filter(option -> option.name.equals(name)).findFirst();
  }

  /** {@code --max-name-bytes} */
  String flag() {
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
  String placeholder() {
    if (type == int.class) {
      return "N";
    }
    if (type == Duration.class) {
      return "DURATION";
    }
    if (type == boolean.class) {
      return "true|false";
    }
    return type.isEnum() ? choices().keySet().stream().collect(Collectors.joining("|")) : "TEXT";
  }

  /**
   * Makes a configuration of the defaults and some settings; of two settings for one option, the
   * later one counts.
   *
   * @throws ConfigException if a value is not what its option takes
   */
  static ServerConfig configOf(List<Setting> settings) {
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

  private Object parse(String text, String where) {
    if (type == String.class) {
      return text(text, where);
    }
    if (type == int.class) {
      return integer(text, where);
    }
    if (type == boolean.class) {
      return choose(Map.of("true", true, "false", false), "true or false", text, where);
    }
    if (type == Duration.class) {
      return duration(text, where);
    }
    return choose(choices(), "one of " + String.join(", ", choices().keySet()), text, where);
  }

  private String text(String text, String where) {
    if (text.isBlank()) {
      throw refuse(text, where, "some text");
    }
    return text;
  }

  private int integer(String text, String where) {
    try {
      int value = Integer.parseInt(text);
      if (value >= option.min() && value <= option.max()) {
        return value;
      }
    } catch (NumberFormatException e) {
      // the sentence below says it better
    }
    throw refuse(text, where, "a whole number from " + option.min() + " to " + option.max());
  }

  private Duration duration(String text, String where) {
    Matcher matcher = DURATION.matcher(text);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      Duration value =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
          };
      if (value.toMillis() > 0 && value.toDays() <= 1) {
        return value;
      }
    }
    throw refuse(
        text, where, "a time like 500ms, 10s, 2m or 1h, more than nothing and at most a day");
  }

  private Object choose(Map<String, Object> choices, String expected, String text, String where) {
    Object value = choices.get(text.toLowerCase(Locale.ROOT));
    if (value == null) {
      throw refuse(text, where, expected);
    }
    return value;
  }

  private Map<String, Object> choices() {
    return Arrays.stream(type.getEnumConstants())
        .collect(
            Collectors.toMap(
                constant -> constant.toString().toLowerCase(Locale.ROOT),
                constant -> constant,
                (a, b) -> a,
                java.util.LinkedHashMap::new));
  }

  private ConfigException refuse(String text, String where, String expected) {
    String subject = where.equals(flag()) || where.equals(variable()) ? where : where + ": " + name;
    return new ConfigException(subject + " is \"" + text + "\", expected " + expected);
  }
}
