/**
 * What a server stores about people and rooms besides messages: who owns a name, who is banned,
 * which room is closed. It is small and rarely changes, so each part of the server reads its own
 * facts at the start and keeps them in memory.
 */
@NullMarked
package io.chatroom.server.facts;

import org.jspecify.annotations.NullMarked;
