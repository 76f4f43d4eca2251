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
   * Makes a room known, so that {@link #open} and {@link #keeps} can answer at once. Must be called
   * before a room is opened, even if it was open before. Returns at once; further calls during a
   * query do not query again.
   *
   * @return null if the room is known, and will be for the next seconds at least; else completes,
   *     on any thread and within seconds, when it is known, or fails if that is unavailable for now
   */
  default @Nullable CompletionStage<Void> prepare(String room) {
    return null;
  }

  /**
   * Waits for a position of a room that a client knows, perhaps from another server, and that this
   * server has not handed on yet.
   *
   * @param room a known room
   * @return null if the position is handed on, or belongs to another log; else completes, on any
   *     thread and within seconds, when it is handed on or turns out not to exist, or fails if that
   *     is unavailable for now
   */
  default @Nullable CompletionStage<Void> reach(String room, Position at) {
    return null;
  }

  /** Whether messages are kept of a known room, open or not. */
  default boolean keeps(String room) {
    return false; // rooms with kept messages are open
  }

  /**
   * About how many rooms are kept, open or not; 0 where all of them are open.
   *
   * @param isPrivate whether to count private rooms, or the others
   */
  default int count(boolean isPrivate) {
    return 0;
  }

  /**
   * Some kept rooms that are not private, ordered by the code points of their names.
   *
   * @param behind only those after this name; empty for all
   * @param limit how many at most
   * @return null where all of them are open; fails if that is unavailable for now
   */
  default @Nullable CompletionStage<List<KeptRoom>> list(String behind, int limit) {
    return null;
  }

  /**
   * Whether a closed room is gone, so that nothing of it is kept, here or elsewhere. Otherwise its
   * rules must be kept, too.
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

  /** Whether messages survive the end of the process. */
  default boolean areDurable() {
    return false;
  }

  /** The rooms with kept messages before the first was opened. */
  default List<String> names() {
    return List.of();
  }

  /**
   * Sets how to slow senders, in every room, while too much waits to be stored. Called once, before
   * the first log is opened.
   *
   * @param begin slows senders; called from any thread
   * @param end ends that
   */
  default void slows(Runnable begin, Runnable end) {}

  /**
   * Blocks until all appended bursts are handed on or refused.
   *
   * @param most the longest time to block
   */
  default void settle(Duration most) {}

  /** Closes the shared resources of all logs. */
  @Override
  void close();
}
