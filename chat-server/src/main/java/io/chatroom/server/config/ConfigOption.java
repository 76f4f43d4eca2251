package io.chatroom.server.config;

import io.chatroom.protocol.VisibleText;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One option of {@link ServerConfig}: its three names, and how its text becomes a value. Everything
 * is derived from the record, so adding an option takes one line there.
 */
public record ConfigOption(String name, Class<?> type, Option option) {

  /** A value as a user wrote it, and where, for error messages. */
  public record Setting(ConfigOption option, String text, String where) {}

  /** All options, in the order of the record. */
  public static final List<ConfigOption> ALL =
      Arrays.stream(ServerConfig.class.getRecordComponents()).map(ConfigOption::of).toList();

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
   * The placeholder of its value in {@code --help}: {@code N}, {@code DURATION}, {@code
   * auto|epoll|io_uring|nio}.
   */
  public String placeholder() {
    return notation().placeholder();
  }

  /**
   * Makes a configuration from the defaults and some settings; of two settings for one option, the
   * later one wins.
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

  /** What its value must be, for the error message about a wrong one. */
  String expected() {
    return notation().expected();
  }

  private Notation notation() {
    return Notation.of(type, option);
  }

  /**
   * Parses a value. Ignores the case of words, and spaces around a value: environment files can
   * contain them, and CRLF, invisibly.
   */
  private Object parse(String written, String where) {
    Notation notation = notation();
    Object value = notation.parser().parse(written.strip());
    if (value == null) {
      String subject =
          where.equals(flag()) || where.equals(variable()) ? where : where + ": " + name;
      throw new ConfigException(
          subject
              + " is \""
              + VisibleText.of(notation.shown().apply(written))
              + "\", expected "
              + notation.expected());
    }
    return value;
  }
}
