package io.chatroom.server.data;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.system.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a server keeps its messages: the directory of its {@code --data}, or the database of its
 * {@code --store}.
 */
public final class Place {

  /** Stands for the value from the environment, so that no password is on a command line. */
  private static final String OF_ENVIRONMENT = "-";

  private static final Pattern DATABASE = Pattern.compile("(?i)(jdbc:)?postgres(ql)?:.*");
  private static final Pattern MISSPELT = Pattern.compile("(?s).*://.*|.*[:=].*@.*|.*password=.*");

  private final @Nullable Path directory;
  private final @Nullable StoreAddress store;

  private Place(@Nullable Path directory, @Nullable StoreAddress store) {
    this.directory = directory;
    this.store = store;
  }

  /** No place yet. */
  static Place none() {
    return new Place(Path.of(""), null);
  }

  /**
   * Parses a place.
   *
   * @param environment where {@code -} finds {@code CHAT_STORE} or {@code CHAT_DATA}
   * @throws IOException if it is no place; the message is one sentence for people
   */
  public static Place of(String typed, Map<String, String> environment) throws IOException {
    String text = typed;
    if (text.equals(OF_ENVIRONMENT)) {
      text = given(environment, "CHAT_STORE");
      text = text.isEmpty() ? given(environment, "CHAT_DATA") : text;
      if (text.isEmpty()) {
        throw new IOException(
            "- stands for CHAT_STORE or CHAT_DATA, and neither is in the environment");
      }
    }
    if (!isDatabase(text)) {
      return new Place(Home.path(text), null);
    }
    StoreAddress store = StoreAddress.parse(text);
    if (store == null) {
      throw new IOException(
          "\""
              + VisibleText.of(StoreAddress.masked(text))
              + "\" is no database, expected "
              + StoreAddress.EXPECTED);
    }
    return new Place(null, store);
  }

  /** The value that a server would use, which ignores the case of words and spaces around them. */
  private static String given(Map<String, String> environment, String variable) {
    String value = environment.getOrDefault(variable, "").strip();
    return value.equalsIgnoreCase("off") ? "" : value;
  }

  /**
   * A misspelt address must not pass for a directory: its name would be shown with the password.
   */
  private static boolean isDatabase(String text) throws IOException {
    return DATABASE.matcher(text).matches()
        || (MISSPELT.matcher(text).matches() && !Files.exists(Home.path(text)));
  }

  /** Null if it is a database. */
  @Nullable Path directory() {
    return directory;
  }

  /** Null if it is a directory. */
  @Nullable StoreAddress store() {
    return store;
  }
}
