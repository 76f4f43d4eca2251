package io.chatroom.server.log;

/**
 * The part of a log entry that the seed protocol cannot carry: a {@code Post} for a session's
 * message, a {@code RoomEvent} for an event. A seed member's message has none.
 */
public interface Detail {}
