package io.chatroom.client.cli;

import io.chatroom.client.ServerAddress;
import io.chatroom.system.KeptFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The detected protocols of servers, each with its expiry, in a file: {@code tcp HOST:PORT
 * 2026-11-29T12:00:00Z} on each line, {@code tls} where the connection is encrypted. This only
 * saves a connection, or a wait for a slow server; so errors in the file are ignored.
 */
final class RememberedServers {

  /** Validity of an entry: a server may be upgraded to sessions. */
  private static final Duration REMEMBERED = Duration.ofDays(3);

  private static final int MAX_SERVERS = 200;
  private static final Pattern LINE = Pattern.compile("((?:tcp|tls) \\S+) (\\S+)");

  private final KeptFile kept;
  private final String remark;
  private final InstantSource clock;

  private RememberedServers(Path file, String what, InstantSource clock) {
    kept = KeptFile.ordinary(file);
    remark = "# Servers that " + what + ", and until when chat-client believes that.\n";
    this.clock = clock;
  }

  /** The servers that speak the seed's protocol only. */
  static RememberedServers seedOnly(Path beside, InstantSource clock) {
    return new RememberedServers(
        beside.resolveSibling("seed_servers"), "speak the seed's protocol only", clock);
  }

  /** The servers that have begun a session. */
  static RememberedServers withSessions(Path beside, InstantSource clock) {
    return new RememberedServers(
        beside.resolveSibling("session_servers"), "have begun a session", clock);
  }

  /** Whether a server is in the file. */
  boolean has(ServerAddress server, boolean encrypted) {
    try {
      String key = key(server, encrypted);
      return lines(kept.read()).anyMatch(line -> line.startsWith(key + " "));
    } catch (IOException e) {
      return false; // costs an extra connection
    }
  }

  void remember(ServerAddress server, boolean encrypted) {
    Instant until = clock.instant().plus(REMEMBERED);
    change(server, encrypted, key(server, encrypted) + " " + until + "\n");
  }

  void forget(ServerAddress server, boolean encrypted) {
    if (has(server, encrypted)) {
      change(server, encrypted, "");
    }
  }

  private void change(ServerAddress server, boolean encrypted, String line) {
    String key = key(server, encrypted);
    try {
      kept.makeDirectory();
      kept.change(
          before ->
              remark
                  + lines(before)
                      .filter(other -> !other.startsWith(key + " "))
                      .limit(MAX_SERVERS)
                      .map(other -> other + "\n")
                      .collect(Collectors.joining())
                  + line);
    } catch (IOException e) {
      return; // costs an extra connection next time, too
    }
  }

  /** The valid lines. */
  private Stream<String> lines(@Nullable String text) {
    return text == null ? Stream.empty() : text.lines().filter(this::counts);
  }

  private boolean counts(String line) {
    Matcher parts = LINE.matcher(line);
    try {
      return parts.matches() && Instant.parse(parts.group(2)).isAfter(clock.instant());
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static String key(ServerAddress server, boolean encrypted) {
    return (encrypted ? "tls " : "tcp ") + server.toString().toLowerCase(Locale.ROOT);
  }
}
