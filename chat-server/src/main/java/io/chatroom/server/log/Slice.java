package io.chatroom.server.log;

import java.util.List;

/**
 * A part of what a log keeps, as it stood at one moment.
 *
 * @param epoch which log it is of
 * @param first the number of the oldest message still kept; one more than {@code newest} if none is
 * @param newest the number of the newest message; 0 if nothing was said yet
 * @param messages in order and without a gap; empty if there is nothing behind the position asked
 *     for
 */
public record Slice(String epoch, long first, long newest, List<Message> messages) {}
