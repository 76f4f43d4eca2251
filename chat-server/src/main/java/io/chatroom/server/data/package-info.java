/**
 * Operators' commands for a data directory or a database: check, repair, backup, export, import and
 * others. A server may run meanwhile, where a command says so.
 */
@NullMarked
package io.chatroom.server.data;

import org.jspecify.annotations.NullMarked;
