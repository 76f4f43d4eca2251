package io.chatroom.server.log.sql;

import org.jspecify.annotations.Nullable;

/**
 * A room on its way from one store into another.
 *
 * @param id what messages call it
 * @param forgotten the highest number that is not kept any more; 0 if everything is
 * @param topic what it is about; null if nobody has said so
 * @param newest the number of its newest message
 * @param at when that was said
 * @param bytes what that says of the room's size
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
