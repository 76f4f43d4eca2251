package io.chatroom.server.log;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One room's messages in one order: it numbers what is said, makes it as safe as its kind can, and
 * then hands it on. Heard means safe: nothing reaches anybody that did not pass here.
 *
 * <p>Every kind keeps the same contract, which {@code RoomLogContract} tests. Numbers are dense, 1,
 * 2, 3 …, within an epoch. Thread-safe.
 */
public interface RoomLog extends AutoCloseable {

  /** About how many bytes are read at once. */
  int READ_BYTES = 256 * 1024;

  /** Whether a room's name says that it is for two people, and shown to no one else. */
  static boolean isPrivate(String room) {
    return room.startsWith("@");
  }

  /**
   * Asks for the next places in the order. Returns at once and delivers nothing by itself; the
   * follower hears when the burst is safe. Bursts of one thread keep their order, also when some of
   * them are {@link Follower#refused refused}.
   *
   * @param burst sealed and not empty; the log takes over the reference
   */
  void append(Burst burst);

  /**
   * Hands everything that is appended from here on to a follower. Must be called once, before the
   * first {@link #append}.
   */
  void follow(Follower follower);

  /**
   * Reads what is kept behind a position, the oldest first.
   *
   * @param after where to begin; a position of another epoch stands in front of everything
   * @param limit how many messages at most, from 1 on; there are fewer, but at least one, where
   *     they have more than {@value #READ_BYTES} bytes in all
   * @return completed on a thread that is no event loop's; with an {@link java.io.IOException}
   *     where what is kept cannot be read
   */
  CompletionStage<Slice> read(Position after, int limit);

  /** Where the order ends now. */
  Position newest();

  /** The number of the oldest message still kept; one more than the newest if none is. */
  long first();

  /** What the room was about when the log was opened; null if nobody has said so. */
  default @Nullable String topic() {
    return null;
  }

  /** When the newest message was said that was kept when the log was opened; 0 if none was. */
  default long newestMillis() {
    return 0;
  }

  /**
   * Whether it may be closed: nothing waits to be made safe, and it keeps no message but what is
   * there again when it is opened the next time.
   */
  boolean isEmpty();

  /**
   * Gives back what it holds, refused bursts included. Nothing is appended or read from here on.
   */
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

    /**
     * A post was there before: it gets no other number. Called in the order of {@link #next}.
     *
     * @param seq the number that it has
     * @param atMillis when the log took it
     */
    void repeated(Author author, Post post, long seq, long atMillis);

    /**
     * The id of a post was there before, with another text or in another room: it is not taken.
     * Called in the order of {@link #next}.
     */
    void reused(Author author, Post post);

    /**
     * A message of a burst can never be made safe because of what is in it: it is not taken. Called
     * in the order of {@link #next}.
     *
     * @param detail what belonged to it; null for what a seed member said
     */
    default void rejected(Author author, @Nullable Detail detail) {}

    /**
     * One or several calls of {@link #next} are over. Called by the same thread, without a lock of
     * the log, so that waking those who deliver stops nobody who appends.
     */
    void handedOn();

    /**
     * The log cannot make a burst safe for now. It keeps the burst and tries again until it can: it
     * alone knows when that is, and holds the one order. Until then it hands nothing on that was
     * appended later, so the next call of {@link #next}, {@link #repeated}, {@link #reused} or
     * {@link #rejected} says that the trouble is over, though the burst after that may be refused
     * again.
     *
     * <p>Each refused burst is told once. The follower must see to it that those who said it say
     * nothing more in this room: that is what bounds the bursts a log keeps. Must return soon, and
     * not call the log.
     *
     * @param burst stays the log's; the follower retains it if it needs it for longer
     */
    void refused(Burst burst, Refusal why);

    /**
     * The log is another one: it was restored, repaired or made anew. Called between two bursts;
     * bursts that it had refused come in the new epoch.
     *
     * @param to where the new order ends now; the next message has the number after it
     */
    void reset(Position to);
  }
}
