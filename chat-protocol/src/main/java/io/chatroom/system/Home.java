package io.chatroom.system;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The directory that a shell calls {@code ~}. No shell has read what a person types in a chat, in a
 * file of variables, or behind the equals sign of an option, and it means the same there.
 */
public final class Home {

  private static final String TILDE = "~";

  private Home() {}

  /**
   * What a shell means by it; the JVM looks into the list of users, which may differ.
   *
   * @throws IOException if there is none; the message is one sentence
   */
  public static Path of(Map<String, String> environment) throws IOException {
    return of(environment, System.getProperty("user.home", ""));
  }

  /**
   * @param jdk what the JVM says: a question mark for a user whom no list of users has
   */
  static Path of(Map<String, String> environment, String jdk) throws IOException {
    for (String text : List.of(environment.getOrDefault("HOME", ""), jdk)) {
      Path home = text.isEmpty() ? null : NativePath.of(text);
      if (home != null && home.isAbsolute()) {
        return home;
      }
    }
    throw new IOException(
        "there is no home directory to keep anything in, expected one in the environment's HOME");
  }

  /**
   * The path that a person of this process has written.
   *
   * @throws UnreadableTextException if it cannot be the name of a file
   * @throws IOException if its home cannot be told; the message is one sentence
   */
  public static Path path(String written) throws IOException {
    return written.startsWith(TILDE)
        ? path(written, NativeText.ofProcess().environment(System.getenv(), "CHAT_"))
        : NativePath.of(written);
  }

  static Path path(String written, Map<String, String> environment) throws IOException {
    if (written.equals(TILDE)) {
      return of(environment);
    } else if (written.startsWith(TILDE + "/")) {
      return NativePath.of(NativePath.show(of(environment)) + written.substring(TILDE.length()));
    } else if (written.startsWith(TILDE)) {
      throw new IOException(
          "homes of others are not looked up, expected ~/FILE for your own, or ./"
              + written
              + " for a file of that name");
    }
    return NativePath.of(written);
  }
}
