/**
 * The seed protocol. The first frame makes a connection a member, each later one is a message for
 * the room. This package decides what members receive, when they are read from, and how long
 * senders wait for a slow one. Seed members have no sequence numbers, so messages they miss are
 * lost to them; that is why the room is patient with them, within bounds.
 */
@NullMarked
package io.chatroom.server.seed;

import org.jspecify.annotations.NullMarked;
