package io.chatroom.protocol.session;

/**
 * What has a place in the order of a room: a message or an event. A page has the same objects that
 * come live. Immutable: threads may share it.
 */
public sealed interface Entry permits FromServer.Message, FromServer.Event {

  /** The room it stands in. */
  RoomName room();

  /** Its number there: 1, 2, 3 … within an epoch. */
  long seq();

  /** When it was said, in milliseconds since 1970, UTC. */
  long at();
}
