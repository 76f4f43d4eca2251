/**
 * What servers that share a database tell each other about themselves: that they are there, and who
 * is in which of their rooms.
 *
 * <p>Each server writes what is new at most once a second, and looks at what others wrote as often.
 * It keeps what it has read of the rooms that are open here, or about to be.
 */
@NullMarked
package io.chatroom.server.cluster;

import org.jspecify.annotations.NullMarked;
