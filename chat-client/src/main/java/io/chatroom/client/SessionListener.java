package io.chatroom.client;

import io.chatroom.protocol.session.FromServer;
import java.time.Duration;
import java.util.List;

/**
 * Hears how the connection of a {@link SessionClient} fares; rooms have a {@link RoomListener}
 * each. The calls come on the same thread as theirs, and under the same rules.
 */
public interface SessionListener {

  /** A listener that does not care. */
  SessionListener NONE = new SessionListener() {};

  /**
   * There is a session, the first one or a new one after the connection was lost. Does nothing
   * unless overridden.
   */
  default void onConnected(SessionClient client, FromServer.Welcome welcome) {}

  /**
   * There is no session any more, or none yet, and the client will try again by itself. Called for
   * each try that failed. Does nothing unless overridden.
   *
   * @param reason one sentence for people
   * @param wait until the next try
   */
  default void onDisconnected(SessionClient client, ChatException reason, Duration wait) {}

  /**
   * Whom the name of this client has blocked: after each question, and when another session of the
   * name has changed it. Programs that show what is said leave out what these say. Does nothing
   * unless overridden.
   */
  default void onBlocked(SessionClient client, List<String> names) {}

  /**
   * Something that was to be remembered cannot be, and the client goes on. Does nothing unless
   * overridden.
   *
   * @param trouble one sentence for people
   */
  default void onTrouble(SessionClient client, ChatException trouble) {}

  /**
   * Called after each row of objects that arrived together: for the moment no more is waiting. The
   * time to flush what was written. Does nothing unless overridden.
   */
  default void onPause(SessionClient client) {}
}
