package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient.Moderate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Computes the effects of moderation requests: the rules that begin and end, and the people to
 * remove. Changes nothing. Thread-safe.
 */
final class Effects {

  /**
   * The effect of a request.
   *
   * @param begin the rules to add
   * @param end the rules to delete
   * @param remove the people to remove
   */
  record Change(List<Rule> begin, List<Rule> end, Set<Attendee> remove) {}

  /** The request is invalid. */
  static final class RefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Denial why;

    RefusedException(Code code, String text) {
      super(text);
      this.why = Denial.of(code, text);
    }

    Denial why() {
      return why;
    }
  }

  private final Rules rules;
  private final Order order;
  private final Here here;
  private final Ownership owners;

  /** True if there are other servers, to which absent people may be connected. */
  private final boolean areShared;

  Effects(Rules rules, Order order, Here here, Ownership owners, boolean areShared) {
    this.rules = rules;
    this.order = order;
    this.here = here;
    this.owners = owners;
    this.areShared = areShared;
  }

  /**
   * The effect of an allowed request.
   *
   * @param by the name of its author
   * @param crowd the people in the room
   * @throws RefusedException if it is invalid
   */
  Change of(Moderate asked, String by, Crowd crowd) throws RefusedException {
    String scope = asked.room() == null ? Rule.SERVER : asked.room().key();
    Change change =
        switch (asked.action()) {
          case MUTE -> begins(by, asked, Sort.MUTE, subjects(asked), Set.of());
          case BAN -> {
            Set<String> subjects = subjects(asked);
            yield begins(by, asked, Sort.BAN, subjects, present(subjects));
          }
          case KICK -> kick(asked, crowd);
          case OP -> begins(by, asked, Sort.OP, Set.of(owned(asked)), Set.of());
          case INVITE -> begins(by, asked, Sort.INVITE, Set.of(owned(asked)), Set.of());
          case CLOSE -> close(by, asked, crowd);
          case RESTRICT -> begins(by, asked, Sort.RESTRICTED, Set.of(""), Set.of());
          case SLOW -> begins(by, asked, Sort.SLOW, Set.of(""), Set.of());
          case UNMUTE -> ends(scope, Sort.MUTE, asked);
          case UNBAN -> ends(scope, Sort.BAN, asked);
          case DEOP -> ends(scope, Sort.OP, asked);
          case UNINVITE -> ends(scope, Sort.INVITE, asked);
          case OPEN -> opens(scope);
          case UNRESTRICT -> ends(scope, Sort.RESTRICTED, asked);
          case UNSLOW -> ends(scope, Sort.SLOW, asked);
        };
    if (!rules.hasSpaceFor(scope, change.begin.size())) {
      throw new RefusedException(
          Code.FORBIDDEN,
          "There are too many rules (at most %d in a room, %d in all rooms); undo some first."
              .formatted(Rules.MOST_IN_ROOM, Rules.MOST));
    }
    return change;
  }

  /** The subjects of the target. */
  Set<String> subjects(Moderate asked) throws RefusedException {
    String target = String.valueOf(asked.target());
    Set<String> subjects = new LinkedHashSet<>();
    if (target.startsWith(Subject.ADDRESS)) {
      Network network;
      try {
        network = Network.of(target.substring(Subject.ADDRESS.length()));
      } catch (IllegalArgumentException e) {
        throw new RefusedException(Code.BAD_REQUEST, String.valueOf(e.getMessage()));
      }
      subjects.add(Subject.network(network));
    } else {
      subjects.add(Subject.name(target));
      for (Attendee named : here.find(Subject.name(target))) {
        subjects.addAll(Subject.of(named.person()));
        if (asked.address() && named.person().address() != null) {
          subjects.add(Subject.network(Network.ofPerson(named.person().address())));
        }
      }
    }
    return subjects;
  }

  /** The present people to whom some rules apply, without operators. */
  Set<Attendee> presentBy(List<Rule> held) {
    return present(held.stream().map(Rule::subject).collect(Collectors.toSet()));
  }

  /** The present people with one of these subjects, without operators. */
  Set<Attendee> present(Set<String> subjects) {
    Set<Attendee> present = new LinkedHashSet<>();
    for (String subject : subjects) {
      present.addAll(
          subject.startsWith(Subject.ADDRESS)
              ? here.find(Network.of(subject.substring(Subject.ADDRESS.length())))
              : here.find(subject));
    }
    present.removeIf(one -> order.isOperator(one.person()));
    return present;
  }

  private String owned(Moderate asked) throws RefusedException {
    String target = String.valueOf(asked.target());
    Owner owner = owners.ownerOf(target);
    if (owner == null) {
      throw new RefusedException(
          Code.FORBIDDEN, "Nobody owns the name " + shown(target) + "; it must be claimed first.");
    }
    return Subject.owner(owner);
  }

  private Change begins(
      String by, Moderate asked, Sort sort, Set<String> subjects, Set<Attendee> remove) {
    boolean isSlow = sort == Sort.SLOW;
    Long seconds = asked.seconds();
    String target = asked.target() == null ? "" : asked.target();
    List<Rule> begin = new ArrayList<>();
    for (String subject : subjects) {
      begin.add(
          new Rule(
              sort,
              asked.room() == null ? Rule.SERVER : asked.room().key(),
              subject,
              target,
              seconds == null || isSlow ? null : Long.valueOf(rules.now() + seconds * 1_000),
              seconds != null && isSlow ? seconds : 0,
              by,
              asked.why(),
              rules.now()));
    }
    return new Change(begin, List.of(), remove);
  }

  /** Closes a room. The owners who are in it can come back, as if invited. */
  private Change close(String by, Moderate asked, Crowd crowd) {
    Change closed = begins(by, asked, Sort.CLOSED, Set.of(""), Set.of());
    String room = closed.begin.get(0).scope();
    List<Rule> begin = new ArrayList<>(closed.begin);
    for (String name : Set.copyOf(crowd.names())) {
      Owner owner = owners.ownerOf(name);
      String subject = owner == null ? "" : Subject.owner(owner);
      if (owner != null && rules.find(Sort.INVITE, room, subject) == null) {
        begin.add(new Rule(Sort.INVITE, room, subject, name, null, 0, by, null, rules.now()));
      }
    }
    return new Change(begin, List.of(), Set.of());
  }

  /** Opens a closed room. Deletes its invitations, too, so that the next closing starts afresh. */
  private Change opens(String scope) {
    return new Change(
        List.of(),
        rules.all(scope, rule -> rule.sort() == Sort.CLOSED || rule.sort() == Sort.INVITE),
        Set.of());
  }

  private Change kick(Moderate asked, Crowd crowd) throws RefusedException {
    String target = String.valueOf(asked.target());
    boolean isMeantByName = asked.room() != null && !target.startsWith(Subject.ADDRESS);
    Set<Attendee> present = present(subjects(asked));
    boolean isThere = isMeantByName ? isIn(crowd, target) : !present.isEmpty();
    if (!isThere && !areShared) {
      throw new RefusedException(Code.FORBIDDEN, shown(target) + " is not here.");
    }
    return new Change(List.of(), List.of(), present);
  }

  /**
   * Returns true if somebody with a name is in a room. Compares names directly, as computing a key
   * for each member would take too long.
   */
  private boolean isIn(Crowd crowd, String name) {
    Set<String> written = new HashSet<>();
    here.find(Subject.name(name)).forEach(one -> written.add(one.person().name()));
    return crowd.hasAnyOf(written);
  }

  /** Ends all rules of one sort that were made for a target. */
  private Change ends(String scope, Sort sort, Moderate asked) throws RefusedException {
    String target = asked.target() == null ? "" : asked.target();
    Set<String> subjects = target.isEmpty() ? Set.of("") : subjects(asked);
    String name = Subject.name(target);
    List<Rule> end =
        rules.all(
            scope,
            rule ->
                rule.sort() == sort
                    && (subjects.contains(rule.subject())
                        || Subject.name(rule.target()).equals(name)));
    return new Change(List.of(), end, Set.of());
  }

  /** A name, printable and at most 100 characters long. */
  private static String shown(String name) {
    return VisibleText.of(name.length() > 100 ? name.substring(0, 100) + "…" : name);
  }
}
