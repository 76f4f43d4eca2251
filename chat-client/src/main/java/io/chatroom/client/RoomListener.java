package io.chatroom.client;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import org.jspecify.annotations.Nullable;

/**
 * Hears one room, in its order: behind {@link #onJoined} each number of the room comes exactly
 * once, as a message, as an event, as the acknowledgement of an own post, or within a gap; so it
 * goes on when the connection was lost and is there again, after another {@link #onJoined}. What
 * was posted on an earlier connection may come as a message from oneself.
 *
 * <p>All calls for one client come on that client's own thread, one after the other. While a
 * listener is busy nothing is read, no ping is sent, and no future completes: so it must not wait
 * for this client, and a server may take a client for dead that is busy for minutes. What a
 * listener throws ends the client, and {@link SessionClient#closed} fails with it.
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
   * with the number {@link FromServer.Event#targetSeq} was taken back: who has shown or kept its
   * text takes it away. Does nothing unless overridden.
   */
  default void onEvent(SessionClient client, FromServer.Event event) {}

  /**
   * A post of this client has its place in the room, which is here. Called before the future of the
   * post completes, and not for a post that had its place before ({@link
   * FromServer.Ack#duplicate}): that one came as a message. Does nothing unless overridden.
   *
   * @param post what was said
   */
  default void onAck(SessionClient client, FromServer.Ack ack, FromClient.Post post) {}

  /**
   * Some numbers will not come. Show it: people should know that they missed something. Where the
   * reason is {@link FromServer.Gap#EPOCH} the room has another log, whose numbers have nothing to
   * do with those heard before. Does nothing unless overridden.
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
   * @param reason why the server did not let it in, or not again, or put it out; null if it left,
   *     or the server does not say
   */
  default void onLeft(SessionClient client, RoomName room, @Nullable RefusedException reason) {}
}
