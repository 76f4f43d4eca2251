/**
 * What a server remembers about people and rooms besides what was said: who owns a name, who is
 * banned, which room is closed. It is small and changes seldom, so each part of the server reads
 * what concerns it at the start and keeps it in memory.
 */
@NullMarked
package io.chatroom.server.facts;

import org.jspecify.annotations.NullMarked;
