package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.RoomName;
import java.net.InetAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Permissions according to the rules. Called for each message: answers at once. Thread-safe. */
final class Order {

  private final Rules rules;
  private final Ownership ownership;
  private final Turns turns = new Turns();

  Order(Rules rules, Ownership ownership) {
    this.rules = rules;
    this.ownership = ownership;
  }

  /** Whether a person is an operator of the server. */
  boolean isOperator(Person person) {
    return keepsOrder(person) && has(Sort.OPERATOR, Rule.SERVER, person.owner());
  }

  /** The same for somebody who may be absent. */
  boolean isOperator(String name) {
    return !rules.areNone(Sort.OPERATOR, Rule.SERVER)
        && has(Sort.OPERATOR, Rule.SERVER, ownership.ownerOf(name));
  }

  /** Whether a person may moderate a room. */
  boolean isOp(Person person, RoomName room) {
    return !room.isPrivate()
        && keepsOrder(person)
        && (has(Sort.OP, room.key(), person.owner()) || isOperator(person));
  }

  /**
   * Only owners of a name can have a rule of their own; a bot has its owner's name, but not the
   * owner's rights.
   */
  private static boolean keepsOrder(Person person) {
    return person.owner() != null && person.bot() == null;
  }

  /** Whether the owner of a name has a rule. */
  private boolean has(Sort sort, String scope, @Nullable Owner owner) {
    return owner != null
        && !rules.areNone(sort, scope)
        && ownership.isOwner(owner)
        && rules.find(sort, scope, Subject.owner(owner)) != null;
  }

  /** Whether an address is banned from connecting. */
  boolean bans(InetAddress address) {
    return rules.find(Sort.BAN, Rule.SERVER, address) != null;
  }

  /** Why a person may not come in; null if they may. */
  @Nullable Denial mayComeIn(Person person) {
    Rule ban = rules.find(Sort.BAN, Rule.SERVER, person);
    return ban == null || isOperator(person)
        ? null
        : Denial.of(Code.BANNED, sentence("You are banned from this server", ban));
  }

  /** Why a person may not join a room; null if they may. */
  @Nullable Denial mayJoin(Person person, RoomName room) {
    String key = room.key();
    if (rules.areNone(key)) {
      return null;
    }
    Rule ban = rules.find(Sort.BAN, key, person);
    if (ban != null && !isOp(person, room)) {
      return Denial.of(Code.FORBIDDEN, sentence("You are banned from " + room.text(), ban));
    }
    Rule closed = rules.find(Sort.CLOSED, key, "");
    if (closed != null && !isOp(person, room) && !isInvited(person, key)) {
      return Denial.of(Code.CLOSED, "The room " + room.text() + " takes nobody new.");
    }
    return null;
  }

  private boolean isInvited(Person person, String room) {
    return has(Sort.INVITE, room, person.owner());
  }

  /** Why a person who is in a room may not post there; null if they may. */
  @Nullable Denial mayTalk(Person person, RoomName room) {
    Denial denial = maySetTopic(person, room);
    if (denial != null || rules.areNone(room.key())) {
      return denial;
    }
    Rule slow = rules.find(Sort.SLOW, room.key(), "");
    if (slow == null || isOp(person, room)) {
      return null;
    }
    long wait = turns.take(room.key(), whoseTurn(person), slow.seconds() * 1_000, rules.now());
    return wait == 0
        ? null
        : new Denial(
            Code.RATE,
            wait,
            "In %s everybody posts once in %d s, wait for %d s."
                .formatted(room.text(), slow.seconds(), (wait + 999) / 1_000));
  }

  /** How long a person must wait for the next turn; 0 for none. */
  long untilTurnMillis(Person person, RoomName room) {
    Rule slow = rules.areNone(room.key()) ? null : rules.find(Sort.SLOW, room.key(), "");
    return slow == null || isOp(person, room)
        ? 0
        : turns.left(room.key(), whoseTurn(person), slow.seconds() * 1_000, rules.now());
  }

  /**
   * A guest shares turns with all guests of the address, because a guest can change name and
   * client.
   */
  private Set<String> whoseTurn(Person person) {
    if (ownership.isOwner(person.owner())) {
      return Set.of(Subject.name(person.name()));
    }
    Set<String> subjects = Subject.of(person);
    if (person.address() != null) {
      subjects.add(Subject.network(Network.ofPerson(person.address())));
    }
    return subjects;
  }

  /** The same for a topic, without turns. */
  @Nullable Denial maySetTopic(Person person, RoomName room) {
    if (rules.areNone()) {
      return null;
    }
    boolean anything = !rules.areNone(room.key());
    if (!anything && rules.areNone(Rule.SERVER)) {
      return null;
    }
    Rule mute = rules.find(Sort.MUTE, Rule.SERVER, person);
    if (mute != null && !isOperator(person)) {
      return Denial.of(Code.MUTED, sentence("You may not talk on this server", mute));
    }
    if (!anything || isOp(person, room)) {
      return null;
    }
    Rule here = rules.find(Sort.MUTE, room.key(), person);
    if (here != null) {
      return Denial.of(Code.MUTED, sentence("You may not talk in " + room.text(), here));
    }
    return rules.find(Sort.RESTRICTED, room.key(), "") == null
        ? null
        : Denial.of(Code.MUTED, "Only those who keep order may talk in " + room.text() + ".");
  }

  private static String sentence(String what, Rule rule) {
    String until =
        rule.until() == null
            ? ""
            : " until " + Instant.ofEpochMilli(rule.until()).truncatedTo(ChronoUnit.SECONDS);
    return what + until + because(rule.why());
  }

  /** The end of a sentence. */
  static String because(@Nullable String why) {
    return why == null || why.isEmpty() ? "." : ": " + why;
  }
}
