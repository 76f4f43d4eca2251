package io.chatroom.server.room;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows the members that rooms have on other servers. It has nothing to do with private rooms.
 * Thread-safe.
 */
public interface Elsewhere {

  /** For a server that stands alone. */
  Elsewhere NOWHERE =
      new Elsewhere() {

        @Override
        public @Nullable CompletionStage<Void> prepare(String room) {
          return null;
        }

        @Override
        public Company in(String room) {
          return Company.NOBODY;
        }

        @Override
        public void changed(String room) {}

        @Override
        public @Nullable CompletionStage<List<Listed>> list(String behind, int limit) {
          return null;
        }

        @Override
        public int members() {
          return 0;
        }
      };

  /** The rooms of this server, for the others. Thread-safe. */
  interface Here {

    /** The number of members in rooms that are not private, each counted once. */
    int members();

    /** The names of open rooms that are not private. */
    List<String> openRooms();

    /** The members that a room has on this server. */
    Company here(String room);

    /**
     * Replaces the members that a room has on other servers. Does nothing if the room is not open.
     *
     * @param now supplies them; called under a lock
     */
    void elsewhere(String room, Supplier<Company> now);
  }

  /**
   * A room that has members elsewhere.
   *
   * @param room the room's name
   * @param members the number of its members on other servers
   */
  record Listed(String room, int members) {}

  /**
   * Loads the members of a room before it is opened. Returns at once.
   *
   * @return null if they are known and stay so for the next seconds at least; else completed, on
   *     any thread, when they are known or cannot be loaded for now
   */
  @Nullable CompletionStage<Void> prepare(String room);

  /**
   * The members of a room on other servers. Later changes go to {@link Here#elsewhere} while the
   * room is open.
   */
  Company in(String room);

  /**
   * Called when a member has joined or left a room here. Returns at once, as it is called under
   * locks.
   */
  void changed(String room);

  /**
   * Rooms that have members on other servers, ordered by the code points of their names.
   *
   * @param behind only rooms that come after this name; empty for all
   * @param limit maximum number of rooms
   * @return null if there can be none
   */
  @Nullable CompletionStage<List<Listed>> list(String behind, int limit);

  /** The number of members on other servers. */
  int members();
}
