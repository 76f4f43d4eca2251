package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient.Action;
import io.chatroom.protocol.session.FromClient.Moderate;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.ConflictException;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
  private final Audit audit;
  private final Ownership owners;
  private final Errands errands;
  private final Effects effects;

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
    this.audit = audit;
    this.owners = owners;
    this.effects = new Effects(rules, order, here, owners, facts.areShared());
    this.errands = new Errands(facts, this::perform);
    rules.whenMadeElsewhere(this::apply);
  }

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
    Effects.Change change;
    try {
      change = effects.of(asked, nameOf(by), crowd);
    } catch (Effects.RefusedException e) {
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
        .change(change.begin(), change.end(), more)
        .thenApply(
            nothing -> {
              Set<Attendee> out = new LinkedHashSet<>(change.remove());
              if (asked.action() == Action.BAN) {
                // including those who arrived before it was in force
                out.addAll(effects.presentBy(change.begin()));
              }
              out.forEach(one -> remove(one, asked));
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
    Set<Attendee> present = effects.presentBy(List.of(rule));
    if (!present.isEmpty() && rule.subject().equals(Subject.name(rule.target()))) {
      Set<String> subjects = new LinkedHashSet<>(Set.of(rule.subject()));
      present.forEach(one -> subjects.addAll(Subject.of(one.person())));
      report(ConflictException.tryAgain(() -> tryToExtend(ban, rule, subjects)));
    }
    present.forEach(one -> remove(one, ban));
  }

  /** Performs a request that another server has received, for people who are present here. */
  private void perform(Errand errand) {
    Moderate asked = errand.asked();
    try {
      Set<String> subjects = effects.subjects(asked);
      if (asked.action() == Action.KICK) {
        effects.present(subjects).forEach(one -> remove(one, asked));
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
    } catch (Effects.RefusedException e) {
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
      effects.presentBy(more).forEach(one -> remove(one, asked));
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

  // ---- removals

  private static void remove(Attendee one, Moderate asked) {
    RoomName room = asked.room();
    boolean ban = asked.action() == Action.BAN;
    String why = Order.because(asked.why());
    if (room != null) {
      one.removeFrom(
          room, (ban ? "You are banned from " : "You were removed from ") + room.text() + why);
    } else {
      one.disconnect(
          Denial.of(
              ban ? Code.BANNED : Code.KICKED,
              (ban ? "You are banned from this server" : "You were removed from this server")
                  + why));
    }
  }
}
