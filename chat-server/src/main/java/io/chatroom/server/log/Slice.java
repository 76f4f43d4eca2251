package io.chatroom.server.log;

import java.util.List;

/**
 * A part of a log, as it was at one moment.
 *
 * @param epoch the epoch of the log
 * @param first the number of the oldest message still kept; one more than {@code newest} if none is
 * @param newest the number of the newest message; 0 if there never was one
 * @param messages in order and without a gap; empty if there is nothing after the requested
 *     position
 */
public record Slice(String epoch, long first, long newest, List<Message> messages) {}
