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
 * Does what those say who keep order: looks whether they may, changes what holds, tells the audit
 * log, and puts out whom it concerns. Thread-safe.
 */
final class Moderation {

  /** Who does what the server's own commands do. */
  static final String NOBODY = NamesInUse.SERVER;

  /** Nobody waits longer between two messages. */
  private static final long SLOWEST_SECONDS = 86_400;

  /** 100 years: who wants more wants no end. */
  private static final long LONGEST_SECONDS = 3_155_760_000L;

  private static final Logger log = LoggerFactory.getLogger(Moderation.class);

  /** Told once, until it works again. */
  private final AtomicBoolean troubled = new AtomicBoolean();

  private final Rules rules;
  private final Order order;
  private final Here here;
  private final Audit audit;
  private final Ownership owners;
  private final Errands errands;

  /** Whether there are other servers, on which may be who is not here. */
  private final boolean areShared;

  /**
   * @param facts by which servers do what each other's members want
   * @param owners which names belong to somebody
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
    this.errands = new Errands(facts, this::isTold);
    rules.whenTold(this::isTold);
  }

  /** What an order is, when it is known that it may be done. */
  private record Change(List<Rule> begin, List<Rule> end, Set<Attendee> putOut) {}

  /**
   * Does something.
   *
   * @param by who wants it; the server's own commands have nobody
   * @param crowd who is in the room
   * @param done gets why it was not done, or null once it holds; on any thread
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
                    Code.UNAVAILABLE, "The server cannot remember this for now, try again later."))
        .thenAccept(done);
  }

  /** Completed with why it is not done, or null once it holds. */
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
                out.addAll(presentBy(change.begin)); // who came before it held
              }
              out.forEach(one -> putOut(one, asked));
              return null;
            });
  }

  /**
   * Another server has laid something down for those who are known in some way. Who is put out has
   * gone when the errand is told: by what else it is known here is looked at before.
   */
  private void isTold(Rule rule) {
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

  /** Another server has done something by a name, by which somebody may be known here. */
  private void isTold(Errand errand) {
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
      log.debug("what another server asks for cannot be done", e);
    }
  }

  /** By what else somebody is known here to whom something was done by its name. */
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
    if (more.isEmpty() || !rules.haveSpaceFor(first.scope(), more.size())) {
      return CompletableFuture.completedStage(null);
    }
    CompletionStage<Void> safe = rules.begin(more);
    if (first.sort() == Sort.BAN) {
      presentBy(more).forEach(one -> putOut(one, asked));
    }
    return safe;
  }

  /**
   * Makes the owner of a name an operator, or takes that back.
   *
   * @param owner who it is; where that is taken back, null is whoever was called so
   * @return completed when that is safe, and holds
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

  /** The audit log is told what a command of the server's own has done. */
  CompletionStage<Void> tell(String action, String target) {
    Audit.Entry entry = new Audit.Entry(rules.now(), NOBODY, action, null, target, null, null);
    return tell(entry, true);
  }

  private CompletionStage<Void> tell(Audit.Entry entry, boolean isOperators) {
    return ConflictException.tryAgain(
        () -> rules.change(List.of(), List.of(), audit.facts(entry, isOperators)));
  }

  /** Somebody has deleted what another one had said. */
  void tellDeleted(Person by, RoomName room, String author, long seq) {
    Audit.Entry entry =
        new Audit.Entry(
            rules.now(), by.name(), "delete", room.text(), author, null, "message " + seq);
    report(tell(entry, isOperator(by)));
  }

  private boolean isOperator(@Nullable Person by) {
    return by == null || order.isOperator(by);
  }

  /** What makes those operators that are called so. */
  List<Rule> operators(String name) {
    return rules.all(
        Rule.SERVER,
        rule -> rule.sort() == Sort.OPERATOR && NamesInUse.areSame(rule.target(), name));
  }

  /** Somebody has made a room, and keeps order there at once. */
  void founds(Person person, RoomName room) {
    Owner owner = person.owner();
    if (owner != null && owners.isOwner(owner) && rules.areNone(room.key())) {
      report(ConflictException.tryAgain(() -> tryToFound(owner, person, room)));
    }
  }

  private CompletionStage<Void> tryToFound(Owner owner, Person person, RoomName room) {
    if (!rules.areNone(room.key()) || !rules.haveSpaceFor(room.key(), 1)) {
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

  /** Somebody owns its name no more: what was laid down for it holds for nobody. */
  void forget(Owner owner) {
    report(ConflictException.tryAgain(() -> tryToForget(owner)));
  }

  private CompletionStage<Void> tryToForget(Owner owner) {
    List<Rule> over = rules.of(Subject.owner(owner));
    return over.isEmpty()
        ? CompletableFuture.completedStage(null)
        : rules.change(List.of(), over, List.of());
  }

  /** Nobody waits for it: that it could not be done is for the operator's eyes. */
  void report(CompletionStage<Void> change) {
    change.whenComplete(
        (safe, failure) -> {
          if (failure == null) {
            troubled.set(false);
          } else if (!troubled.getAndSet(true)) {
            log.warn("what keeps order in a room cannot be remembered: {}", words(failure));
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

  // ---- whether it may be done

  private @Nullable Denial mayModerate(Person by, Moderate asked) {
    RoomName room = asked.room();
    if (!owners.isOwner(by.owner()) || by.bot() != null) {
      return Denial.of(Code.FORBIDDEN, "Only owned names keep order; claim yours first.");
    }
    if (room == null ? !order.isOperator(by) : !order.isOp(by, room)) {
      return Denial.of(
          Code.FORBIDDEN,
          room == null
              ? "Only operators keep order in the whole server."
              : "Only the ops of " + room.text() + " keep order there.");
    }
    String target = asked.target();
    if (target == null || order.isOperator(by)) {
      return target != null && isHarmful(asked.action()) && isName(by, target)
          ? Denial.of(Code.BAD_REQUEST, "You cannot " + asked.action().text() + " yourself.")
          : null;
    }
    if (target.startsWith(Subject.ADDRESS)) {
      return Denial.of(Code.FORBIDDEN, "Only operators keep order by addresses.");
    }
    if (isHarmful(asked.action()) && order.isOperator(target)) {
      return Denial.of(
          Code.FORBIDDEN, "This is an operator of the server, only operators can do that to one.");
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
          Code.FORBIDDEN,
          "Operators are made by the server's own commands (chat-server operator).");
    }
    if (asked.room() != null && asked.room().isPrivate()) {
      return Denial.of(Code.FORBIDDEN, "There is no order to keep in a room of two.");
    }
    if (seconds != null) {
      fault =
          switch (action) {
            case MUTE, BAN, CLOSE, RESTRICT -> outOf("seconds", seconds, LONGEST_SECONDS);
            case SLOW -> outOf("seconds", seconds, SLOWEST_SECONDS);
            default -> "seconds have no meaning for " + action.text() + ", leave them out.";
          };
    }
    if (fault == null && asked.address() && !isHarmful(action)) {
      fault = "address has no meaning for " + action.text() + ", leave it out.";
    }
    return fault == null ? null : Denial.of(Code.BAD_REQUEST, fault);
  }

  private static @Nullable String outOf(String field, long value, long most) {
    return value <= most ? null : field + " is " + value + ", expected at most " + most + ".";
  }

  // ---- what is to be done

  /** It cannot be done. */
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
    if (!rules.haveSpaceFor(scope, change.begin.size())) {
      throw new RefusedException(
          Code.FORBIDDEN,
          "As much holds already as can (%d in a room, %d in all rooms), undo some of it first."
              .formatted(Rules.MOST_IN_ROOM, Rules.MOST));
    }
    return change;
  }

  /** By what those are known to whom it is to be done. */
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

  /** Who is here and known to some rules, but for operators. */
  private Set<Attendee> presentBy(List<Rule> held) {
    return present(held.stream().map(Rule::subject).collect(Collectors.toSet()));
  }

  /** Who is here and known so, but for operators. */
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
          Code.FORBIDDEN,
          "The name " + shown(target) + " is not owned, it has to be claimed first.");
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

  /** Names that are owned and in the room may come back: they are not new. */
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

  /** Those who were in it when it was closed, and those invited, begin anew with the next time. */
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

  /** Whether one who has a name is in a room: a key for each member would take long. */
  private boolean isIn(Crowd crowd, String name) {
    Set<String> written = new HashSet<>();
    here.find(Subject.name(name)).forEach(one -> written.add(one.person().name()));
    return crowd.hasAnyOf(written);
  }

  /** All that was laid down for a target ends with it. */
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

  /** A name as it stands in a sentence. */
  private static String shown(String name) {
    return VisibleText.of(name.length() > 100 ? name.substring(0, 100) + "…" : name);
  }

  // ---- those it is done to

  private static void putOut(Attendee one, Moderate asked) {
    RoomName room = asked.room();
    boolean ban = asked.action() == Action.BAN;
    String why = Order.because(asked.why());
    if (room != null) {
      one.putOutOf(
          room, (ban ? "You are banned from " : "You were put out of ") + room.text() + why);
    } else {
      one.putOut(
          Denial.of(
              ban ? Code.BANNED : Code.KICKED,
              (ban ? "You are banned from this server" : "You were put out of this server") + why));
    }
  }
}
