package io.chatroom.server.log;

import org.jspecify.annotations.Nullable;

/**
 * A room with kept messages.
 *
 * @param name the room's name
 * @param newest the number of its newest message
 * @param topic its topic; null if it has none
 */
public record KeptRoom(String name, long newest, @Nullable String topic) {}
