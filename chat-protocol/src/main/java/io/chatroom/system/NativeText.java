package io.chatroom.system;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments and the environment of this process as UTF-8, in any locale.
 *
 * <p>The JVM decodes both with the locale's charset. Under cron and in bare containers that is
 * ASCII: each byte of another letter becomes U+FFFD, which would then be sent to others. Linux
 * keeps the bytes, so they are decoded again. A text that is not UTF-8 stays as decoded by the
 * locale if nothing was lost; else it is refused.
 */
public final class NativeText {

  /** The JDK's replacement for bytes that it cannot decode. */
  private static final String LOST = "\uFFFD";

  private static final Path PROC = Path.of("/proc/self");

  private final Path proc;
  private final Charset locale;
  private final boolean utf8;

  /**
   * @param proc the directory of this process in Linux's {@code /proc}
   * @param locale the charset of the locale
   * @param utf8 true if the JVM has decoded all text as UTF-8
   */
  NativeText(Path proc, Charset locale, boolean utf8) {
    this.proc = proc;
    this.locale = locale;
    this.utf8 = utf8;
  }

  /** The text of this process. */
  public static NativeText ofProcess() {
    Charset locale = locale();
    // JDK 17 decodes the environment with the default charset, which a property can change.
    boolean utf8 =
        locale.equals(StandardCharsets.UTF_8)
            && Charset.defaultCharset().equals(StandardCharsets.UTF_8);
    return new NativeText(PROC, locale, utf8);
  }

  private static Charset locale() {
    String name = System.getProperty("sun.jnu.encoding", "");
    return !name.isEmpty() && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }

  /** True if part of this text was lost in decoding. */
  static boolean isDamaged(String text) {
    return text.contains(LOST);
  }

  /**
   * The arguments of the program.
   *
   * @param decoded the arguments of {@code main}
   * @throws UnreadableTextException if one of them cannot be decoded
   */
  public String[] arguments(String... decoded) throws UnreadableTextException {
    List<byte[]> bytes = allAreSure(List.of(decoded)) ? List.of() : bytesOfArguments(decoded);
    String[] arguments = decoded.clone();
    for (int i = 0; i < arguments.length; i++) {
      String text = read(decoded[i], bytes.isEmpty() ? null : bytes.get(i));
      if (text == null) {
        throw refusal("argument " + (i + 1), decoded[i]);
      }
      arguments[i] = text;
    }
    return arguments;
  }

  /**
   * The environment of the program.
   *
   * @param decoded the result of {@link System#getenv()}
   * @param prefix prefix of the names of the program's own variables
   * @throws UnreadableTextException if one of these cannot be decoded; others are left as they are
   */
  public Map<String, String> environment(Map<String, String> decoded, String prefix)
      throws UnreadableTextException {
    if (allAreSure(decoded.values())) {
      return decoded;
    }
    Map<String, byte[]> bytes = bytesOfEnvironment();
    Map<String, String> environment = new HashMap<>();
    for (Map.Entry<String, String> each : decoded.entrySet()) {
      String text = read(each.getValue(), bytes.get(each.getKey()));
      if (text == null && each.getKey().startsWith(prefix)) {
        throw refusal(each.getKey() + " in the environment", each.getValue());
      }
      environment.put(each.getKey(), text == null ? each.getValue() : text);
    }
    return environment;
  }

  private boolean allAreSure(Iterable<String> texts) {
    for (String text : texts) {
      if (!isSure(text)) {
        return false;
      }
    }
    return true;
  }

  /** ASCII is the same in the charset of every locale. */
  private boolean isSure(String text) {
    return utf8 ? !isDamaged(text) : text.chars().allMatch(c -> c < 0x80);
  }

  private @Nullable String read(String decoded, byte @Nullable [] bytes) {
    if (isSure(decoded)) {
      return decoded;
    }
    if (bytes != null) {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        // Not UTF-8: the locale has decoded it.
      }
    }
    return isDamaged(decoded) ? null : decoded;
  }

  private static UnreadableTextException refusal(String what, String decoded) {
    return new UnreadableTextException(what + " is \"" + decoded + "\", expected UTF-8");
  }

  /** The last entries of the command line, if they are the program's arguments; else none. */
  private List<byte[]> bytesOfArguments(String... decoded) {
    List<byte[]> line = entries("cmdline");
    if (line.size() < decoded.length) {
      return List.of();
    }
    List<byte[]> last = line.subList(line.size() - decoded.length, line.size());
    for (int i = 0; i < decoded.length; i++) {
      if (!new String(last.get(i), locale).equals(decoded[i])) {
        return List.of();
      }
    }
    return last;
  }

  private Map<String, byte[]> bytesOfEnvironment() {
    Map<String, byte[]> variables = new HashMap<>();
    for (byte[] entry : entries("environ")) {
      int equals = 1; // a name may begin with an equals sign
      while (equals < entry.length && entry[equals] != '=') {
        equals++;
      }
      if (equals < entry.length) {
        String name = new String(entry, 0, equals, StandardCharsets.UTF_8);
        byte[] value = Arrays.copyOfRange(entry, equals + 1, entry.length);
        variables.putIfAbsent(name, value);
      }
    }
    return variables;
  }

  /** The NUL-terminated entries of a file in {@code /proc}; empty on other systems. */
  private List<byte[]> entries(String file) {
    byte[] all;
    try {
      all = Files.readAllBytes(proc.resolve(file));
    } catch (IOException e) {
      return List.of();
    }
    List<byte[]> entries = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] == 0) {
        entries.add(Arrays.copyOfRange(all, from, i));
        from = i + 1;
      }
    }
    return entries;
  }
}
