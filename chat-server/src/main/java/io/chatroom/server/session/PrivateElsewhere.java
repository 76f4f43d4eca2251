package io.chatroom.server.session;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The private rooms on all servers of a cluster, and notifications of their posts. */
public interface PrivateElsewhere {

  /** Receives notifications from other servers. Called on any thread; must return quickly. */
  interface Listener {

    /**
     * A message is about to be posted in a private room.
     *
     * @param room the server's name for the room
     * @param from the last sequence number before the post
     */
    void onPost(String room, long from);

    /** The ids of the owners with sessions on this server. */
    Set<String> owners();
  }

  /** Starts the notifications. Called once. */
  void follow(Listener listener);

  /** Notifies other servers soon that a message is about to be posted in a private room. */
  void announcePost(String room, long from);

  /**
   * Finds the private rooms of an owner with messages, the latest first.
   *
   * @return fails if they cannot be found for now
   */
  CompletionStage<List<String>> newest(String ownerId, int limit);
}
