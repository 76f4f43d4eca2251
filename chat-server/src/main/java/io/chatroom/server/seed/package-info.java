/**
 * The seed's protocol: parses frames, makes the first one a member and each later one a message for
 * the room; decides what members hear, when they are read from, and who pays when one of them does
 * not keep up. Its members have no numbers for messages, so what they miss is lost to them; that is
 * why the room is patient with them, within bounds.
 */
@NullMarked
package io.chatroom.server.seed;

import org.jspecify.annotations.NullMarked;
