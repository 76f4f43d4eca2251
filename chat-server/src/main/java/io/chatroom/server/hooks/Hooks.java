package io.chatroom.server.hooks;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.facts.Facts;
import io.chatroom.system.NativePath;
import io.chatroom.system.SecretFile;
import io.chatroom.system.SettledContent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hooks in a file, which is checked every two seconds. If the file is damaged, the log says so
 * and the old hooks continue. Thread-safe.
 */
public final class Hooks implements AutoCloseable {

  /** The delays of hooks. */
  static final Deliverer.Pace PACE =
      new Deliverer.Pace(Duration.ofMillis(250), Duration.ofSeconds(1), Duration.ofMinutes(5));

  private static final Logger log = LoggerFactory.getLogger(Hooks.class);

  private static final Duration CHECK_EVERY = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** A running hook. */
  private record Running(Hook hook, Deliverer deliverer, Thread thread) {}

  private final Path file;
  private final HookedRooms rooms;
  private final HookPositions positions;
  private final InstantSource clock;
  private final Deliverer.Pace pace;
  private final String agent;
  private final Destinations destinations;
  private final Duration timeout;
  private final SettledContent<String> content;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "chat-hooks");
            thread.setDaemon(true);
            return thread;
          });

  /** By key. */
  private final Map<String, Running> running = new HashMap<>();

  Hooks(
      Path file,
      HookedRooms rooms,
      Facts facts,
      InstantSource clock,
      Destinations destinations,
      Duration timeout,
      Deliverer.Pace pace,
      String agent)
      throws IOException {
    this.file = file;
    this.rooms = rooms;
    this.positions = HookPositions.open(facts);
    this.clock = clock;
    this.pace = pace;
    this.agent = agent;
    this.destinations = destinations;
    this.timeout = timeout;
    String first = SecretFile.read(file);
    List<Hook> hooks = read(first);
    this.content =
        new SettledContent<>(
            first,
            () -> SecretFile.read(file),
            text -> use(read(text)),
            sentence -> log.warn("keeping the old hooks: {}", VisibleText.of(sentence)));
    String isOpen = SecretFile.openTo(file);
    if (isOpen != null) {
      log.warn("{}", isOpen);
    }
    use(hooks);
  }

  /**
   * Reads the file, and begins to deliver to hooks and to check the file.
   *
   * @param rooms the rooms to read
   * @param facts stores the positions
   * @param mayBePrivate true if hooks may be in private networks
   * @param agent the value of the User-Agent header: program and version
   * @throws IOException if the file cannot be used; the message is one sentence for people
   */
  public static Hooks open(
      Path file,
      HookedRooms rooms,
      Facts facts,
      InstantSource clock,
      boolean mayBePrivate,
      String agent)
      throws IOException {
    Hooks hooks =
        new Hooks(
            file, rooms, facts, clock, Destinations.ofSystem(mayBePrivate), TIMEOUT, PACE, agent);
    hooks.timer.scheduleWithFixedDelay(
        hooks::check, CHECK_EVERY.toMillis(), CHECK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    return hooks;
  }

  /** Reloads the file if it has changed. */
  void check() {
    try {
      content.look();
    } catch (RuntimeException e) { // would silently end the checks
      log.error("cannot check the file of hooks for changes", e);
    }
  }

  /** Checks the file at once, on request, and logs the result. */
  public void checkNow() {
    try {
      timer.execute(
          () -> {
            if (content.lookNow()) {
              log.info("the hooks have not changed");
            }
          });
    } catch (RejectedExecutionException e) {
      log.info("the server is stopping and no longer checks its hooks");
    }
  }

  /** The number of hooks that are failing. */
  public synchronized int failing() {
    return (int) running.values().stream().filter(each -> each.deliverer().isFailing()).count();
  }

  private synchronized void use(List<Hook> hooks) {
    Map<String, Hook> wanted = new HashMap<>();
    hooks.forEach(hook -> wanted.put(hook.key(), hook));
    for (Running each : new ArrayList<>(running.values())) {
      if (!each.hook().equals(wanted.get(each.hook().key()))) {
        running.remove(each.hook().key());
        end(List.of(each));
      }
    }
    forgetAllBut(wanted.keySet());
    for (Hook hook : hooks) {
      running.computeIfAbsent(hook.key(), key -> begin(hook));
    }
    log.info("{} hook{} in {}", hooks.size(), hooks.size() == 1 ? "" : "s", NativePath.show(file));
  }

  private void forgetAllBut(Set<String> keys) {
    try {
      positions.keepOnly(keys);
    } catch (IOException e) {
      log.warn("cannot delete the positions of removed hooks for now: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Running begin(Hook hook) {
    HookRequest request = new HookRequest(destinations, timer, timeout);
    Deliverer deliverer = new Deliverer(hook, rooms, positions, request, clock, pace, agent);
    Thread thread = new Thread(deliverer, "chat-hook");
    thread.setDaemon(true);
    thread.start();
    return new Running(hook, deliverer, thread);
  }

  /** Ends hooks. Waits a second for each thread, as an aborted request ends at once. */
  private static void end(List<Running> ended) {
    for (Running each : ended) {
      each.deliverer().end();
      each.thread().interrupt();
    }
    try {
      for (Running each : ended) {
        each.thread().join(Duration.ofSeconds(1).toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Hook> read(String text) throws IOException {
    try {
      return HookLines.read(text);
    } catch (IOException e) {
      throw new IOException(NativePath.show(file) + ", " + e.getMessage(), e);
    }
  }

  /** Ends all hooks; they receive the remaining entries after the next start. */
  @Override
  public synchronized void close() {
    end(List.copyOf(running.values()));
    running.clear();
    timer.shutdownNow();
  }
}
