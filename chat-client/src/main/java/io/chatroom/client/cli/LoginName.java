package io.chatroom.client.cli;

import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The login name of the user. */
final class LoginName {

  private LoginName() {}

  /** The login name, or null if the user has none in the system's list. */
  static @Nullable String of(Map<String, String> environment) {
    return of(System.getProperty("user.name", ""), environment);
  }

  /**
   * The JDK returns {@code ?} if it knows none, and U+FFFD for characters that the locale lacks.
   */
  static @Nullable String of(String jdk, Map<String, String> environment) {
    return Stream.of(
            jdk, environment.getOrDefault("LOGNAME", ""), environment.getOrDefault("USER", ""))
        .filter(name -> !name.isBlank() && name.indexOf('?') < 0 && name.indexOf('\uFFFD') < 0)
        .findFirst()
        .orElse(null);
  }
}
