/**
 * Operators' commands for a data directory or a database: check, repair, backup, export, import and
 * others. The help of each command says whether a server can be running.
 */
@NullMarked
package io.chatroom.server.data;

import org.jspecify.annotations.NullMarked;
