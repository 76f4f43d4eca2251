package io.chatroom.server.search;

import io.chatroom.server.log.Journal;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that keeps an index up to date. It follows the journal from the last indexed number,
 * and rebuilds the index if it cannot be trusted. While people post, it works at most a quarter of
 * the time, about a millisecond at once, so as not to slow them down, unless a search waits for it.
 */
final class Indexer implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Indexer.class);

  /** The most lines of one transaction. */
  private static final int BATCH = 1_000;

  /** The most messages that it indexes without a pause while people post. */
  private static final int STRETCH = 100;

  /** The duration of a pause, as a multiple of the work before it. */
  private static final int REST = 3;

  private static final int CLEANED_AT_ONCE = 200;

  /** The time to collect messages before indexing them, if no search waits. */
  private static final Duration COLLECT = Duration.ofMillis(100);

  private static final Duration IDLE = Duration.ofSeconds(2);
  private static final Duration BETWEEN_CLEANINGS = Duration.ofSeconds(10);

  /** The pause after a purge, which rewrites all words, as a multiple of its duration. */
  private static final int BETWEEN_PURGES = 10;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final IndexFile file;
  private final Journal.Source source;
  private final String shown;

  // The thread's own.
  private Duration pause = FIRST_PAUSE;
  private int doubts;
  private int sinceRest;
  private long workedSince;
  private boolean purging;
  private long purgeNanos;
  private long purgedAt = System.nanoTime();

  // Below: under the lock of this.
  private boolean committed;
  private boolean closing;
  private boolean troubled;
  private long wanted;
  private long indexed;
  private long newest;
  private int generation;
  private @Nullable String doubt;

  Indexer(IndexFile file, Journal.Source source) {
    this.file = file;
    this.source = source;
    this.shown = NativePath.show(file.file());
  }

  // ---- from any thread

  /** Wakes it after more was stored. Returns at once. */
  synchronized void wake() {
    if (!committed) {
      committed = true;
      notifyAll();
    }
  }

  /**
   * The generation of the index; 0 while there is none. It changes with each rebuild, so that
   * readers reopen the file.
   */
  synchronized int generation() {
    return generation;
  }

  /** The number up to which everything is indexed. */
  synchronized long indexed() {
    return indexed;
  }

  /** The number of lines that are not indexed yet. */
  synchronized long behind() {
    return Math.max(0, newest - indexed);
  }

  /** Makes it rebuild an index that a reader has found damaged. */
  synchronized void doubt(int ofGeneration, String reason) {
    if (ofGeneration == generation) {
      doubt = reason;
      notifyAll();
    }
  }

  /**
   * Waits until a number is indexed, unless there is a failure.
   *
   * @return true if it is indexed
   */
  synchronized boolean await(long n, Duration most) {
    wanted = Math.max(wanted, n);
    notifyAll();
    waitWhile(() -> !hasIndexed(n) && !closing && !troubled, most);
    return hasIndexed(n);
  }

  private boolean hasIndexed(long n) {
    return generation > 0 && indexed >= n;
  }

  synchronized void close() {
    closing = true;
    notifyAll();
  }

  /**
   * Waits while a condition holds, under the lock.
   *
   * @return false if it still holds at the deadline
   */
  private synchronized boolean waitWhile(BooleanSupplier holds, Duration most) {
    long until = System.nanoTime() + most.toNanos();
    try {
      while (holds.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  // ---- the thread

  @Override
  public void run() {
    while (!isClosing()) {
      try (Journal journal = source.open()) {
        seen(journal.newest()); // for behind(), even if the index is unusable
        follow(journal);
      } catch (SQLException e) {
        if (IndexTrouble.isDamage(e)) {
          inDoubt("is damaged");
        } else {
          inTrouble(shown + " cannot be used: " + IndexTrouble.words(e), e);
        }
      } catch (DoubtException e) {
        inDoubt(String.valueOf(e.getMessage()));
      } catch (IOException e) {
        inTrouble(sentence(e), e);
      } catch (RuntimeException e) {
        inTrouble("internal error of chat-server, please report it: " + e, e);
      }
    }
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  /** Rebuilds at once after a first failure; repeated ones may have another cause. */
  private void inDoubt(String reason) {
    synchronized (this) {
      doubt = reason;
    }
    doubts++;
    if (doubts > 1) {
      pause();
    }
  }

  private static String sentence(IOException e) {
    return e instanceof FileSystemException file
        ? FileTrouble.sentence(file)
        : String.valueOf(e.getMessage());
  }

  private void inTrouble(String reason, Exception e) {
    if (pause.equals(FIRST_PAUSE)) {
      log.warn("searches do not find new messages for now: {}", reason);
    }
    log.debug("why", e);
    pause();
  }

  private synchronized void pause() {
    troubled = true;
    notifyAll();
    waitWhile(() -> !closing, pause);
    pause = pause.multipliedBy(2);
    pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  private void follow(Journal journal) throws SQLException, IOException, DoubtException {
    try (IndexWriter writer = open(journal)) {
      begin(writer.indexed());
      long cleaned = System.nanoTime();
      while (!isClosing()) {
        throwDoubt();
        long began = System.nanoTime();
        workedSince = began;
        long wanted = wanted();
        long newest = seen(journal.newest());
        List<Journal.Line> lines = journal.after(writer.indexed(), BATCH);
        if (!lines.isEmpty()) {
          writer.add(lines, journal, this::restAfterStretch);
          has(writer.indexed());
          rest();
          continue;
        }
        hasAll(Math.max(newest, writer.indexed()), wanted);
        if (purge(writer.purger(), began)) {
          rest();
        } else if (began - cleaned < BETWEEN_CLEANINGS.toNanos()) {
          idle();
        } else if (writer.clean(journal, CLEANED_AT_ONCE)) {
          rest();
        } else {
          cleaned = System.nanoTime();
        }
      }
    }
  }

  /** Removes some deleted content from the file; returns false if there is nothing to do. */
  private boolean purge(Purger purger, long now) throws SQLException {
    boolean tooSoon = !purging && now - purgedAt < BETWEEN_PURGES * purgeNanos;
    if (!purger.isWanted() || tooSoon) {
      return false;
    }
    boolean more = purger.step();
    purgeNanos = (purging ? purgeNanos : 0) + System.nanoTime() - now;
    purging = more;
    purgedAt = more ? purgedAt : System.nanoTime();
    return more;
  }

  private IndexWriter open(Journal journal) throws SQLException, IOException, DoubtException {
    String reason;
    synchronized (this) {
      reason = doubt;
    }
    if (reason == null && file.exists()) {
      return IndexWriter.open(file, journal);
    }
    if (reason != null) {
      log.warn("{} {}, so it is rebuilt from the stored messages", shown, reason);
    }
    IndexWriter writer = IndexWriter.create(file, journal);
    synchronized (this) {
      doubt = null;
    }
    return writer;
  }

  private synchronized void throwDoubt() throws DoubtException {
    if (doubt != null) {
      throw new DoubtException(doubt);
    }
  }

  private synchronized void begin(long upTo) {
    generation++;
    has(upTo);
  }

  private synchronized long seen(long newest) {
    this.newest = newest;
    return newest;
  }

  private synchronized long wanted() {
    return wanted;
  }

  /**
   * Records that everything is indexed. Ends a wait even below the wanted number, as the last lines
   * of the journal may have been deleted.
   */
  private synchronized void hasAll(long upTo, long wantedBefore) {
    has(upTo);
    pause = FIRST_PAUSE;
    doubts = 0;
    if (wanted == wantedBefore) {
      wanted = 0;
    }
  }

  private synchronized void has(long upTo) {
    if (troubled) {
      log.info("searches find new messages again");
    }
    indexed = upTo;
    troubled = false;
    notifyAll();
  }

  private void restAfterStretch() {
    sinceRest++;
    if (sinceRest >= STRETCH) {
      rest();
    }
  }

  /** Pauses if people are posting, unless a search waits. */
  private void rest() {
    sinceRest = 0;
    long worked = System.nanoTime() - workedSince;
    synchronized (this) {
      if (committed) {
        committed = false; // the next round reads it
        waitWhile(() -> !closing && wanted <= indexed, Duration.ofNanos(REST * worked));
      }
    }
    workedSince = System.nanoTime();
  }

  /** Waits until something is stored, and then a little longer, to collect more. */
  private synchronized void idle() {
    waitWhile(() -> isQuiet() && !committed, IDLE);
    committed = false;
    waitWhile(this::isQuiet, COLLECT);
  }

  private boolean isQuiet() {
    return !closing && doubt == null && wanted <= indexed;
  }
}
