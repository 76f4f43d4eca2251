package io.chatroom.server.log;

/**
 * The part of a log entry that the seed's protocol cannot carry: a {@code Post} for a session's
 * message, a {@code RoomEvent} for an event. A message of a seed member has none.
 */
public interface Detail {}
