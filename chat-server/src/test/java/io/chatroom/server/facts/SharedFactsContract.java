package io.chatroom.server.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The further contract of {@link Facts} that several servers share. */
public abstract class SharedFactsContract extends FactsContract {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The same facts on another server; called once or twice. */
  protected abstract Facts ofAnotherServer() throws IOException;

  /**
   * Holds changes of other servers back from servers, except for conflicts. Called before any
   * server is created.
   */
  protected abstract void deafen();

  private static void done(CompletionStage<Void> change) throws Exception {
    change.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void passFactsAndThenChangesOfAnotherServer() throws Exception {
    Facts here = facts();
    Facts there = ofAnotherServer();
    change(new Fact("owner", "bob", "1"), new Fact("owner", "al", "1"), new Fact("ban", "x", "1"));
    List<Fact> told = new CopyOnWriteArrayList<>();
    there.follow("owner", told::add);
    assertThat(told).containsExactly(new Fact("owner", "al", "1"), new Fact("owner", "bob", "1"));
    told.clear();
    done(here.change(List.of(new Fact("owner", "bob", "2"), new Fact("ban", "y", "1"))));
    Awaitility.await().atMost(PATIENCE).until(() -> told.contains(new Fact("owner", "bob", "2")));
    done(there.change(List.of(new Fact("owner", "eve", "1"))));
    done(here.put(List.of(Fact.gone("owner", "al"))));
    Awaitility.await().atMost(PATIENCE).until(() -> told.contains(Fact.gone("owner", "al")));
    assertThat(told).containsExactly(new Fact("owner", "bob", "2"), Fact.gone("owner", "al"));
  }

  @Test
  void rejectChangesMadeWithoutKnowingAnotherServersChange() throws Exception {
    deafen();
    Facts here = facts();
    Facts there = ofAnotherServer();
    List<Fact> told = new CopyOnWriteArrayList<>();
    there.follow("owner", told::add);
    done(here.change(List.of(new Fact("owner", "bob", "1"))));
    CompletionStage<Void> late =
        there.change(List.of(new Fact("owner", "eve", "2"), new Fact("ban", "eve", "2")));
    assertThatThrownBy(() -> done(late))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ConflictException.class);
    assertThat(told).containsExactly(new Fact("owner", "bob", "1"));
    assertThat(here.read("owner", "", 10)).containsExactly(new Fact("owner", "bob", "1"));
    assertThat(here.read("ban", "", 10)).isEmpty();
    done(there.change(List.of(new Fact("owner", "eve", "2"))));
    assertThat(there.read("owner", "", 10)).hasSize(2);
  }

  @Test
  void failTogetherIfRequestedBeforeTheConflictWasKnown() throws Exception {
    deafen();
    Facts here = facts();
    Facts there = ofAnotherServer();
    CountDownLatch bothAreAsked = new CountDownLatch(1);
    there.follow("owner", fact -> await(bothAreAsked));
    done(here.change(List.of(new Fact("owner", "bob", "1"))));
    CompletionStage<Void> first = there.change(List.of(new Fact("owner", "bob", "2")));
    CompletionStage<Void> second = there.change(List.of(new Fact("owner", "bob", "3")));
    bothAreAsked.countDown();
    assertThatThrownBy(() -> done(first)).hasCauseInstanceOf(ConflictException.class);
    assertThatThrownBy(() -> done(second)).hasCauseInstanceOf(ConflictException.class);
    assertThat(here.read("owner", "", 10)).containsExactly(new Fact("owner", "bob", "1"));
  }

  @Test
  void catchUpWithChangesOfOtherServers() throws Exception {
    deafen();
    Facts there = ofAnotherServer();
    List<Fact> told = new CopyOnWriteArrayList<>();
    there.follow("owner", told::add);
    change(new Fact("owner", "bob", "1"));
    done(Objects.requireNonNull(there.catchUp()));
    assertThat(told).containsExactly(new Fact("owner", "bob", "1"));
  }

  @Test
  void putHasNoConflicts() throws Exception {
    deafen();
    Facts here = facts();
    Facts there = ofAnotherServer();
    there.follow("read", fact -> {});
    done(here.put(List.of(new Fact("read", "bob", "1"))));
    done(there.put(List.of(new Fact("read", "bob", "2"))));
    assertThat(here.read("read", "", 10)).containsExactly(new Fact("read", "bob", "2"));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The facts of a kind that one server knows, as passed to it and as changed by it. */
  private static final class Knowing {

    private final Facts facts;
    private final String kind;
    private final Map<String, String> known = new ConcurrentHashMap<>();
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    Knowing(Facts facts, String kind) throws IOException {
      this.facts = facts;
      this.kind = kind;
      facts.follow(kind, this::told);
    }

    private synchronized void told(Fact fact) {
      if (fact.value() == null) {
        known.remove(fact.key());
      } else {
        known.put(fact.key(), fact.value());
      }
    }

    /** Adds one: no count is lost if each server knew the value that it added to. */
    synchronized CompletableFuture<Void> count(String key, boolean forget) {
      last =
          last.thenCompose(done -> ConflictException.tryAgain(() -> attempt(key, forget)))
              .toCompletableFuture();
      return last;
    }

    private synchronized CompletionStage<Void> attempt(String key, boolean forget) {
      String next = String.valueOf(Integer.parseInt(known.getOrDefault(key, "0")) + 1);
      List<Fact> changes =
          List.of(
              new Fact(kind, key, next),
              forget ? Fact.gone(kind, "other " + key) : new Fact(kind, "other " + key, next));
      return facts
          .change(changes)
          .whenComplete(
              (safe, failure) -> {
                if (failure == null) {
                  changes.forEach(this::told);
                }
              });
    }
  }

  @Test
  void areTheSameOnEveryServer() throws Exception {
    Random random = new Random(7);
    List<String> kinds = List.of("owner", "rule");
    Map<String, List<Knowing>> all = new HashMap<>();
    List<Facts> servers = List.of(facts(), ofAnotherServer(), ofAnotherServer());
    for (String kind : kinds) {
      List<Knowing> those = new ArrayList<>();
      for (Facts facts : servers) {
        those.add(new Knowing(facts, kind));
      }
      all.put(kind, those);
    }
    Map<String, Integer> counted = new HashMap<>();
    List<CompletableFuture<Void>> changes = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      String kind = kinds.get(random.nextInt(kinds.size()));
      String key = "k" + random.nextInt(4);
      changes.add(
          Objects.requireNonNull(all.get(kind))
              .get(random.nextInt(servers.size()))
              .count(key, random.nextBoolean()));
      counted.merge(kind + " " + key, 1, Integer::sum);
      if (random.nextInt(3) == 0) {
        changes.get(changes.size() - 1).get(60, TimeUnit.SECONDS);
      }
    }
    for (CompletableFuture<Void> change : changes) {
      change.get(60, TimeUnit.SECONDS);
    }
    for (String kind : kinds) {
      Map<String, String> kept = new HashMap<>();
      facts().read(kind, "", 100).forEach(fact -> kept.put(fact.key(), fact.value()));
      counted.forEach(
          (key, times) -> {
            if (key.startsWith(kind + " ")) {
              assertThat(kept)
                  .containsEntry(key.substring(kind.length() + 1), String.valueOf(times));
            }
          });
      for (Knowing one : Objects.requireNonNull(all.get(kind))) {
        Awaitility.await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(one.known).isEqualTo(kept));
      }
    }
  }
}
