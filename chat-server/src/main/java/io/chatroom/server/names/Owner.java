package io.chatroom.server.names;

/**
 * Who owns a name now. Immutable.
 *
 * @param id another one with each new ownership, also of the same name: small letters and digits
 * @param name as it was claimed
 */
public record Owner(String id, String name) {}
