package io.chatroom.server.hooks;

import io.chatroom.protocol.session.RoomName;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses a file of hooks. Each line is {@code ROOM URL SECRET}. Empty lines and those that begin
 * with # are ignored. Error messages never quote a line, as it may contain a secret.
 */
final class HookLines {

  /** The most hooks, as each has a thread. */
  static final int MOST = 100;

  private static final int LEAST_SECRET = 16;
  private static final String FORM = "expected ROOM URL SECRET";
  private static final Pattern LINE = Pattern.compile("(\\S+)\\s+(\\S+)\\s+(\\S+)");

  private final Map<String, Hook> hooks = new LinkedHashMap<>();

  private HookLines() {}

  /**
   * Reads all lines.
   *
   * @throws IOException if one of them is malformed; the message is made to follow the file's name
   */
  static List<Hook> read(String text) throws IOException {
    HookLines lines = new HookLines();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String trouble = lines.take(line.strip());
      if (trouble != null) {
        throw new IOException("line " + number + ": " + trouble);
      }
    }
    return List.copyOf(lines.hooks.values());
  }

  /** Reads a line; returns what is wrong with it, or null. */
  private @Nullable String take(String line) {
    if (line.isEmpty() || line.startsWith("#")) {
      return null;
    }
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      return "it does not have three words, " + FORM;
    }
    RoomName room = RoomName.ofOpenRoom(parts.group(1));
    if (room == null) {
      return "the first word is not the name of a public room, " + FORM;
    }
    URI url = url(parts.group(2));
    if (url == null) {
      return "the second word is not an http or https URL with a host and without a user, " + FORM;
    }
    if (parts.group(3).length() < LEAST_SECRET) {
      return "the secret has "
          + parts.group(3).length()
          + " characters, expected at least "
          + LEAST_SECRET
          + ", drawn at random, for example with: openssl rand -hex 32";
    }
    if (hooks.size() == MOST) {
      return "there are more than " + MOST + " hooks";
    }
    Hook hook = new Hook(room, url, parts.group(3));
    return hooks.put(hook.key(), hook) == null
        ? null
        : "an earlier line has the same room and URL, expected others";
  }

  private static @Nullable URI url(String text) {
    try {
      URI url = new URI(text);
      String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      boolean isValid =
          (scheme.equals("http") || scheme.equals("https"))
              && url.getHost() != null
              && url.getUserInfo() == null
              && url.getFragment() == null
              && url.getPort() <= 65_535;
      return isValid ? new URI(scheme + text.substring(scheme.length())) : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
