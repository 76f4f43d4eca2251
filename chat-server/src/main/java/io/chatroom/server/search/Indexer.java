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
 * The thread that keeps an index up to date. It follows the journal by the number up to which the
 * index goes, and makes the index anew when that may not be what it says. While somebody talks it
 * works at most a quarter of the time, a millisecond or so at once, except for somebody who waits,
 * so that those who talk do not feel it.
 */
final class Indexer implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Indexer.class);

  /** What one transaction takes. */
  private static final int BATCH = 1_000;

  /** How many messages it indexes without a rest while somebody talks. */
  private static final int STRETCH = 100;

  /** How much longer it rests then than it has worked. */
  private static final int REST = 3;

  private static final int CLEANED_AT_ONCE = 200;

  /** How long to collect what is said before it is indexed, as long as nobody looks for it. */
  private static final Duration COLLECT = Duration.ofMillis(100);

  private static final Duration IDLE = Duration.ofSeconds(2);
  private static final Duration BETWEEN_CLEANINGS = Duration.ofSeconds(10);

  /** A purge writes all words anew, so there is none for so many times as long as one took. */
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

  /** More has been stored. Returns at once. */
  synchronized void wake() {
    if (!committed) {
      committed = true;
      notifyAll();
    }
  }

  /**
   * Which file the index is in; 0 as long as it is in none. Another number when it was made anew,
   * so that readers open it again.
   */
  synchronized int generation() {
    return generation;
  }

  /** Up to where it goes. */
  synchronized long indexed() {
    return indexed;
  }

  /** How much of the journal it has not indexed yet. */
  synchronized long behind() {
    return Math.max(0, newest - indexed);
  }

  /** A reader has found that a file is damaged. */
  synchronized void doubt(int ofGeneration, String reason) {
    if (ofGeneration == generation) {
      doubt = reason;
      notifyAll();
    }
  }

  /**
   * Waits until it goes up to a number, unless there is trouble.
   *
   * @return whether it does
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
   * Waits as long as something holds, under the lock.
   *
   * @return false if it still holds when it is too late
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
        seen(journal.newest()); // an index that cannot be opened is behind by all of it
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
        inTrouble("this is a defect of chat-server, please report it: " + e, e);
      }
    }
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  /** Once that may be, and is mended at once; what happens again may not be mended by that. */
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
      log.warn("new messages cannot be found for now: {}", reason);
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

  /** Takes a part of what was deleted out of the file; false if there is nothing to do for now. */
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
      log.warn("{} {}: it is made anew from what is stored", shown, reason);
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

  /** The last lines of a journal may have been deleted: then there is nothing to wait for. */
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
      log.info("new messages can be found again");
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

  /** Leaves the machine to those who talk, if there are any; not while somebody waits. */
  private void rest() {
    sinceRest = 0;
    long worked = System.nanoTime() - workedSince;
    synchronized (this) {
      if (committed) {
        committed = false; // what was stored is read next
        waitWhile(() -> !closing && wanted <= indexed, Duration.ofNanos(REST * worked));
      }
    }
    workedSince = System.nanoTime();
  }

  /** Until something was said, and then a little longer for more. */
  private synchronized void idle() {
    waitWhile(() -> isQuiet() && !committed, IDLE);
    committed = false;
    waitWhile(this::isQuiet, COLLECT);
  }

  private boolean isQuiet() {
    return !closing && doubt == null && wanted <= indexed;
  }
}
