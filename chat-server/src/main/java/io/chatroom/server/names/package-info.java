/** Who owns a name, and who may do what. It knows no socket, no room and no store. */
@NullMarked
package io.chatroom.server.names;

import org.jspecify.annotations.NullMarked;
