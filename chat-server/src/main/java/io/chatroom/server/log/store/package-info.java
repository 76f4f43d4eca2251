/**
 * Logs that outlive the server: all rooms of a server in one database, written by one thread, many
 * bursts in one transaction.
 *
 * <pre>
 *   StoredLog.append → Writer (one thread, one transaction for all that waits) → followers
 *   StoredLog.read   → PageReader (its own connection, its own threads)
 * </pre>
 *
 * <p>All SQL stands in {@code Sql}, the tables in {@code Schema}; what only SQLite has, in the
 * classes named after it.
 */
@NullMarked
package io.chatroom.server.log.store;

import org.jspecify.annotations.NullMarked;
