package io.chatroom.server.room;

import org.jspecify.annotations.Nullable;

/**
 * One room in a list of rooms.
 *
 * @param name the room's name
 * @param members the number of its members
 * @param newest the sequence number of its newest message; 0 if there was none yet
 * @param topic its topic; null if none is set
 */
public record RoomSummary(String name, int members, long newest, @Nullable String topic) {}
