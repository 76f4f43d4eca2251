package io.chatroom.client.chat;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What Tab offers: names of people, and behind commands that take one, names of rooms. Thread-safe,
 * and never waits for anything: the line that is being typed is locked meanwhile.
 */
public final class Completion {

  private final NamesHeard names;
  private volatile List<String> people = List.of();
  private volatile List<String> joined = List.of();
  private volatile List<String> known = List.of();

  /**
   * @param names who has said something
   */
  public Completion(NamesHeard names) {
    this.names = names;
  }

  /**
   * The words that fit.
   *
   * @param command the command that stands in front, if the word is the first behind it; else empty
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

  /** Whether what follows a command may be a name of several words, in quotes. */
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

  /** Who is in the room that is looked at. */
  public void people(Collection<String> now) {
    people = List.copyOf(now);
  }

  /** Which rooms the person is in. */
  void joined(List<String> now) {
    joined = now;
  }

  /** Which rooms the server has told of. */
  void known(List<String> now) {
    known = now;
  }
}
