package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient.Action;
import io.chatroom.protocol.session.FromClient.Moderate;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.ConflictException;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs moderation requests: checks permissions, changes the rules, writes the audit log, and
 * removes the people concerned. Thread-safe.
 */
final class Moderation {

  /** The author of the server's own commands. */
  static final String NOBODY = NamesInUse.SERVER;

  /** The longest wait between two messages in a slow room. */
  private static final long SLOWEST_SECONDS = 86_400;

  /** 100 years; for more, omit the end. */
  private static final long LONGEST_SECONDS = 3_155_760_000L;

  private static final Logger log = LoggerFactory.getLogger(Moderation.class);

  /** True while rules cannot be stored: logged only once. */
  private final AtomicBoolean troubled = new AtomicBoolean();

  private final Rules rules;
  private final Order order;
  private final Here here;
  private final Audit audit;
  private final Ownership owners;
  private final Errands errands;

  /** True if there are other servers, to which absent people may be connected. */
  private final boolean areShared;

  /**
   * @param facts passes requests to other servers
   * @param owners the owners of names
   * @throws IOException if facts cannot be read; the message is one sentence for people
   */
  @SuppressWarnings("this-escape") // the class is final
  Moderation(Rules rules, Order order, Here here, Audit audit, Facts facts, Owners owners)
      throws IOException {
    this.rules = rules;
    this.order = order;
    this.here = here;
    this.audit = audit;
    this.owners = owners;
    this.areShared = facts.areShared();
    this.errands = new Errands(facts, this::perform);
    rules.whenMadeElsewhere(this::apply);
  }

  /** The effect of an allowed request. */
  private record Change(List<Rule> begin, List<Rule> end, Set<Attendee> putOut) {}

  /**
   * Performs a request.
   *
   * @param by its author; null for the server's own commands
   * @param crowd the people in the room
   * @param done called, on any thread, with the reason of a refusal, or with null once the change
   *     is in force
   */
  void moderate(@Nullable Person by, Moderate asked, Crowd crowd, Consumer<@Nullable Denial> done) {
    Denial denial = by == null ? null : mayModerate(by, asked);
    if (denial == null) {
      denial = faultOf(asked);
    }
    if (denial != null) {
      done.accept(denial);
      return;
    }
    ConflictException.tryAgain(() -> tryTo(by, asked, crowd))
        .exceptionally(
            failure ->
                Denial.of(
                    Code.UNAVAILABLE, "The server cannot store this for now; try again later."))
        .thenAccept(done);
  }

  /** Completes with the reason of a refusal, or with null once the change is in force. */
  private CompletionStage<@Nullable Denial> tryTo(
      @Nullable Person by, Moderate asked, Crowd crowd) {
    Change change;
    try {
      change = change(by, asked, crowd);
    } catch (RefusedException e) {
      return CompletableFuture.completedStage(e.why());
    }
    List<Fact> more = new ArrayList<>(audit.facts(entry(by, asked), isOperator(by)));
    if (isHarmful(asked.action())) {
      Long seconds = asked.seconds();
      long now = rules.now();
      more.addAll(
          errands.facts(
              new Errand(asked, seconds == null ? null : now + seconds * 1_000, nameOf(by), now)));
    }
    return rules
        .change(change.begin, change.end, more)
        .thenApply(
            nothing -> {
              Set<Attendee> out = new LinkedHashSet<>(change.putOut);
              if (asked.action() == Action.BAN) {
                // including those who arrived before it was in force
                out.addAll(presentBy(change.begin));
              }
              out.forEach(one -> putOut(one, asked));
              return null;
            });
  }

  /**
   * Applies a rule that another server has made: removes the people whom it bans. If it bans a
   * name, their clients are banned, too. That cannot wait for the errand, which arrives after they
   * have gone.
   */
  private void apply(Rule rule) {
    if (rule.sort() != Sort.BAN) {
      return;
    }
    RoomName room = rule.scope().equals(Rule.SERVER) ? null : RoomName.of(rule.scope());
    Moderate ban = new Moderate("", Action.BAN, room, rule.target(), null, false, rule.why());
    Set<Attendee> present = presentBy(List.of(rule));
    if (!present.isEmpty() && rule.subject().equals(Subject.name(rule.target()))) {
      Set<String> subjects = new LinkedHashSet<>(Set.of(rule.subject()));
      present.forEach(one -> subjects.addAll(Subject.of(one.person())));
      report(ConflictException.tryAgain(() -> tryToExtend(ban, rule, subjects)));
    }
    present.forEach(one -> putOut(one, ban));
  }

  /** Performs a request that another server has received, for people who are present here. */
  private void perform(Errand errand) {
    Moderate asked = errand.asked();
    try {
      Set<String> subjects = subjects(asked);
      if (asked.action() == Action.KICK) {
        present(subjects).forEach(one -> putOut(one, asked));
      } else if (subjects.size() > 1) {
        Rule first =
            new Rule(
                asked.action() == Action.BAN ? Sort.BAN : Sort.MUTE,
                asked.room() == null ? Rule.SERVER : asked.room().key(),
                subjects.iterator().next(),
                String.valueOf(asked.target()),
                errand.until(),
                0,
                errand.by(),
                asked.why(),
                errand.at());
        report(ConflictException.tryAgain(() -> tryToExtend(asked, first, subjects)));
      }
    } catch (RefusedException e) {
      log.debug("cannot perform a moderation of another server", e);
    }
  }

