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
 * All rules of the server and of each room. Queries are answered from memory; a change is in force
 * once it is stored. Expired rules are ignored, and deleted later. Thread-safe.
 */
final class Rules {

  /** The most rules in one room. */
  static final int MOST_IN_ROOM = 2_000;

  /** The most rules in all rooms together, and the most rules of the server itself. */
  static final int MOST = 100_000;

  private static final int PAGE = 1_000;
  private static final long DELETES_EVERY_MILLIS = 60_000;

  private static final Logger log = LoggerFactory.getLogger(Rules.class);

  private final Facts facts;
  private final InstantSource clock;
  private final ConcurrentMap<String, Scope> scopes = new ConcurrentHashMap<>();

  /** The number of rules in all rooms. */
  private final AtomicInteger inRooms = new AtomicInteger();

  private long deletedAt;
  private int changing;
  private volatile boolean isOpen;
  private volatile Consumer<Rule> whenMadeElsewhere = rule -> {};

  /** The rules of a room, or of the server. */
  private static final class Scope {
    final Map<Sort, ConcurrentMap<String, Rule>> rules = new EnumMap<>(Sort.class);

    /** The prefix lengths of its networks. */
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
   * Reads the stored rules.
   *
   * @throws IOException if that fails; the message is one sentence for people
   */
  @SuppressWarnings("this-escape") // the class is final
  Rules(Facts facts, InstantSource clock) throws IOException {
    this.facts = facts;
    this.clock = clock;
    facts.follow(Rule.KIND, this::apply);
    isOpen = true;
  }

  /** Adds a stored rule, or applies a change of another server. */
  private void apply(Fact fact) {
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
        drop(rule);
      } else {
        put(rule);
      }
    }
    if (fact.value() != null) {
      whenMadeElsewhere.accept(rule);
    }
  }

  /**
   * Sets the listener for rules that other servers have made.
   *
   * @param told called on any thread; must return soon
   */
  void whenMadeElsewhere(Consumer<Rule> told) {
    whenMadeElsewhere = told;
  }

  /** The facts that delete one subject's rules, while no server uses the facts. */
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

  private void put(Rule rule) {
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

  private void drop(Rule rule) {
    scopes.computeIfPresent(
        rule.scope(),
        (key, scope) -> {
          boolean was = scope.of(rule.sort()).remove(rule.subject()) != null;
          inRooms.addAndGet(was && !key.equals(Rule.SERVER) ? -1 : 0);
          return scope.size() == 0 ? null : scope;
        });
  }

  // ---- queries

  /** Returns true if there are no rules at all. */
  boolean isEmpty() {
    return scopes.isEmpty();
  }

  /** Returns true if there are no rules for a room, or the server. */
  boolean isEmpty(String scope) {
    return !scopes.containsKey(scope);
  }

  /** Returns true if there are no rules of one sort, so that no subjects need be computed. */
  boolean isEmpty(Sort sort, String scope) {
    Scope in = scopes.get(scope);
    return in == null || in.of(sort).isEmpty();
  }

  /** The rule for a subject, or null. */
  @Nullable Rule find(Sort sort, String scope, String subject) {
    Scope in = scopes.get(scope);
    Rule rule = in == null ? null : in.of(sort).get(subject);
    return rule != null && rule.isInForceAt(now()) ? rule : null;
  }

  /** The rule for an address, or null. */
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

  /** The rule for a person, by any of their subjects, or null. */
  @Nullable Rule find(Sort sort, String scope, Person person) {
    if (isEmpty(sort, scope)) {
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

  /** Some rules of a room or the server, the oldest first. */
  List<Rule> all(String scope, Predicate<Rule> wanted) {
    Scope in = scopes.get(scope);
    return in == null
        ? List.of()
        : in.all()
            .filter(rule -> rule.isInForceAt(now()) && wanted.test(rule))
            .sorted(Comparator.comparingLong(Rule::at).thenComparing(Rule::subject))
            .toList();
  }

  /** The rules for one subject, anywhere. */
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

  /** Some rules of the server and of all rooms. */
  List<Rule> everywhere(Predicate<Rule> wanted) {
    return scopes.keySet().stream().flatMap(scope -> all(scope, wanted).stream()).toList();
  }

  // ---- changes

  /**
   * Returns true if there is space for this many more rules in a room, or in the server. Rules of
   * rooms, which anybody can make, do not use up the space of the server's operators.
   */
  boolean hasSpaceFor(String scope, int more) {
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
   * Changes the rules.
   *
   * @param more facts to store together with the change, or not at all
   * @return completes on any thread when stored and in force; like {@link Facts#change}
   */
  synchronized CompletionStage<Void> change(List<Rule> begin, List<Rule> end, List<Fact> more) {
    List<Rule> over = new ArrayList<>(end);
    if (changing++ == 0) { // else a pending change might restore one of them
      over.addAll(expired());
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
      over.forEach(this::drop);
      begin.forEach(this::put);
    }
    changing--;
  }

  /** Puts rules into force at once, before they are stored. */
  synchronized CompletionStage<Void> begin(List<Rule> rules) {
    rules.forEach(this::put);
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
        drop(rule);
      }
    }
  }

  /** Deletes all rules of a room. */
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

  /** Deletes the rules of rooms that no longer exist. */
  CompletionStage<Void> keepOnly(Predicate<String> isThere) {
    List<Fact> gone = new ArrayList<>();
    for (String scope : scopes.keySet()) {
      if (!scope.equals(Rule.SERVER) && !isThere.test(scope)) {
        gone.addAll(remove(scope));
      }
    }
    return gone.isEmpty() ? CompletableFuture.completedStage(null) : facts.put(gone);
  }

  /** The expired rules to delete; at most once a minute. */
  private List<Rule> expired() {
    long now = now();
    if (now - deletedAt < DELETES_EVERY_MILLIS) {
      return List.of();
    }
    deletedAt = now;
    return scopes.values().stream()
        .flatMap(Scope::all)
        .filter(rule -> !rule.isInForceAt(now))
        .toList();
  }
}
