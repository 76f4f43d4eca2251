/**
 * What logs in databases share, whichever database it is: how a row becomes a message, and how what
 * a client is called becomes a key.
 */
@NullMarked
package io.chatroom.server.log.sql;

import org.jspecify.annotations.NullMarked;
