package io.chatroom.server.log;

import org.jspecify.annotations.Nullable;

/**
 * A room of which something is kept.
 *
 * @param name the room's name
 * @param newest the number of its newest message
 * @param topic what it is about; null if nobody has said so
 */
public record KeptRoom(String name, long newest, @Nullable String topic) {}
