package io.chatroom.server.config;

import io.chatroom.server.web.Origins;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Every documented way to write a value of an option, as users write it. */
public final class Spellings {

  /**
   * One spelling.
   *
   * @param variable the option's name in the environment
   * @param plain the value as documented
   * @param written the same value as a user wrote it
   */
  public record Spelling(String variable, String plain, String written) {}

  private Spellings() {}

  /** The spellings of every option. */
  public static Stream<Spelling> all() {
    return ConfigOption.ALL.stream().flatMap(Spellings::of);
  }

  /** The spellings of the default of every option. */
  public static Stream<Spelling> defaults() {
    return ConfigOption.ALL.stream()
        .flatMap(
            option -> of(option).filter(each -> each.plain().equals(option.option().defaultsTo())));
  }

  private static Stream<Spelling> of(ConfigOption option) {
    return values(option).stream()
        .distinct()
        .flatMap(
            plain ->
                Stream.of(
                        plain,
                        isName(option, plain) ? plain : plain.toUpperCase(Locale.ROOT),
                        " " + plain + "\t",
                        plain + "\r")
                    .distinct()
                    .map(written -> new Spelling(option.variable(), plain, written)));
  }

  /** The name of a file or a host, whose case matters. */
  private static boolean isName(ConfigOption option, String plain) {
    return plain.contains("localhost")
        || (option.type() == String.class && !plain.equals(option.option().defaultsTo()));
  }

  private static List<String> values(ConfigOption option) {
    List<String> values = new ArrayList<>();
    values.add(option.option().defaultsTo());
    if (option.type() == AdminAddress.class) {
      values.addAll(List.of("off", "127.0.0.1:1", "0.0.0.0:0", "[::1]:1", "[::]:1", "localhost:1"));
    } else if (option.type() == Origins.class) {
      values.addAll(List.of("https://chat.example.com", "https://a.example,http://b.example:81"));
    } else if (option.type() == boolean.class || option.type().isEnum()) {
      values.addAll(List.of(option.placeholder().split("\\|")));
    } else if (option.type() == int.class) {
      values.add("" + option.option().min());
      values.add("" + option.option().max());
    } else if (option.name().equals("host")) {
      values.addAll(List.of("127.0.0.1", "::1", "::", "[::1]", "localhost"));
    } else if (option.name().equals("store")) {
      values.add("postgresql://chat:Secret@localhost/chat");
    } else if (option.type() == String.class) {
      values.add("/tls/Some File");
    } else {
      values.addAll(List.of("200s", "3m", "1h"));
    }
    return values;
  }
}
