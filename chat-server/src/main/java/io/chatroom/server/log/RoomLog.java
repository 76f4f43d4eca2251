package io.chatroom.server.log;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One room's messages in one order. A log numbers each message, makes it as safe as this kind of
 * log can, and only then passes it on to be delivered. What members receive is therefore safe.
 *
 * <p>Every implementation keeps the same contract, which {@code RoomLogContract} tests. Sequence
 * numbers are dense within an epoch: 1, 2, 3 … Thread-safe.
 */
public interface RoomLog extends AutoCloseable {

  /** Approximate number of bytes in one read. */
  int READ_BYTES = 256 * 1024;

  /** Returns true if the room is private: for two people, and shown to nobody else. */
  static boolean isPrivate(String room) {
    return room.startsWith("@");
  }

  /**
   * Appends a burst. Returns at once; the follower is called when the burst is safe. Bursts of one
   * thread keep their order, even if some of them are {@link Follower#refused refused}.
   *
   * @param burst sealed and not empty; the log takes over the reference
   */
  void append(Burst burst);

  /**
   * Sets the follower, which gets everything that is appended. Must be called once, before the
   * first {@link #append}.
   */
  void follow(Follower follower);

  /**
   * Reads the messages after a position, the oldest first.
   *
   * @param after where to begin; a position of another epoch stands before all messages
   * @param limit maximum number of messages, at least 1; returns fewer, but at least one, if they
   *     have more than {@value #READ_BYTES} bytes in all
   * @return completed on a thread that is not an event loop's; fails with an {@link
   *     java.io.IOException} if the messages cannot be read
   */
  CompletionStage<Slice> read(Position after, int limit);

  /** The position of the newest message. */
  Position newest();

  /** The sequence number of the oldest message still kept; one more than the newest if none is. */
  long first();

  /** The room's topic when the log was opened; null if none was set. */
  default @Nullable String topic() {
    return null;
  }

  /**
   * The time of the newest message that was kept when the log was opened, in milliseconds since
   * 1970; 0 if there was none.
   */
  default long newestMillis() {
    return 0;
  }

  /**
   * Returns true if the log can be closed: no burst waits, and it keeps no message that would be
   * lost. Messages that are there again when it is opened the next time do not count.
   */
  boolean isEmpty();

  /** Releases everything, refused bursts included. Must not be used after that. */
  @Override
  void close();

  /** Receives the messages that a log has made safe. */
  interface Follower {

    /**
     * Called with the next messages in the order, one burst after the other, with consecutive
     * sequence numbers. Must return soon, and must not call the log.
     *
     * @param burst the follower takes over the reference
     * @param firstSeq the sequence number of its first message
     * @param atMillis when the log accepted it, in milliseconds since 1970, UTC
     */
    void next(Burst burst, long firstSeq, long atMillis);

    /**
     * Called for a post that is a duplicate of a stored one, which keeps its sequence number.
     * Called in the order of {@link #next}.
     *
     * @param seq the sequence number of the stored post
     * @param atMillis when the log accepted that
     */
    void repeated(Author author, Post post, long seq, long atMillis);

    /**
     * Called for a post that is rejected because its id belongs to a stored post with a different
     * text or in another room. Called in the order of {@link #next}.
     */
    void reused(Author author, Post post);

    /**
     * Called for a message that is rejected because its content can never be stored. Called in the
     * order of {@link #next}.
     *
     * @param detail the message's detail; null for a seed member's message
     */
    default void rejected(Author author, @Nullable Detail detail) {}

    /**
     * Called after one or more calls of {@link #next}, by the same thread and without a lock of the
     * log, so that waking event loops blocks nobody who appends.
     */
    void delivered();

    /**
     * Called when the log cannot store a burst for now. The log keeps the burst and retries until
     * it succeeds; it passes on nothing that was appended later before that. So the next call of
     * {@link #next}, {@link #repeated}, {@link #reused} or {@link #rejected} means that the trouble
     * is over, though the burst after that can be refused again.
     *
     * <p>Called once for each refused burst. The follower must stop the authors from sending more
     * in this room: nothing else bounds the bursts that a log keeps. Must return soon, and must not
     * call the log.
     *
     * @param burst stays the log's; the follower retains it if it needs it longer
     */
    void refused(Burst burst, Refusal why);

    /**
     * Called when the log begins a new epoch, because it was restored, repaired or replaced. Called
     * between two bursts; bursts that were refused before come in the new epoch.
     *
     * @param to where the new order ends now; the next message has the sequence number after it
     */
    void reset(Position to);
  }
}
