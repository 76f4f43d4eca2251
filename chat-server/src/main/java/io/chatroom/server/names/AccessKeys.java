package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import io.chatroom.system.NativePath;
import io.chatroom.system.SecretFile;
import io.chatroom.system.SettledContent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access keys of a closed server, in a file that is checked every two seconds. A change takes
 * effect once two checks in a row have seen it. If the file is damaged, the log says so and the old
 * keys stay valid. When a key is removed or expires, the people who connected with it are
 * disconnected. Thread-safe.
 */
public final class AccessKeys implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AccessKeys.class);

  private static final Duration CHECK_EVERY = Duration.ofSeconds(2);

  private final Path file;
  private final InstantSource clock;
  private final SettledContent<String> content;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "chat-keys");
            made.setDaemon(true);
            return made;
          });
  private volatile List<AccessKey> all;
  private volatile Runnable whenKeysChange = () -> {};

  /** The number of keys that were valid at the last check. */
  private int valid;

  /** Reads the file, without checking it again by itself. */
  AccessKeys(Path file, InstantSource clock) throws IOException {
    this.file = file;
    this.clock = clock;
    String first = SecretFile.read(file);
    this.all = read(first);
    this.content =
        new SettledContent<>(
            first,
            () -> SecretFile.read(file),
            this::use,
            sentence -> log.warn("keeping the old access keys: {}", VisibleText.of(sentence)));
    this.valid = countValid();
    warnOfReaders();
    logCount("");
  }

  /**
   * Reads the file, and begins to check it for changes.
   *
   * @throws IOException if it cannot be used; the message is one sentence for people
   */
  public static AccessKeys open(Path file, InstantSource clock) throws IOException {
    AccessKeys keys = new AccessKeys(file, clock);
    keys.thread.scheduleWithFixedDelay(
        keys::check, CHECK_EVERY.toMillis(), CHECK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    return keys;
  }

  /** The valid key with this text, or null. */
  @Nullable AccessKey find(String key) {
    byte[] hash = AccessKey.hash(key);
    AccessKey found = null;
    for (AccessKey each : all) { // never stops early, to take constant time
      if (each.hasHash(hash)) {
        found = each;
      }
    }
    return found != null && found.isValidAt(clock.instant()) ? found : null;
  }

  /** Returns true if a key is still valid. */
  boolean isValid(AccessKey key) {
    Instant now = clock.instant();
    return all.stream().anyMatch(each -> each.isSameAs(key) && each.isValidAt(now));
  }

  /** Sets the task that runs, on a thread of this class, when a key has changed or gone. */
  public void whenKeysChange(Runnable task) {
    whenKeysChange = task;
  }

  /** Checks whether the file has changed, and whether a key has expired. */
  void check() {
    try {
      content.look();
      checkExpiry();
    } catch (RuntimeException e) { // would silently end the checks
      log.error("cannot check the access keys for changes", e);
    }
  }

  /** Checks at once, on request, and logs the result. */
  public void checkNow() {
    try {
      thread.execute(this::checkAndLog);
    } catch (RejectedExecutionException e) {
      log.info("the server is stopping and no longer checks its access keys");
    }
  }

  private void checkAndLog() {
    if (content.lookNow()) {
      log.info("the access keys have not changed");
    }
    warnOfReaders();
    checkExpiry();
  }

  private synchronized void checkExpiry() {
    int now = countValid();
    if (now != valid) {
      valid = now;
      logCount("now ");
      whenKeysChange.run();
    }
  }

  private synchronized void use(String text) throws IOException {
    all = read(text);
    valid = countValid();
    logCount("now ");
    whenKeysChange.run();
  }

  private int countValid() {
    Instant now = clock.instant();
    return (int) all.stream().filter(key -> key.isValidAt(now)).count();
  }

  private void logCount(String now) {
    String name = NativePath.show(file);
    if (valid == 0) {
      log.warn("access keys in {}: {}none is valid, so no session can begin", name, now);
    } else {
      log.info("access keys in {}: {}{} valid", name, now, valid);
    }
  }

  private List<AccessKey> read(String text) throws IOException {
    try {
      return AccessKeyLines.read(text);
    } catch (IOException e) {
      throw new IOException(NativePath.show(file) + ", " + e.getMessage(), e);
    }
  }

  /**
   * Warns if other users of this machine have access: with read access they could connect, with
   * write access they could let anybody connect.
   */
  private void warnOfReaders() {
    String open = SecretFile.openTo(file);
    if (open != null) {
      log.warn("{}", open);
    }
  }

  /** Stops checking. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