  /** Extends a rule for a name to the other subjects of the people with that name here. */
  private CompletionStage<Void> tryToExtend(Moderate asked, Rule first, Set<String> subjects) {
    if (rules.find(first.sort(), first.scope(), first.subject()) == null) {
      return CompletableFuture.completedStage(null); // it was undone
    }
    List<Rule> more = new ArrayList<>();
    for (String subject : subjects) {
      if (rules.find(first.sort(), first.scope(), subject) == null) {
        more.add(
            new Rule(
                first.sort(),
                first.scope(),
                subject,
                first.target(),
                first.until(),
                0,
                first.by(),
                first.why(),
                first.at()));
      }
    }
    if (more.isEmpty() || !rules.hasSpaceFor(first.scope(), more.size())) {
      return CompletableFuture.completedStage(null);
    }
    CompletionStage<Void> safe = rules.begin(more);
    if (first.sort() == Sort.BAN) {
      presentBy(more).forEach(one -> putOut(one, asked));
    }
    return safe;
  }

  /**
   * Makes the owner of a name an operator, or revokes that.
   *
   * @param owner the owner; for a revocation, null is any owner of that name
   * @return completes when it is stored and in force
   */
  CompletionStage<Void> operator(String name, @Nullable Owner owner, boolean isOne) {
    List<Rule> begin =
        isOne && owner != null
            ? List.of(
                new Rule(
                    Sort.OPERATOR,
                    Rule.SERVER,
                    Subject.owner(owner),
                    owner.name(),
                    null,
                    0,
                    NOBODY,
                    null,
                    rules.now()))
            : List.of();
    Audit.Entry entry =
        new Audit.Entry(
            rules.now(), NOBODY, isOne ? "operator" : "no-operator", null, name, null, null);
    return ConflictException.tryAgain(
        () -> rules.change(begin, isOne ? List.of() : operators(name), audit.facts(entry, true)));
  }

  /** Records an action of the server's own commands in the audit log. */
  CompletionStage<Void> auditCommand(String action, String target) {
    Audit.Entry entry = new Audit.Entry(rules.now(), NOBODY, action, null, target, null, null);
    return store(entry, true);
  }

  private CompletionStage<Void> store(Audit.Entry entry, boolean isOperators) {
    return ConflictException.tryAgain(
        () -> rules.change(List.of(), List.of(), audit.facts(entry, isOperators)));
  }

  /** Records that somebody other than its author has deleted a message. */
  void auditDeletion(Person by, RoomName room, String author, long seq) {
    Audit.Entry entry =
        new Audit.Entry(
            rules.now(), by.name(), "delete", room.text(), author, null, "message " + seq);
    report(store(entry, isOperator(by)));
  }

  private boolean isOperator(@Nullable Person by) {
    return by == null || order.isOperator(by);
  }

  /** The rules that make the owners of a name operators. */
  List<Rule> operators(String name) {
    return rules.all(
        Rule.SERVER,
        rule -> rule.sort() == Sort.OPERATOR && NamesInUse.areSame(rule.target(), name));
  }

  /** Makes a person op of a room that they have made, at once. */
  void founds(Person person, RoomName room) {
    Owner owner = person.owner();
    if (owner != null && owners.isOwner(owner) && rules.isEmpty(room.key())) {
      report(ConflictException.tryAgain(() -> tryToFound(owner, person, room)));
    }
  }

  private CompletionStage<Void> tryToFound(Owner owner, Person person, RoomName room) {
    if (!rules.isEmpty(room.key()) || !rules.hasSpaceFor(room.key(), 1)) {
      return CompletableFuture.completedStage(null);
    }
    Rule op =
        new Rule(
            Sort.OP,
            room.key(),
            Subject.owner(owner),
            person.name(),
            null,
            0,
            person.name(),
            null,
            rules.now());
    return rules.begin(List.of(op));
  }

  /** Deletes the rules for an ownership that has ended. */
  void forget(Owner owner) {
    report(ConflictException.tryAgain(() -> tryToForget(owner)));
  }

  private CompletionStage<Void> tryToForget(Owner owner) {
    List<Rule> over = rules.of(Subject.owner(owner));
    return over.isEmpty()
        ? CompletableFuture.completedStage(null)
        : rules.change(List.of(), over, List.of());
  }

  /** Logs the failure of a change that nobody waits for. */
  void report(CompletionStage<Void> change) {
    change.whenComplete(
        (safe, failure) -> {
          if (failure == null) {
            troubled.set(false);
          } else if (!troubled.getAndSet(true)) {
            log.warn("a moderation rule cannot be stored: {}", words(failure));
          }
        });
  }

  private static String words(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
  }

  private Audit.Entry entry(@Nullable Person by, Moderate asked) {
    return new Audit.Entry(
        rules.now(),
        nameOf(by),
        asked.action().text(),
        asked.room() == null ? null : asked.room().text(),
        asked.target(),
        asked.seconds(),
        asked.why());
  }

