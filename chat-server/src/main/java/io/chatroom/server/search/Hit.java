package io.chatroom.server.search;

import io.chatroom.server.log.Message;

/**
 * A matching message.
 *
 * @param room the key of its room's name
 * @param before where to continue after it, as {@link Wanted#before}
 */
public record Hit(String room, Message message, long before) {}
