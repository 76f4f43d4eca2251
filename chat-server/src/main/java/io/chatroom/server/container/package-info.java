/**
 * What runs in the container beside the server: the health check, and the rehearsal that trains the
 * image's archive of classes. The server itself knows nothing of it, and neither uses anything of
 * the room.
 */
@NullMarked
package io.chatroom.server.container;

import org.jspecify.annotations.NullMarked;
