package io.chatroom.server.log;

import java.util.concurrent.CompletionStage;

/**
 * One room's messages in one order: it numbers what is said, makes it as safe as its kind can, and
 * then hands it on. Heard means safe: nothing reaches anybody that did not pass here.
 *
 * <p>Every kind keeps the same contract, which {@code RoomLogContract} tests. Numbers are dense, 1,
 * 2, 3 …, within an epoch. Thread-safe.
 */
public interface RoomLog extends AutoCloseable {

  /**
   * Asks for the next places in the order. Returns at once and delivers nothing by itself; the
   * follower hears when the burst is safe. Bursts of one thread keep their order.
   *
   * @param burst sealed and not empty; the log takes over the reference
   */
  void append(Burst burst);

  /**
   * Names who hears of everything that is appended from here on. Must be called once, before the
   * first {@link #append}.
   */
  void follow(Follower follower);

  /**
   * Reads what is kept behind a position, the oldest first.
   *
   * @param after where to begin; a position of another epoch stands in front of everything
   * @param limit how many messages at most, from 1 on
   * @return completed on a thread that is no event loop's
   */
  CompletionStage<Slice> read(Position after, int limit);

  /** Where the order ends now. */
  Position newest();

  /** Whether it keeps no message. */
  boolean isEmpty();

  /** Gives back what it holds. Nothing is appended or read from here on. */
  @Override
  void close();

  /** Hears what a log has made safe. */
  interface Follower {

    /**
     * The next messages in the order. Called for one burst after the other, with their numbers in
     * sequence; must return soon, and not call the log.
     *
     * @param burst the follower takes over the reference
     * @param firstSeq the number of its first message
     * @param atMillis when the log took it, in milliseconds since 1970, UTC
     */
    void next(Burst burst, long firstSeq, long atMillis);
  }
}
