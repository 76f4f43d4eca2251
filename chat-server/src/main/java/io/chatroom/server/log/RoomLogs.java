package io.chatroom.server.log;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where rooms get their logs from: one kind for all rooms of a server. Thread-safe.
 *
 * <p>Some kinds know all their rooms from the beginning. Others have to ask first, and know only
 * the rooms that are open and those that were {@link #prepare prepared}.
 */
public interface RoomLogs extends AutoCloseable {

  /**
   * Gets to know a room, so that {@link #open} and {@link #keeps} can tell of it at once. Must be
   * called before a room is opened, also when it was open before. Returns at once; while a room is
   * being asked for, more calls do not ask again.
   *
   * @return null if the room is known, and will be for the next seconds at least; else done, on any
   *     thread and within seconds, when it is known, and failed where that cannot be told for now
   */
  default @Nullable CompletionStage<Void> prepare(String room) {
    return null;
  }

  /**
   * Waits for a place of a room that somebody has heard of, perhaps at another server, and this one
   * has not handed on yet.
   *
   * @param room one that is known
   * @return null if the place is handed on, or is one of another log; else done, on any thread and
   *     within seconds, when it is handed on or it is known that nobody has it, and failed where
   *     that cannot be told for now
   */
  default @Nullable CompletionStage<Void> reach(String room, Position at) {
    return null;
  }

  /** Whether something is kept of a room that is known, open or not. */
  default boolean keeps(String room) {
    return false; // those that are kept are open
  }

  /**
   * About how many rooms are kept, whether or not they are open; 0 where all of them are.
   *
   * @param isPrivate which of them
   */
  default int count(boolean isPrivate) {
    return 0;
  }

  /**
   * Some rooms that are kept and not private, in the order of the code points of their names.
   *
   * @param behind only those behind this name; empty for all
   * @param limit how many at most
   * @return null where all of them are open; failed where that cannot be told for now
   */
  default @Nullable CompletionStage<List<KeptRoom>> list(String behind, int limit) {
    return null;
  }

  /**
   * Whether a room that is closed is gone: nothing is kept of it, here or elsewhere. Where it may
   * be kept, nobody forgets what was decided about it.
   */
  default boolean closedAreGone() {
    return true;
  }

  /**
   * Opens the log of a room.
   *
   * @param room the room's name
   * @param emptied called on any thread, without a lock of ours, when the log has forgotten its
   *     last message
   */
  RoomLog open(String room, Runnable emptied);

  /** Whether what they have handed on is there after the end of the process. */
  default boolean areDurable() {
    return false;
  }

  /** The rooms of which something was kept before the first was opened. */
  default List<String> names() {
    return List.of();
  }

  /**
   * Tells how to slow those who talk, in every room, while more waits to be made safe than should.
   * Called once, before the first log is opened.
   *
   * @param begin slows them; called from any thread
   * @param end takes that back
   */
  default void slows(Runnable begin, Runnable end) {}

  /**
   * Blocks until all that was appended has been handed on or refused.
   *
   * @param most how long at most
   */
  default void settle(Duration most) {}

  /** Gives back what all logs share. */
  @Override
  void close();
}
