package io.chatroom.server.search;

import java.sql.SQLException;

/** What is the matter when PostgreSQL cannot be searched. */
final class WordTrouble {

  private WordTrouble() {}

  /** The words for people: what the database says behind its first line is for developers. */
  static String words(Exception e) {
    String message = String.valueOf(e.getMessage());
    if (!(e instanceof SQLException)) {
      return message;
    }
    String first = message.lines().findFirst().orElse("");
    return first.replaceFirst("^(ERROR|FATAL|PANIC): ", "");
  }
}
