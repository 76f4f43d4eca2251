package io.chatroom.client.cli;

import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the machine calls the person who runs this. */
final class LoginName {

  private LoginName() {}

  /** The login name, or null if there is none, as for a user whom no list of users has. */
  static @Nullable String of(Map<String, String> environment) {
    return of(System.getProperty("user.name", ""), environment);
  }

  /** The JDK says {@code ?} where it knows none, and U+FFFD for what the locale does not have. */
  static @Nullable String of(String jdk, Map<String, String> environment) {
    return Stream.of(
            jdk, environment.getOrDefault("LOGNAME", ""), environment.getOrDefault("USER", ""))
        .filter(name -> !name.isBlank() && name.indexOf('?') < 0 && name.indexOf('\uFFFD') < 0)
        .findFirst()
        .orElse(null);
  }
}
