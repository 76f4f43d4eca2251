/**
 * The common parts of logs in any database: the conversion between rows and messages, and the keys
 * of clients.
 */
@NullMarked
package io.chatroom.server.log.sql;

import org.jspecify.annotations.NullMarked;
