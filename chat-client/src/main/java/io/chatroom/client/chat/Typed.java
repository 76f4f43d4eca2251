package io.chatroom.client.chat;

import java.util.List;

/**
 * The meaning of a typed or pasted text. A single line that begins with a slash is a command, and
 * never sent; {@code //} sends a line that begins with one slash. Several lines are several
 * messages: commands among them are refused, because a paste is rarely meant to run anything.
 */
sealed interface Typed {

  /** Messages, in order; none if all lines were empty. */
  record Messages(List<String> texts) implements Typed {}

  /** A command and its argument. */
  record Command(Verb verb, String argument) implements Typed {}

  /** It can neither be sent nor run; the sentence says why. */
  record Refused(String sentence) implements Typed {}

  /** The byte-order mark of some files, which is not part of a copied text. */
  String BYTE_ORDER_MARK = "\ufeff";

  static Typed of(String text) {
    String own = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    List<String> lines = own.lines().filter(line -> !line.isBlank()).toList();
    if (lines.size() == 1 && isCommand(lines.get(0))) {
      return command(lines.get(0).strip());
    }
    for (int n = 0; n < lines.size(); n++) {
      if (isCommand(lines.get(n))) {
        return new Refused(
            "line "
                + (n + 1)
                + " of "
                + lines.size()
                + " begins with a slash: a command must stand alone; to post a line that begins"
                + " with /, type //");
      }
    }
    return new Messages(
        lines.stream().map(line -> line.startsWith("//") ? line.substring(1) : line).toList());
  }

  private static boolean isCommand(String line) {
    return line.startsWith("/") && !line.startsWith("//");
  }

  private static Typed command(String line) {
    String[] parts = line.split("\\s+", 2);
    String argument = parts.length == 2 ? parts[1] : "";
    Verb verb = Verb.of(parts[0]);
    if (verb == null) {
      return new Refused(
          parts[0] + " is not a command: see /help; to post a line that begins with /, type //");
    }
    if (verb.argument().isEmpty() && !argument.isEmpty()) {
      return new Refused(verb.word() + " takes no argument");
    }
    if (verb.needsArgument() && argument.isEmpty()) {
      return new Refused("expected " + verb.word() + " " + verb.argument());
    }
    return new Command(verb, argument);
  }
}
