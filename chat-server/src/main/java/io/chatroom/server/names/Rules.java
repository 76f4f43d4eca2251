package io.chatroom.server.names;

import io.chatroom.server.facts.ConflictException;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that holds, in the whole server and in each room. It is answered from memory; a change holds
 * from when it is safe. What has run out is there for nobody, and is forgotten in time.
 * Thread-safe.
 */
final class Rules {

  /** So many there can be in one room, and so many in all rooms; as many in the whole server. */
  static final int MOST_IN_ROOM = 2_000;

  static final int MOST = 100_000;

  private static final int PAGE = 1_000;
  private static final long FORGETS_EVERY_MILLIS = 60_000;

  private static final Logger log = LoggerFactory.getLogger(Rules.class);

  private final Facts facts;
  private final InstantSource clock;
  private final ConcurrentMap<String, Scope> scopes = new ConcurrentHashMap<>();

  /** How many there are in all rooms. */
  private final AtomicInteger inRooms = new AtomicInteger();

  private long forgotAt;
  private int changing;
  private volatile boolean isOpen;
  private volatile Consumer<Rule> whenTold = rule -> {};

  /** What holds in a room, or in the server. */
  private static final class Scope {
    final Map<Sort, ConcurrentMap<String, Rule>> rules = new EnumMap<>(Sort.class);

    /** How many bits the prefixes of its networks have. */
    final Set<Integer> prefixes = new CopyOnWriteArraySet<>();

    Scope() {
      for (Sort sort : Sort.values()) {
        rules.put(sort, new ConcurrentHashMap<>(2));
      }
    }

    ConcurrentMap<String, Rule> of(Sort sort) {
      return Objects.requireNonNull(rules.get(sort));
    }

    Stream<Rule> all() {
      return rules.values().stream().flatMap(some -> some.values().stream());
    }

    int size() {
      return rules.values().stream().mapToInt(Map::size).sum();
    }
  }

  /**
   * Reads all that holds.
   *
   * @throws IOException if that cannot be; the message is one sentence for people
   */
  @SuppressWarnings("this-escape") // the class is final
  Rules(Facts facts, InstantSource clock) throws IOException {
    this.facts = facts;
    this.clock = clock;
    facts.follow(Rule.KIND, this::isTold);
    isOpen = true;
  }

  /** Something holds, or another server has changed that. */
  private void isTold(Fact fact) {
    Rule rule;
    try {
      rule = Rule.of(fact);
    } catch (IllegalArgumentException e) {
      if (!isOpen) {
        throw e;
      }
      log.warn(e.getMessage());
      return;
    }
    synchronized (this) {
      if (fact.value() == null) {
        holdsNoMore(rule);
      } else {
        holds(rule);
      }
    }
    if (fact.value() != null) {
      whenTold.accept(rule);
    }
  }

  /**
   * Tells what other servers have laid down.
   *
   * @param told called by any thread, must return soon
   */
  void whenTold(Consumer<Rule> told) {
    whenTold = told;
  }

  /** The facts that say what holds for one subject, while no server uses them. */
  static List<Fact> gone(Facts facts, String subject) throws IOException {
    List<Fact> gone = new ArrayList<>();
    String after = "";
    for (List<Fact> page = facts.read(Rule.KIND, after, PAGE);
        !page.isEmpty();
        page = facts.read(Rule.KIND, after, PAGE)) {
      page.stream()
          .map(Rule::of)
          .filter(rule -> rule.subject().equals(subject))
          .forEach(rule -> gone.add(rule.gone()));
      after = page.get(page.size() - 1).key();
    }
    return gone;
  }

  long now() {
    return clock.millis();
  }

  private void holds(Rule rule) {
    scopes.compute(
        rule.scope(),
        (key, present) -> {
          Scope scope = present == null ? new Scope() : present;
          if (rule.subject().startsWith(Subject.ADDRESS)) {
            int slash = rule.subject().lastIndexOf('/');
            scope.prefixes.add(Integer.valueOf(rule.subject().substring(slash + 1)));
          }
          boolean isNew = scope.of(rule.sort()).put(rule.subject(), rule) == null;
          inRooms.addAndGet(isNew && !key.equals(Rule.SERVER) ? 1 : 0);
          return scope;
        });
  }

  private void holdsNoMore(Rule rule) {
    scopes.computeIfPresent(
        rule.scope(),
        (key, scope) -> {
          boolean was = scope.of(rule.sort()).remove(rule.subject()) != null;
          inRooms.addAndGet(was && !key.equals(Rule.SERVER) ? -1 : 0);
          return scope.size() == 0 ? null : scope;
        });
  }

  // ---- what holds

  /** Whether there are none at all. */
  boolean areNone() {
    return scopes.isEmpty();
  }

  /** Whether there are none for a room, or the server. */
  boolean areNone(String scope) {
    return !scopes.containsKey(scope);
  }

  /** The same of one sort: where it is so, who somebody is need not be looked at. */
  boolean areNone(Sort sort, String scope) {
    Scope in = scopes.get(scope);
    return in == null || in.of(sort).isEmpty();
  }

  /** What holds for a subject; null if nothing does. */
  @Nullable Rule find(Sort sort, String scope, String subject) {
    Scope in = scopes.get(scope);
    Rule rule = in == null ? null : in.of(sort).get(subject);
    return rule != null && rule.holdsAt(now()) ? rule : null;
  }

