package io.chatroom.server.search;

import io.chatroom.server.log.Message;

/**
 * A message that was looked for.
 *
 * @param room what its room's name is compared by
 * @param before where to go on behind it, as {@link Wanted#before}
 */
public record Hit(String room, Message message, long before) {}
