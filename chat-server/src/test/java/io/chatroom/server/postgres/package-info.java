/** A database for tests. */
@NullMarked
package io.chatroom.server.postgres;

import org.jspecify.annotations.NullMarked;