  /** What holds for an address; null if nothing does. */
  @Nullable Rule find(Sort sort, String scope, InetAddress address) {
    Scope in = scopes.get(scope);
    if (in != null) {
      for (int prefix : in.prefixes) {
        Rule rule = find(sort, scope, Subject.network(Network.of(address, prefix)));
        if (rule != null) {
          return rule;
        }
      }
    }
    return null;
  }

  /** What holds for somebody, however it is known; null if nothing does. */
  @Nullable Rule find(Sort sort, String scope, Person person) {
    if (areNone(sort, scope)) {
      return null;
    }
    for (String subject : Subject.of(person)) {
      Rule rule = find(sort, scope, subject);
      if (rule != null) {
        return rule;
      }
    }
    return person.address() == null ? null : find(sort, scope, person.address());
  }

  /** Those of some sort that hold in a room or the server, the oldest first. */
  List<Rule> all(String scope, Predicate<Rule> wanted) {
    Scope in = scopes.get(scope);
    return in == null
        ? List.of()
        : in.all()
            .filter(rule -> rule.holdsAt(now()) && wanted.test(rule))
            .sorted(Comparator.comparingLong(Rule::at).thenComparing(Rule::subject))
            .toList();
  }

  /** Those that hold for one subject, anywhere. */
  List<Rule> of(String subject) {
    List<Rule> found = new ArrayList<>();
    for (Scope scope : scopes.values()) {
      for (ConcurrentMap<String, Rule> some : scope.rules.values()) {
        Rule rule = some.get(subject);
        if (rule != null) {
          found.add(rule);
        }
      }
    }
    return found;
  }

  /** Those that hold anywhere. */
  List<Rule> everywhere(Predicate<Rule> wanted) {
    return scopes.keySet().stream().flatMap(scope -> all(scope, wanted).stream()).toList();
  }

  // ---- what changes

  /**
   * Whether there is space for so many more in a room, or in the server. What is laid down in
   * rooms, which anybody can make, takes none from the server's operators.
   */
  boolean haveSpaceFor(String scope, int more) {
    if (scope.equals(Rule.SERVER)) {
      return size(scope) + more <= MOST;
    }
    return size(scope) + more <= MOST_IN_ROOM && inRooms.get() + more <= MOST;
  }

  private int size(String scope) {
    Scope in = scopes.get(scope);
    return in == null ? 0 : in.size();
  }

  /**
   * Changes what holds.
   *
   * @param more what is to be remembered together with that, or not at all
   * @return completed when it holds and is safe, on any thread; as {@link Facts#change}
   */
  synchronized CompletionStage<Void> change(List<Rule> begin, List<Rule> end, List<Fact> more) {
    List<Rule> over = new ArrayList<>(end);
    if (changing++ == 0) { // else one of them might begin again just now
      over.addAll(runOut());
    }
    List<Fact> changes = new ArrayList<>();
    over.forEach(rule -> changes.add(rule.gone()));
    begin.forEach(rule -> changes.add(rule.asFact()));
    changes.addAll(more);
    return facts
        .change(changes)
        .whenComplete((safe, failure) -> changed(begin, over, failure == null));
  }

  private synchronized void changed(List<Rule> begin, List<Rule> over, boolean isSafe) {
    if (isSafe) {
      over.forEach(this::holdsNoMore);
      begin.forEach(this::holds);
    }
    changing--;
  }

  /** Begins what holds at once, also while it is not safe yet. */
  synchronized CompletionStage<Void> begin(List<Rule> rules) {
    rules.forEach(this::holds);
    return facts
        .change(rules.stream().map(Rule::asFact).toList())
        .whenComplete(
            (safe, failure) -> {
              if (ConflictException.isWhy(failure)) {
                takeBack(rules);
              }
            });
  }

  private synchronized void takeBack(List<Rule> rules) {
    for (Rule rule : rules) {
      Scope scope = scopes.get(rule.scope());
      if (scope != null && rule.equals(scope.of(rule.sort()).get(rule.subject()))) {
        holdsNoMore(rule);
      }
    }
  }

  /** Forgets all that was laid down in a room. */
  CompletionStage<Void> forget(String scope) {
    List<Fact> gone = remove(scope);
    return gone.isEmpty() ? CompletableFuture.completedStage(null) : facts.put(gone);
  }

  private List<Fact> remove(String room) {
    Scope gone = scopes.remove(room);
    if (gone == null) {
      return List.of();
    }
    inRooms.addAndGet(-gone.size());
    return gone.all().map(Rule::gone).toList();
  }

  /** Forgets rooms that are there no more. */
  CompletionStage<Void> keepOnly(Predicate<String> isThere) {
    List<Fact> gone = new ArrayList<>();
    for (String scope : scopes.keySet()) {
      if (!scope.equals(Rule.SERVER) && !isThere.test(scope)) {
        gone.addAll(remove(scope));
      }
    }
    return gone.isEmpty() ? CompletableFuture.completedStage(null) : facts.put(gone);
  }

  /** Those to be forgotten, once a minute at most. */
  private List<Rule> runOut() {
    long now = now();
    if (now - forgotAt < FORGETS_EVERY_MILLIS) {
      return List.of();
    }
    forgotAt = now;
    return scopes.values().stream().flatMap(Scope::all).filter(rule -> !rule.holdsAt(now)).toList();
  }
}
