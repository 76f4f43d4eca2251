/**
 * Durable logs: all rooms of a server in one SQLite database, written by one thread, many bursts in
 * one transaction.
 *
 * <pre>
 *   StoredLog.append → Writer (one thread, one transaction for everything that waits) → followers
 *   StoredLog.read   → PageReader (its own connection, its own threads)
 * </pre>
 *
 * <p>All SQL is in {@code Sql}, the tables are in {@code Schema}, and everything specific to SQLite
 * is in the classes named after it.
 */
@NullMarked
package io.chatroom.server.log.store;

import org.jspecify.annotations.NullMarked;
