package io.chatroom.client.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The arguments of a command: its flags, then a name, which is one word or in quotes, then the
 * rest. Immutable.
 *
 * @param flags without their hyphens
 * @param name the first word, or a text in quotes; empty if there is none
 * @param rest the text after the name, as it was typed
 */
record Words(List<String> flags, String name, String rest) {

  private static final Pattern FLAG = Pattern.compile("--(\\w+)(?:\\s+|$)");
  private static final Pattern NAME = Pattern.compile("\"([^\"]+)\"|(\\S+)");

  Words {
    flags = List.copyOf(flags);
  }

  static Words of(String argument) {
    List<String> flags = new ArrayList<>();
    int at = 0;
    Matcher flag = FLAG.matcher(argument);
    while (flag.find(at) && flag.start() == at) {
      flags.add(flag.group(1));
      at = flag.end();
    }
    String left = argument.substring(at).strip();
    Matcher name = NAME.matcher(left);
    if (!name.lookingAt()) {
      return new Words(flags, "", left);
    }
    String quoted = name.group(1);
    return new Words(
        flags, quoted == null ? name.group() : quoted, left.substring(name.end()).strip());
  }

  /** The rest, split into a name and its rest. */
  Words next() {
    return of(rest);
  }
}
