package io.chatroom.server.facts;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Facts that several servers in one JVM share: in place of a shared database, in memory. */
public final class FactsHub implements AutoCloseable {

  private final MemoryFacts kept = new MemoryFacts();
  private final List<Server> servers = new ArrayList<>();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private boolean holding;

  /** The facts of one more server. */
  public synchronized Facts server() {
    Server server = new Server();
    servers.add(server);
    return server;
  }

  /** Holds changes of other servers back from all servers, except for conflicts. */
  public synchronized void hold() {
    holding = true;
  }

  /** Passes the changes that were held back. */
  public synchronized void release() {
    holding = false;
    thread.execute(this::tell);
  }

  private synchronized void tell() {
    if (!holding) {
      servers.forEach(Server::tell);
    }
  }

  /** Passes all facts to all servers again, as when the database was replaced. */
  public void tellAgain() {
    CompletableFuture.runAsync(() -> servers.forEach(Server::tellAgain), thread).join();
  }

  /** Waits until all earlier changes have been passed to all listeners. */
  public void settle() {
    CompletableFuture.runAsync(() -> {}, thread).join();
  }

  @Override
  public void close() {
    thread.shutdown();
  }

  private final class Server implements Facts {

    private final Map<String, Consumer<Fact>> followers = new ConcurrentHashMap<>();
    private final Deque<Fact> untold = new ArrayDeque<>();

    /** The number of changes passed, by kind. */
    private final Map<String, Integer> told = new ConcurrentHashMap<>();

    @Override
    public boolean areShared() {
      return true;
    }

    @Override
    public List<Fact> read(String kind, String after, int limit) throws IOException {
      return kept.read(kind, after, limit);
    }

    @Override
    public void follow(String kind, Consumer<Fact> follower) throws IOException {
      synchronized (FactsHub.this) {
        kept.follow(kind, follower);
        followers.put(kind, follower);
        told.put(kind, 0);
      }
    }

    @Override
    public CompletionStage<Void> change(List<Fact> changes) {
      Map<String, Integer> known = new HashMap<>();
      changes.forEach(fact -> known.put(fact.kind(), told.getOrDefault(fact.kind(), 0)));
      return store(changes, known);
    }

    @Override
    public CompletionStage<Void> catchUp() {
      return CompletableFuture.runAsync(
          () -> {
            synchronized (FactsHub.this) {
              tell();
            }
          },
          thread);
    }

    @Override
    public CompletionStage<Void> put(List<Fact> changes) {
      return store(changes, Map.of());
    }

    private CompletionStage<Void> store(List<Fact> changes, Map<String, Integer> known) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      thread.execute(() -> store(List.copyOf(changes), known, done));
      return done.minimalCompletionStage();
    }

    private void store(
        List<Fact> changes, Map<String, Integer> known, CompletableFuture<Void> done) {
      synchronized (FactsHub.this) {
        if (untold.stream().anyMatch(fact -> known.containsKey(fact.kind()))) {
          tell();
        }
        if (known.entrySet().stream()
            .anyMatch(one -> !one.getValue().equals(toldOf(one.getKey())))) {
          done.completeExceptionally(new ConflictException());
          return;
        }
        kept.change(changes);
        servers.stream().filter(one -> one != this).forEach(one -> one.hears(changes));
      }
      done.complete(null);
      FactsHub.this.tell();
    }

    private void tellAgain() {
      followers.forEach((kind, follower) -> kept.read(kind, "", 1_000).forEach(follower));
    }

    private void hears(List<Fact> changes) {
      changes.stream().filter(fact -> followers.containsKey(fact.kind())).forEach(untold::add);
    }

    private Integer toldOf(String kind) {
      return told.getOrDefault(kind, 0);
    }

    private void tell() {
      for (Fact fact = untold.poll(); fact != null; fact = untold.poll()) {
        Consumer<Fact> follower = followers.get(fact.kind());
        if (follower != null) {
          follower.accept(fact);
          told.merge(fact.kind(), 1, Integer::sum);
        }
      }
    }
  }
}
