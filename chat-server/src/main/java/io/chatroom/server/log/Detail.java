package io.chatroom.server.log;

/**
 * What an entry of a log has that the seed's wire cannot carry: a {@code Post} for the message of a
 * session, a {@code RoomEvent} for what is no message. A message of a seed member has none.
 */
public interface Detail {}
