package io.chatroom.client;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import org.jspecify.annotations.Nullable;

/**
 * Receives one room, in its order. After {@link #onJoined}, each number of the room arrives exactly
 * once: as a message, as an event, as the acknowledgement of one's own post, or within a gap. After
 * a lost connection it continues in the same way, after another {@link #onJoined}. A post of an
 * earlier connection may arrive as a message from oneself.
 *
 * <p>All calls for one client come on that client's own thread, one after the other. While a
 * listener is busy nothing is read, no ping is sent, and no future completes. So it must not wait
 * for this client, and after some minutes the server may consider the client dead. An exception of
 * a listener ends the client, and {@link SessionClient#closed} fails with it.
 *
 * <p>Names and texts are as a stranger wrote them: see {@link io.chatroom.protocol.VisibleText}
 * before they reach a terminal or a log.
 */
@FunctionalInterface
public interface RoomListener {

  /**
   * A message was posted.
   *
   * @param client the client that received it; its {@link SessionClient#position} in this room is
   *     that of this message
   */
  void onMessage(SessionClient client, FromServer.Message message);

  /**
   * Something happened in the room. Where its kind is {@link FromServer.Event#DELETED}, the message
   * with the number {@link FromServer.Event#targetSeq} was deleted: remove its text where it is
   * shown or kept. Does nothing unless overridden.
   */
  default void onEvent(SessionClient client, FromServer.Event event) {}

  /**
   * A post of this client has been stored; this is its place among the messages of the room. Called
   * before the future of the post completes, and not for a post that was stored earlier ({@link
   * FromServer.Ack#duplicate}): that one arrives as a message. Does nothing unless overridden.
   *
   * @param post the post
   */
  default void onAck(SessionClient client, FromServer.Ack ack, FromClient.Post post) {}

  /**
   * Some numbers will not arrive. Show this: people should know that they missed something. If the
   * reason is {@link FromServer.Gap#EPOCH}, the room has a new log, whose numbers are unrelated to
   * the earlier ones: everything it holds follows, including messages that were received before,
   * unless {@link SessionClient.Builder#skipReplays} is set. Does nothing unless overridden.
   */
  default void onGap(SessionClient client, FromServer.Gap gap) {}

  /**
   * The client is in the room, for the first time or again; the messages it missed follow. Does
   * nothing unless overridden.
   */
  default void onJoined(SessionClient client, FromServer.Joined joined) {}

  /** Others joined or left. Has no number. Does nothing unless overridden. */
  default void onPresence(SessionClient client, FromServer.Presence presence) {}

  /**
   * The read mark of this name in the room, set in any of its sessions. Does nothing unless
   * overridden.
   */
  default void onRead(SessionClient client, FromServer.Read read) {}

  /**
   * The client is no longer in the room, and nothing more arrives from it. Does nothing unless
   * overridden.
   *
   * @param reason why the server refused the join, or removed the client; null if the client left,
   *     or the server gives no reason
   */
  default void onLeft(SessionClient client, RoomName room, @Nullable RefusedException reason) {}
}
