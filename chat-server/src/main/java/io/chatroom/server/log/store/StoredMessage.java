package io.chatroom.server.log.store;

import org.jspecify.annotations.Nullable;

/**
 * A message as it is exported and imported.
 *
 * @param room the name of its room
 * @param seq its number there
 * @param at when it was stored, in milliseconds since 1970, UTC
 * @param from who said it, or did it
 * @param text what was said; null if it was deleted, and for an event without a text
 * @param client who posted it, a secret of its client; null if no session did
 * @param id what the client calls it; null if no session posted it
 * @param replyTo the number of the message that it answers; 0 if it answers none
 * @param kind what happened; null for a message
 * @param target what that was done to; null if nothing
 * @param owned whether the name was its client's own
 */
public record StoredMessage(
    String room,
    long seq,
    long at,
    String from,
    @Nullable String text,
    @Nullable String client,
    @Nullable String id,
    long replyTo,
    @Nullable String kind,
    @Nullable String target,
    boolean owned) {}
