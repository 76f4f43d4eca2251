package io.chatroom.server.room;

/**
 * A member has joined. It stands in the same order as the messages, because which messages a
 * newcomer receives is a question of order.
 */
record Arrival(Member member) implements Event {}
