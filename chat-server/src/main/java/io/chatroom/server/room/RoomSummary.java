package io.chatroom.server.room;

import org.jspecify.annotations.Nullable;

/**
 * What a list of rooms tells of one.
 *
 * @param name the room's name
 * @param members how many are in it
 * @param newest the number of its newest message; 0 if nothing was said yet
 * @param topic what it is about; null if nobody has said so
 */
public record RoomSummary(String name, int members, long newest, @Nullable String topic) {}
