package io.chatroom.server.log;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The logs of all rooms of a server, which are of one kind. Thread-safe.
 *
 * <p>Some kinds know all their rooms from the start. Others must query first, and know only the
 * rooms that are open and those that were {@linkplain #prepare prepared}.
 */
public interface RoomLogs extends AutoCloseable {

  /**
   * Loads what must be known of a room, so that {@link #open} and {@link #keeps} can answer at
   * once. Must be called before a room is opened, even if it was open before. Returns at once;
   * further calls during a query do not query again.
   *
   * @return null if the room is known, and stays so for the next seconds at least; else completes,
   *     on any thread and within seconds, when it is known, or fails if that is unavailable for now
   */
  default @Nullable CompletionStage<Void> prepare(String room) {
    return null;
  }

  /**
   * Waits for a position of a room that a client has, perhaps from another server, and that this
   * server has not reached yet.
   *
   * @param room a known room
   * @return null if the position is reached, or belongs to another log; else completes, on any
   *     thread and within seconds, when it is reached or turns out not to exist, or fails if that
   *     is unavailable for now
   */
  default @Nullable CompletionStage<Void> reach(String room, Position at) {
    return null;
  }

  /** Returns true if messages of a known room are kept, whether it is open or not. */
  default boolean keeps(String room) {
    return false; // rooms with kept messages are open
  }

  /**
   * Approximate number of kept rooms, open or not; 0 if all of them are open.
   *
   * @param isPrivate true to count private rooms, false to count the others
   */
  default int count(boolean isPrivate) {
    return 0;
  }

  /**
   * Kept rooms that are not private, ordered by the code points of their names.
   *
   * @param behind only rooms that come after this name; empty for all
   * @param limit maximum number of rooms
   * @return null if all kept rooms are open; fails if that is unavailable for now
   */
  default @Nullable CompletionStage<List<KeptRoom>> list(String behind, int limit) {
    return null;
  }

  /**
   * Returns true if a closed room is gone, so that nothing of it is kept, here or elsewhere. If
   * not, its rules must be kept, too.
   */
  default boolean closedAreGone() {
    return true;
  }

  /**
   * Opens the log of a room.
   *
   * @param room the room's name
   * @param emptied called on any thread, without a lock, when the log has deleted its last message
   */
  RoomLog open(String room, Runnable emptied);

  /** Returns true if messages survive the end of the process. */
  default boolean areDurable() {
    return false;
  }

  /** The rooms that have kept messages before any log is opened. */
  default List<String> names() {
    return List.of();
  }

  /**
   * Sets the callbacks that slow senders, in every room, while too much waits to be stored. Called
   * once, before the first log is opened.
   *
   * @param begin slows senders; called from any thread
   * @param end ends that
   */
  default void slows(Runnable begin, Runnable end) {}

  /**
   * Blocks until all appended bursts are passed on or refused.
   *
   * @param most time limit
   */
  default void settle(Duration most) {}

  /** Closes the shared resources of all logs. */
  @Override
  void close();
}
