package io.chatroom.server.log.sql;

import org.jspecify.annotations.Nullable;

/**
 * A room that is copied from one store to another.
 *
 * @param id its id in messages
 * @param forgotten the highest number that is no longer kept; 0 if all are
 * @param topic its topic; null if it has none
 * @param newest the number of its newest message
 * @param at the time of that message
 * @param bytes the total size of the room's messages up to that one
 */
public record CopiedRoom(
    long id,
    String name,
    String epoch,
    long forgotten,
    @Nullable String topic,
    long newest,
    long at,
    long bytes) {}
