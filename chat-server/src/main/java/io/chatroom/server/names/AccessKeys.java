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
 * The access keys of a closed server, in a file that is checked every two seconds. A change applies
 * once it was seen twice in a row. If the file is damaged, one sentence in the log says so, and the
 * old keys stay valid. When a key is removed or expires, those who came in with it are
 * disconnected. Thread-safe.
 */
public final class AccessKeys implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AccessKeys.class);

  private static final Duration LOOK = Duration.ofSeconds(2);

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
  private volatile Runnable whenOneHasGone = () -> {};

  /** How many keys were valid at the last check. */
  private int good;

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
            sentence ->
                log.warn("the access keys stay as they were: {}", VisibleText.of(sentence)));
    this.good = countGood();
    warnOfReaders();
    tell("access keys:");
  }

  /**
   * Reads the file, and begins to check it for changes.
   *
   * @throws IOException if it cannot be used; the message is one sentence for people
   */
  public static AccessKeys open(Path file, InstantSource clock) throws IOException {
    AccessKeys keys = new AccessKeys(file, clock);
    keys.thread.scheduleWithFixedDelay(
        keys::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return keys;
  }

  /** The valid key with this text, or null. */
  @Nullable AccessKey find(String key) {
    byte[] hash = AccessKey.hash(key);
    AccessKey found = null;
    for (AccessKey each : all) { // all of them, to take constant time
      if (each.hasHash(hash)) {
        found = each;
      }
    }
    return found != null && found.isGoodAt(clock.instant()) ? found : null;
  }

  /** Whether a key is still valid. */
  boolean stillHolds(AccessKey key) {
    Instant now = clock.instant();
    return all.stream().anyMatch(each -> each.isSameAs(key) && each.isGoodAt(now));
  }

  /** Sets the task that runs, on a thread of this class, when a key has changed or gone. */
  public void whenOneHasGone(Runnable task) {
    whenOneHasGone = task;
  }

  /** Checks whether the file has changed, and whether a key has expired. */
  void look() {
    try {
      content.look();
      lookAtClock();
    } catch (RuntimeException e) { // would silently end the checks
      log.error("cannot look after the access keys", e);
    }
  }

  /** Checks at once, on request, and logs the result. */
  public void lookNow() {
    try {
      thread.execute(this::lookAndTell);
    } catch (RejectedExecutionException e) {
      log.info("the server is stopping and no longer checks its access keys");
    }
  }

  private void lookAndTell() {
    if (content.lookNow()) {
      log.info("the access keys have not changed");
    }
    warnOfReaders();
    lookAtClock();
  }

  private synchronized void lookAtClock() {
    int now = countGood();
    if (now != good) {
      good = now;
      tell("access keys from now on:");
      whenOneHasGone.run();
    }
  }

  private synchronized void use(String text) throws IOException {
    all = read(text);
    good = countGood();
    tell("access keys from now on:");
    whenOneHasGone.run();
  }

  private int countGood() {
    Instant now = clock.instant();
    return (int) all.stream().filter(key -> key.isGoodAt(now)).count();
  }

  private void tell(String what) {
    String name = NativePath.show(file);
    if (good == 0) {
      log.warn("{} none of {} lets anybody in", what, name);
    } else {
      log.info("{} {} of {} let people in", what, good, name);
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
   * Warns if other users have access: those who can read it could come in, and those who can write
   * it could let anybody in.
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
