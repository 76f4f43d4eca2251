package io.chatroom.client.chat;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a line can ask the client for, instead of being said. */
public enum Verb {
  HELP("", "this list"),
  NAMES("", "who has said something so far"),
  CLEAR("", "clear the screen"),
  SAVE("FILE", "write the conversation so far into a new file"),
  SERVER("HOST[:PORT]", "go on with another server"),
  QUIT("", "say what waits, and leave");

  private final String argument;
  private final String purpose;

  Verb(String argument, String purpose) {
    this.argument = argument;
    this.purpose = purpose;
  }

  /** As it is typed: {@code /help}. */
  public String word() {
    return "/" + name().toLowerCase(Locale.ROOT);
  }

  /** What must follow it, or nothing. */
  String argument() {
    return argument;
  }

  /** What it is for, in a few words. */
  public String purpose() {
    return purpose;
  }

  static @Nullable Verb of(String word) {
    for (Verb verb : values()) {
      if (verb.word().equals(word)) {
        return verb;
      }
    }
    return null;
  }
}
