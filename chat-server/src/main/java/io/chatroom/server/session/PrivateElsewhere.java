package io.chatroom.server.session;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The private rooms of all servers: which there are, and that something is said there. */
public interface PrivateElsewhere {

  /** Hears what happens on other servers; by any thread, and must return soon. */
  interface Ear {

    /**
     * Something is about to be said in a private room.
     *
     * @param room what servers call it
     * @param from where the room's order ends before that
     */
    void says(String room, long from);

    /** The ids of those owners who have sessions here. */
    Set<String> owners();
  }

  /** Begins to tell what happens. Called once. */
  void follow(Ear ear);

  /** Tells other servers that something is about to be said in a private room, soon. */
  void says(String room, long from);

  /**
   * Finds the private rooms of an owner in which something was said, those first where that was
   * last.
   *
   * @return failed where that cannot be told for now
   */
  CompletionStage<List<String>> newest(String ownerId, int limit);
}
