package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.RoomName;
import java.net.InetAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Permissions according to the rules. Called for each message, so it must be fast. Thread-safe. */
final class Order {

  private final Rules rules;
  private final Ownership ownership;
  private final Turns turns = new Turns();

  Order(Rules rules, Ownership ownership) {
    this.rules = rules;
    this.ownership = ownership;
  }

  /** Returns true if a person is an operator of the server. */
  boolean isOperator(Person person) {
    return canHaveRole(person) && has(Sort.OPERATOR, Rule.SERVER, person.owner());
  }

  /** Returns true if the owner of a name is an operator of the server, present or absent. */
  boolean isOperator(String name) {
    return !rules.isEmpty(Sort.OPERATOR, Rule.SERVER)
        && has(Sort.OPERATOR, Rule.SERVER, ownership.ownerOf(name));
  }

  /** Returns true if a person may moderate a room. */
  boolean isOp(Person person, RoomName room) {
    return !room.isPrivate()
        && canHaveRole(person)
        && (has(Sort.OP, room.key(), person.owner()) || isOperator(person));
  }

  /**
   * Returns true if a person can have a role: they must own their name. A bot has its owner's name,
   * but not the owner's rights.
   */
  private static boolean canHaveRole(Person person) {
    return person.owner() != null && person.bot() == null;
  }

  /** Returns true if there is a rule for an owner. */
  private boolean has(Sort sort, String scope, @Nullable Owner owner) {
    return owner != null
        && !rules.isEmpty(sort, scope)
        && ownership.isOwner(owner)
        && rules.find(sort, scope, Subject.owner(owner)) != null;
  }

  /** Returns true if an address is banned from connecting. */
  boolean bans(InetAddress address) {
    return rules.find(Sort.BAN, Rule.SERVER, address) != null;
  }

  /** Why a person may not connect; null if they may. */
  @Nullable Denial mayConnect(Person person) {
    Rule ban = rules.find(Sort.BAN, Rule.SERVER, person);
    return ban == null || isOperator(person)
        ? null
        : Denial.of(Code.BANNED, sentence("You are banned from this server", ban));
  }

  /** Why a person may not join a room; null if they may. */
  @Nullable Denial mayJoin(Person person, RoomName room) {
    String key = room.key();
    if (rules.isEmpty(key)) {
      return null;
    }
    Rule ban = rules.find(Sort.BAN, key, person);
    if (ban != null && !isOp(person, room)) {
      return Denial.of(Code.FORBIDDEN, sentence("You are banned from " + room.text(), ban));
    }
    Rule closed = rules.find(Sort.CLOSED, key, "");
    if (closed != null && !isOp(person, room) && !isInvited(person, key)) {
      return Denial.of(Code.CLOSED, "The room " + room.text() + " is closed to newcomers.");
    }
    return null;
  }

  private boolean isInvited(Person person, String room) {
    return has(Sort.INVITE, room, person.owner());
  }

  /** Why a person who is in a room may not post there; null if they may. */
  @Nullable Denial mayTalk(Person person, RoomName room) {
    Denial denial = maySetTopic(person, room);
    if (denial != null || rules.isEmpty(room.key())) {
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
            "In %s everybody can post once every %d s; wait %d s."
                .formatted(room.text(), slow.seconds(), (wait + 999) / 1_000));
  }

  /** The wait of a person for their next turn, in milliseconds; 0 if they can post. */
  long untilTurnMillis(Person person, RoomName room) {
    Rule slow = rules.isEmpty(room.key()) ? null : rules.find(Sort.SLOW, room.key(), "");
    return slow == null || isOp(person, room)
        ? 0
        : turns.left(room.key(), whoseTurn(person), slow.seconds() * 1_000, rules.now());
  }

  /**
   * The subjects whose turns a person shares. A guest shares them with all guests of the address,
   * because a guest can change name and client.
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

  /** Why a person who is in a room may not set its topic; null if they may. */
  @Nullable Denial maySetTopic(Person person, RoomName room) {
    if (rules.isEmpty()) {
      return null;
    }
    boolean roomHasRules = !rules.isEmpty(room.key());
    if (!roomHasRules && rules.isEmpty(Rule.SERVER)) {
      return null;
    }
    Rule mute = rules.find(Sort.MUTE, Rule.SERVER, person);
    if (mute != null && !isOperator(person)) {
      return Denial.of(Code.MUTED, sentence("You are muted on this server", mute));
    }
    if (!roomHasRules || isOp(person, room)) {
      return null;
    }
    Rule here = rules.find(Sort.MUTE, room.key(), person);
    if (here != null) {
      return Denial.of(Code.MUTED, sentence("You are muted in " + room.text(), here));
    }
    return rules.find(Sort.RESTRICTED, room.key(), "") == null
        ? null
        : Denial.of(Code.MUTED, "Only ops and operators can post in " + room.text() + ".");
  }

  private static String sentence(String what, Rule rule) {
    String until =
        rule.until() == null
            ? ""
            : " until " + Instant.ofEpochMilli(rule.until()).truncatedTo(ChronoUnit.SECONDS);
    return what + until + because(rule.why());
  }

  /** Ends a sentence with a reason, if there is one. */
  static String because(@Nullable String why) {
    return why == null || why.isEmpty() ? "." : ": " + why;
  }
}
