package io.chatroom.client;

import io.chatroom.protocol.session.FromServer;
import java.time.Duration;
import java.util.List;

/**
 * Receives the events of the connection of a {@link SessionClient}; each room has its own {@link
 * RoomListener}. The calls come on the same thread as theirs, under the same rules.
 */
public interface SessionListener {

  /** A listener that does nothing. */
  SessionListener NONE = new SessionListener() {};

  /**
   * A session has begun: the first one, or a new one after a lost connection. Does nothing unless
   * overridden.
   */
  default void onConnected(SessionClient client, FromServer.Welcome welcome) {}

  /**
   * The session was lost, or could not begin, and the client will retry by itself. Called after
   * each failed attempt. Does nothing unless overridden.
   *
   * @param reason one sentence for people
   * @param wait the delay before the next attempt
   */
  default void onDisconnected(SessionClient client, ChatException reason, Duration wait) {}

  /**
   * The names that this client's name has blocked: called after each request for them, and when
   * another session of the name has changed them. Programs that show messages should hide those of
   * blocked names. Does nothing unless overridden.
   */
  default void onBlocked(SessionClient client, List<String> names) {}

  /**
   * A file could not be written; the client continues. Does nothing unless overridden.
   *
   * @param trouble one sentence for people
   */
  default void onTrouble(SessionClient client, ChatException trouble) {}

  /**
   * All objects that arrived together have been delivered, and none is waiting for the moment: the
   * time to flush output. Does nothing unless overridden.
   */
  default void onPause(SessionClient client) {}
}
