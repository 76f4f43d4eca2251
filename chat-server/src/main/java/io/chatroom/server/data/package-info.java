/**
 * What an operator does to a data directory from the command line: check, repair, backup, export
 * and import. A server may run meanwhile, where a command says so.
 */
@NullMarked
package io.chatroom.server.data;

import org.jspecify.annotations.NullMarked;
