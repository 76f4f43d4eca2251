package io.chatroom.client.chat;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The commands that a line can hold. */
public enum Verb {
  HELP("", "this list"),
  JOIN("ROOM", "go into a room, which is made if there is none"),
  LEAVE("[ROOM]", "leave this room, or another one"),
  ROOM("N|NAME", "go to a room that you are in; Alt-1 to Alt-9 do the same"),
  ROOMS("", "which rooms there are"),
  WHO("", "who is in this room"),
  TOPIC("[TEXT]", "what this room is about; with TEXT, say so"),
  MSG("NAME TEXT", "say something to one person alone"),
  CLAIM("", "make your name your own, so that nobody else can have it here"),
  DELETE("[NAME] [N]", "take back your newest message here, or the Nth; or one of NAME's"),
  BLOCK("NAME", "hear nothing more of somebody"),
  UNBLOCK("NAME", "hear somebody again"),
  BLOCKED("", "whom you have blocked"),
  MUTE("NAME [TIME] [WHY]", "let somebody hear, and not talk; a TIME is 30s, 10m, 2h or 7d"),
  UNMUTE("NAME", "let somebody talk again"),
  KICK("NAME [WHY]", "put somebody out of this room"),
  BAN("NAME [TIME] [WHY]", "put somebody out, and not let them come back"),
  UNBAN("NAME", "let somebody come back"),
  OP("NAME", "let somebody keep order in this room"),
  DEOP("NAME", "let somebody keep order no more"),
  CLOSE("[TIME] [WHY]", "let nobody new into this room"),
  OPEN("", "let everybody into this room again"),
  INVITE("NAME", "let somebody into this room, although it is closed"),
  UNINVITE("NAME", "take that back"),
  RESTRICT("[TIME] [WHY]", "let only those talk who keep order"),
  UNRESTRICT("", "let everybody talk again"),
  SLOW("TIME|off", "let each person talk once in this time"),
  BOT("make LABEL [ROOM...] [read] | revoke LABEL", "a token for a bot under your name"),
  BOTS("", "which bots there are under your name"),
  HISTORY("[N]", "the N messages before those shown here, 20 without N"),
  SEARCH("WORDS", "the newest messages that have all of these words"),
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

  /** Its arguments, in brackets if they are optional; may be empty. */
  String argument() {
    return argument;
  }

  /** Whether it needs an argument. */
  boolean needsArgument() {
    return !argument.isEmpty() && !argument.startsWith("[");
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
