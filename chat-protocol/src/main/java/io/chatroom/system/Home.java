package io.chatroom.system;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The home directory, {@code ~} in a shell. A shell does not expand it in a chat, in a file of
 * variables, or after the equals sign of an option; this class gives it the same meaning there.
 */
public final class Home {

  private static final String TILDE = "~";

  private Home() {}

  /**
   * The home directory as a shell finds it. The JVM reads the list of users, which may differ.
   *
   * @throws IOException if there is none; the message is one sentence
   */
  public static Path of(Map<String, String> environment) throws IOException {
    return of(environment, System.getProperty("user.home", ""));
  }

  /**
   * @param jdk the JVM's result: a question mark for a user who is in no list of users
   */
  static Path of(Map<String, String> environment, String jdk) throws IOException {
    for (String text : List.of(environment.getOrDefault("HOME", ""), jdk)) {
      Path home = text.isEmpty() ? null : NativePath.of(text);
      if (home != null && home.isAbsolute()) {
        return home;
      }
    }
    throw new IOException(
        "there is no home directory, expected one in the environment variable HOME");
  }

  /**
   * Expands a path that the user of this process has written.
   *
   * @throws UnreadableTextException if it cannot be the name of a file
   * @throws IOException if the home directory is unknown; the message is one sentence
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
          "other users' homes are not supported, expected ~/FILE for your own, or ./"
              + written
              + " for a file of that name");
    }
    return NativePath.of(written);
  }
}
