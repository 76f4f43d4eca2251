package io.chatroom.server.search;

import io.chatroom.server.log.Message;

/**
 * A message that was looked for.
 *
 * @param room what its room's name is compared by
 * @param place where to go on behind it, towards older ones; means something to this search only
 */
public record Hit(String room, Message message, String place) {}