  private static String nameOf(@Nullable Person by) {
    return by == null ? NOBODY : by.name();
  }

  // ---- permissions

  private @Nullable Denial mayModerate(Person by, Moderate asked) {
    RoomName room = asked.room();
    if (!owners.isOwner(by.owner()) || by.bot() != null) {
      return Denial.of(Code.FORBIDDEN, "Only owners of names can moderate; claim your name first.");
    }
    if (room == null ? !order.isOperator(by) : !order.isOp(by, room)) {
      return Denial.of(
          Code.FORBIDDEN,
          room == null
              ? "Only operators can moderate the whole server."
              : "Only the ops of " + room.text() + " can moderate it.");
    }
    String target = asked.target();
    if (target == null || order.isOperator(by)) {
      return target != null && isHarmful(asked.action()) && isName(by, target)
          ? Denial.of(Code.BAD_REQUEST, "You cannot " + asked.action().text() + " yourself.")
          : null;
    }
    if (target.startsWith(Subject.ADDRESS)) {
      return Denial.of(Code.FORBIDDEN, "Only operators can moderate by address.");
    }
    if (isHarmful(asked.action()) && order.isOperator(target)) {
      return Denial.of(Code.FORBIDDEN, "Only operators can do that to an operator of the server.");
    }
    return isHarmful(asked.action()) && isName(by, target)
        ? Denial.of(Code.BAD_REQUEST, "You cannot " + asked.action().text() + " yourself.")
        : null;
  }

  private static boolean isName(Person person, String name) {
    return Subject.name(person.name()).equals(Subject.name(name));
  }

  private static boolean isHarmful(Action action) {
    return action == Action.MUTE || action == Action.KICK || action == Action.BAN;
  }

  private @Nullable Denial faultOf(Moderate asked) {
    Action action = asked.action();
    Long seconds = asked.seconds();
    String fault = null;
    if (asked.room() == null && (action == Action.OP || action == Action.DEOP)) {
      return Denial.of(
          Code.FORBIDDEN, "Only the server's own command (chat-server operator) makes operators.");
    }
    if (asked.room() != null && asked.room().isPrivate()) {
      return Denial.of(Code.FORBIDDEN, "A private room of two cannot be moderated.");
    }
    if (seconds != null) {
      fault =
          switch (action) {
            case MUTE, BAN, CLOSE, RESTRICT -> outOf("seconds", seconds, LONGEST_SECONDS);
            case SLOW -> outOf("seconds", seconds, SLOWEST_SECONDS);
            default -> "seconds has no meaning for " + action.text() + "; leave it out.";
          };
    }
    if (fault == null && asked.address() && !isHarmful(action)) {
      fault = "address has no meaning for " + action.text() + "; leave it out.";
    }
    return fault == null ? null : Denial.of(Code.BAD_REQUEST, fault);
  }

  private static @Nullable String outOf(String field, long value, long most) {
    return value <= most ? null : field + " is " + value + ", expected at most " + most + ".";
  }

  // ---- effects

  /** The request is invalid. */
  private static final class RefusedException extends Exception {

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

  private Change change(@Nullable Person by, Moderate asked, Crowd crowd) throws RefusedException {
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
  private Set<String> subjects(Moderate asked) throws RefusedException {
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
  private Set<Attendee> presentBy(List<Rule> held) {
    return present(held.stream().map(Rule::subject).collect(Collectors.toSet()));
  }

  /** The present people with one of these subjects, without operators. */
  private Set<Attendee> present(Set<String> subjects) {
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
      @Nullable Person by, Moderate asked, Sort sort, Set<String> subjects, Set<Attendee> putOut) {
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
              nameOf(by),
              asked.why(),
              rules.now()));
    }
    return new Change(begin, List.of(), putOut);
  }

  /** Closes a room. The owners who are in it can come back, as if invited. */
  private Change close(@Nullable Person by, Moderate asked, Crowd crowd) {
    Change closed = begins(by, asked, Sort.CLOSED, Set.of(""), Set.of());
    String room = closed.begin.get(0).scope();
    List<Rule> begin = new ArrayList<>(closed.begin);
    for (String name : Set.copyOf(crowd.names())) {
      Owner owner = owners.ownerOf(name);
      String subject = owner == null ? "" : Subject.owner(owner);
      if (owner != null && rules.find(Sort.INVITE, room, subject) == null) {
        begin.add(
            new Rule(Sort.INVITE, room, subject, name, null, 0, nameOf(by), null, rules.now()));
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

  // ---- removals

  private static void putOut(Attendee one, Moderate asked) {
    RoomName room = asked.room();
    boolean ban = asked.action() == Action.BAN;
    String why = Order.because(asked.why());
    if (room != null) {
      one.putOutOf(
          room, (ban ? "You are banned from " : "You were removed from ") + room.text() + why);
    } else {
      one.putOut(
          Denial.of(
              ban ? Code.BANNED : Code.KICKED,
              (ban ? "You are banned from this server" : "You were removed from this server")
                  + why));
    }
  }
}
