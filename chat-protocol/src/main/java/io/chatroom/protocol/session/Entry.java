package io.chatroom.protocol.session;

/**
 * A message or event, which has a place in the order of a room. It is the same object live and in a
 * page. Immutable: threads may share it.
 */
public sealed interface Entry permits FromServer.Message, FromServer.Event {

  /** Its room. */
  RoomName room();

  /** Its sequence number there: 1, 2, 3 … within an epoch. */
  long seq();

  /** Its time, in milliseconds since 1970, UTC. */
  long at();
}
