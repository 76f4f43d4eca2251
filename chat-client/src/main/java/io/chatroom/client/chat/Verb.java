package io.chatroom.client.chat;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The commands of the input line. */
public enum Verb {
  HELP("", "show this list"),
  JOIN("ROOM", "join a room, or create it"),
  LEAVE("[ROOM]", "leave this room or another one"),
  ROOM("N|NAME", "switch to a room that you are in, as Alt-1 to Alt-9 do"),
  ROOMS("", "list the rooms"),
  WHO("", "list who is in this room"),
  TOPIC("[TEXT]", "show or set the topic of this room"),
  MSG("NAME TEXT", "send a private message"),
  CLAIM("", "claim your name, so that nobody else can use it here"),
  DELETE("[NAME] [N]", "delete your newest message here, or the Nth newest; or one of NAME's"),
  BLOCK("NAME", "hide the messages of somebody"),
  UNBLOCK("NAME", "show the messages of somebody again"),
  BLOCKED("", "list the people you have blocked"),
  MUTE("NAME [TIME] [WHY]", "stop somebody from posting; TIME is 30s, 10m, 2h or 7d"),
  UNMUTE("NAME", "let somebody post again"),
  KICK("NAME [WHY]", "remove somebody from this room"),
  BAN("NAME [TIME] [WHY]", "remove somebody and keep them out"),
  UNBAN("NAME", "let somebody join again"),
  OP("NAME", "make somebody an operator of this room"),
  DEOP("NAME", "remove somebody as an operator"),
  CLOSE("[TIME] [WHY]", "close this room to newcomers"),
  OPEN("", "open this room to everybody"),
  INVITE("NAME", "let somebody join while the room is closed"),
  UNINVITE("NAME", "withdraw an invitation"),
  RESTRICT("[TIME] [WHY]", "let only operators post"),
  UNRESTRICT("", "let everybody post again"),
  SLOW("TIME|off", "let each person post only once per TIME"),
  BOT(
      "make LABEL [ROOM...] [read] | revoke LABEL",
      "make or revoke a token for a bot under your name"),
  BOTS("", "list the bots under your name"),
  HISTORY("[N]", "show N earlier messages, 20 by default"),
  SEARCH("WORDS", "find the newest messages with all of these words"),
  NAMES("", "list who has posted so far"),
  CLEAR("", "clear the screen"),
  SAVE("FILE", "save the conversation so far in a new file"),
  SERVER("HOST[:PORT]", "switch to another server"),
  QUIT("", "send what waits, and leave");

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

  /** Its arguments, in brackets if they are optional; may be empty. */
  String argument() {
    return argument;
  }

  /** Whether it needs an argument. */
  boolean needsArgument() {
    return !argument.isEmpty() && !argument.startsWith("[");
  }

  /** Its description, in a few words. */
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
