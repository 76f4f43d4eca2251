/**
 * The presence of servers and their members, shared through the database.
 *
 * <p>Each server writes its changes and reads those of the others once a second. It keeps in memory
 * what it has read of rooms that are open here or about to be opened.
 */
@NullMarked
package io.chatroom.server.cluster;

import org.jspecify.annotations.NullMarked;
