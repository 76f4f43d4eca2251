package io.chatroom.server.search;

import io.chatroom.server.log.Message;

/**
 * A matching message.
 *
 * @param room the key of its room's name
 * @param before the {@link Wanted#before} with which to continue after it
 */
public record Hit(String room, Message message, long before) {}
