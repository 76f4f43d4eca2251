package io.chatroom.server.names;

/**
 * The present owner of a name. Immutable.
 *
 * @param id unique for each ownership, even of the same name; lower-case letters and digits
 * @param name the name as it was claimed
 */
public record Owner(String id, String name) {}
