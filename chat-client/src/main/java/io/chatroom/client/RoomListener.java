package io.chatroom.client;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import org.jspecify.annotations.Nullable;

/**
 * Hears one room, in its order: after {@link #onJoined} each number of the room comes exactly once:
 * as a message, as an event, as the acknowledgement of one's own post, or within a gap. After a
 * lost connection it continues in the same way, behind another {@link #onJoined}. A post of an
 * earlier connection may come as a message from oneself.
 *
 * <p>All calls for one client come on that client's own thread, one after the other. While a
 * listener is busy nothing is read, no ping is sent, and no future completes. So it must not wait
 * for this client, and after minutes the server may take the client for dead. What a listener
 * throws ends the client, and {@link SessionClient#closed} fails with it.
 *
 * <p>Names and texts are as a stranger wrote them: see {@link io.chatroom.protocol.VisibleText}
 * before they reach a terminal or a log.
 */
@FunctionalInterface
public interface RoomListener {

  /**
   * Somebody said something.
   *
   * @param client the client that heard it; its {@link SessionClient#position} in this room is that
   *     of this message
   */
  void onMessage(SessionClient client, FromServer.Message message);

  /**
   * Something happened in the room. Where its kind is {@link FromServer.Event#DELETED}, the message
   * with the number {@link FromServer.Event#targetSeq} was deleted: remove its text where it is
   * shown or kept. Does nothing unless overridden.
   */
  default void onEvent(SessionClient client, FromServer.Event event) {}

  /**
   * A post of this client has its place in the room, here between what came before and what comes
   * next. Called before the future of the post completes, and not for a post that had its place
   * before ({@link FromServer.Ack#duplicate}): that one came as a message. Does nothing unless
   * overridden.
   *
   * @param post what was said
   */
  default void onAck(SessionClient client, FromServer.Ack ack, FromClient.Post post) {}

  /**
   * Some numbers will not come. Show this: people should know that they missed something. Where the
   * reason is {@link FromServer.Gap#EPOCH} the room has a new log, whose numbers are unrelated to
   * the earlier ones. Does nothing unless overridden.
   */
  default void onGap(SessionClient client, FromServer.Gap gap) {}

  /**
   * The client is in the room, for the first time or again; what it missed follows. Does nothing
   * unless overridden.
   */
  default void onJoined(SessionClient client, FromServer.Joined joined) {}

  /** Others came and went. Carries no number. Does nothing unless overridden. */
  default void onPresence(SessionClient client, FromServer.Presence presence) {}

  /**
   * How far this name has read the room, in any of its sessions. Does nothing unless overridden.
   */
  default void onRead(SessionClient client, FromServer.Read read) {}

  /**
   * The client is not in the room any more, and nothing more comes of it. Does nothing unless
   * overridden.
   *
   * @param reason why the server refused it, at first or on rejoining, or put it out; null if it
   *     left, or the server does not say
   */
  default void onLeft(SessionClient client, RoomName room, @Nullable RefusedException reason) {}
}
