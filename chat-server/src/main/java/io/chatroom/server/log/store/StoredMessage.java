package io.chatroom.server.log.store;

import org.jspecify.annotations.Nullable;

/**
 * A message as it is exported and imported.
 *
 * @param room the name of its room
 * @param seq its sequence number there
 * @param at when it was stored, in milliseconds since 1970, UTC
 * @param from the name of its author
 * @param text its text; null for a deleted message, or an event without a text
 * @param client the secret of the client that posted it; null if no session did
 * @param id the client's id of the post; null if no session posted it
 * @param replyTo the sequence number of the message that it answers; 0 if it answers none
 * @param kind the kind of an event; null for a message
 * @param target the target of an event; null if it has none
 * @param owned true if the client owned the name
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
