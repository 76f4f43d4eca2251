package io.chatroom.server.room;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The members that rooms have on other servers; private rooms are none of its business.
 * Thread-safe.
 */
public interface Elsewhere {

  /** Where there is no other server. */
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

  /** The rooms of this server, as others hear of them. Thread-safe. */
  interface Here {

    /** How many members they have that are not private, each counted once. */
    int members();

    /** The names of those that are open and not private. */
    List<String> openRooms();

    /** Who is in one of them on this server. */
    Company here(String room);

    /**
     * Who is in one of them on other servers is another company from here on. Does nothing if it is
     * not open.
     *
     * @param now gives it; called under a lock
     */
    void elsewhere(String room, Supplier<Company> now);
  }

  /**
   * A room that has members elsewhere.
   *
   * @param room its name
   * @param members how many
   */
  record Listed(String room, int members) {}

  /**
   * Gets to know who is in a room, before it is opened. Returns at once.
   *
   * @return null if that is known, and will be for the next seconds at least; else done, on any
   *     thread, when it is known, or cannot be known for now
   */
  @Nullable CompletionStage<Void> prepare(String room);

  /** Who is in a room. What changes while it is open, {@link Here#elsewhere} is told. */
  Company in(String room);

  /**
   * Somebody has come to a room here, or has gone. Returns at once, as it is called under locks.
   */
  void changed(String room);

  /**
   * Some rooms that have members, in the order of the code points of their names.
   *
   * @param behind only those behind this name; empty for all
   * @param limit how many at most
   * @return null if there can be none
   */
  @Nullable CompletionStage<List<Listed>> list(String behind, int limit);

  /** How many members there are. */
  int members();
}
