package io.chatroom.client.chat;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The words for Tab: names of people, or names of rooms after commands that take one. Thread-safe,
 * and never blocks, because the input line is locked meanwhile.
 */
public final class Completion {

  private final NamesHeard names;
  private volatile List<String> people = List.of();
  private volatile List<String> joined = List.of();
  private volatile List<String> known = List.of();

  /**
   * @param names the names of those who have posted
   */
  public Completion(NamesHeard names) {
    this.names = names;
  }

  /**
   * The matching words.
   *
   * @param command the command, if the word is its first argument; otherwise empty
   */
  public List<String> words(String command) {
    if (command.equals(Verb.JOIN.word())) {
      return all(known, joined);
    }
    if (command.equals(Verb.ROOM.word()) || command.equals(Verb.LEAVE.word())) {
      return joined;
    }
    return all(names.all(), people);
  }

  /** True if the argument of a command may be a name of several words, in quotes. */
  public static boolean takesQuotes(String command) {
    Verb verb = Verb.of(command);
    return verb != null
        && switch (verb) {
          case DELETE, BLOCK, UNBLOCK, MUTE, UNMUTE, KICK, BAN, UNBAN, OP, DEOP, INVITE, UNINVITE ->
              true;
          default -> false;
        };
  }

  private static List<String> all(List<String> first, List<String> second) {
    Set<String> all = new LinkedHashSet<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }

  NamesHeard names() {
    return names;
  }

  /** Sets the names of those in the room on the screen. */
  public void people(Collection<String> now) {
    people = List.copyOf(now);
  }

  /** Sets the rooms that the person is in. */
  void joined(List<String> now) {
    joined = now;
  }

  /** Sets the rooms that the server has listed. */
  void known(List<String> now) {
    known = now;
  }
}
