package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.KeptFile;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names that a person owns on each server, with the tokens that prove it, in a file that only
 * its owner may read (mode 600). It also records which servers were reached with TLS: neither a
 * token nor a key is sent to one of those without TLS.
 *
 * <p>Its lines: {@code token HOST:PORT NAME TOKEN}, {@code tls HOST:PORT}, and {@code asked
 * HOST:PORT NAME} once the person was asked whether to own the name. Names and tokens are
 * percent-encoded; {@code #} begins a comment.
 *
 * <p>The file is read anew at each call. Any thread may use it, and any number of processes.
 */
public final class OwnedNames {

  private static final String REMARK =
      "# The names that are yours, and the secrets that prove it. With one, others have the name.\n";
  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final String TOKEN = "token";
  private static final String TLS = "tls";
  private static final String ASKED = "asked";

  private final Path file;
  private final KeptFile kept;

  /** A line that is not a comment. */
  private record Fact(String kind, String server, String name, String value) {

    boolean isAbout(String otherKind, ServerAddress otherServer, String otherName) {
      return kind.equals(otherKind)
          && server.equals(key(otherServer))
          && NameKey.of(name).equals(NameKey.of(otherName));
    }

    String line() {
      String line = kind + " " + server;
      line += kind.equals(TLS) ? "" : " " + URLEncoder.encode(name, StandardCharsets.UTF_8);
      line += value.isEmpty() ? "" : " " + URLEncoder.encode(value, StandardCharsets.UTF_8);
      return line + "\n";
    }
  }

  /**
   * @param file need not exist
   */
  public OwnedNames(Path file) {
    this.file = file;
    kept = KeptFile.secret(file);
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /**
   * The names that this person owns on a server.
   *
   * @throws ChatException if the file cannot be read or understood, as in all methods here
   */
  public List<String> on(ServerAddress server) throws ChatException {
    return facts().stream()
        .filter(fact -> fact.kind.equals(TOKEN) && fact.server.equals(key(server)))
        .map(Fact::name)
        .toList();
  }

  /** Whether this person owns a name on a server. */
  public boolean has(ServerAddress server, String name) throws ChatException {
    return token(server, name) != null;
  }

  /** The token for a name on a server, or null. */
  @Nullable String token(ServerAddress server, String name) throws ChatException {
    for (Fact fact : facts()) {
      if (fact.isAbout(TOKEN, server, name)) {
        return fact.value;
      }
    }
    return null;
  }

  /** Keeps a token, replacing the previous one for this name. */
  void keep(ServerAddress server, String name, String token) throws ChatException {
    add(new Fact(TOKEN, key(server), name, token), server);
  }

  /** Whether a server was ever reached with TLS. */
  boolean hadTls(ServerAddress server) throws ChatException {
    return facts().stream().anyMatch(fact -> fact.isAbout(TLS, server, ""));
  }

  /** Records that a server was reached with TLS. */
  void rememberTls(ServerAddress server) throws ChatException {
    if (!hadTls(server)) {
      add(new Fact(TLS, key(server), "", ""), server);
    }
  }

  /**
   * Whether to ask the person now about claiming a name: true on the first call for each name and
   * server, which is recorded.
   */
  public boolean isToBeAsked(ServerAddress server, String name) throws ChatException {
    if (facts().stream().anyMatch(fact -> fact.isAbout(ASKED, server, name))) {
      return false;
    }
    add(new Fact(ASKED, key(server), name, ""), server);
    return true;
  }

  /**
   * Refuses to send a secret that anyone on the path could read.
   *
   * @param what the secret, as in "the token of alice"
   */
  void checkMaySend(ServerAddress server, boolean encrypted, String what) throws ChatException {
    if (!encrypted && hadTls(server)) {
      throw new ChatException(
          VisibleText.of(server.toString())
              + " was reached with TLS before, so "
              + what
              + " does not go there without: connect with TLS (--tls), or if the server has none any"
              + " more, remove its tls line from "
              + shownFile());
    }
  }

  private void add(Fact fact, ServerAddress server) throws ChatException {
    try {
      kept.makeDirectory();
      kept.change(
          before -> {
            StringBuilder text =
                new StringBuilder(before == null || before.isEmpty() ? REMARK : "");
            for (String line : lines(before)) {
              Fact other = fact(line);
              if (other == null || !other.isAbout(fact.kind, server, fact.name)) {
                text.append(line).append('\n');
              }
            }
            return text.append(fact.line()).toString();
          });
    } catch (ChatException e) {
      throw e;
    } catch (IOException e) {
      throw new ChatException(
          "cannot remember which names are yours in " + shownFile() + ": " + FileTrouble.reason(e),
          e);
    }
  }

  private List<Fact> facts() throws ChatException {
    String text;
    try {
      text = kept.read();
    } catch (IOException e) {
      throw new ChatException("cannot read " + shownFile() + ": " + FileTrouble.reason(e), e);
    }
    List<Fact> facts = new ArrayList<>();
    for (String line : lines(text)) {
      Fact fact = fact(line);
      if (fact != null) {
        facts.add(fact);
      }
    }
    return facts;
  }

  private static List<String> lines(@Nullable String text) {
    return text == null ? List.of() : text.lines().toList();
  }

  /**
   * The content of a line, or null for a comment; a newer version may know other kinds of lines.
   */
  private @Nullable Fact fact(String line) throws ChatException {
    String stripped = line.replace("\uFEFF", "").strip();
    if (stripped.isEmpty() || stripped.startsWith("#")) {
      return null;
    }
    List<String> words = SPACE.splitAsStream(stripped).toList();
    int expected =
        switch (words.get(0)) {
          case TOKEN -> 4;
          case ASKED -> 3;
          case TLS -> 2;
          default -> 0;
        };
    if (expected == 0) {
      return null;
    }
    try {
      if (words.size() != expected) {
        throw new IllegalArgumentException();
      }
      return new Fact(
          words.get(0),
          key(ServerAddress.parse(words.get(1))),
          expected > 2 ? URLDecoder.decode(words.get(2), StandardCharsets.UTF_8) : "",
          expected > 3 ? URLDecoder.decode(words.get(3), StandardCharsets.UTF_8) : "");
    } catch (IllegalArgumentException e) {
      // The line may hold a secret.
      throw new ChatException(
          shownFile()
              + " has a line that begins with "
              + words.get(0)
              + " and cannot be understood, expected token HOST:PORT NAME TOKEN, tls HOST:PORT or"
              + " asked HOST:PORT NAME: mend or remove it",
          e);
    }
  }

  /** Case does not count in host names. */
  private static String key(ServerAddress server) {
    return server.toString().toLowerCase(Locale.ROOT);
  }

  private String shownFile() {
    return VisibleText.of(NativePath.show(file));
  }
}
