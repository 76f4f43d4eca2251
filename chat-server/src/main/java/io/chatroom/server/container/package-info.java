/**
 * Programs that run in the container beside the server: the health check, and the rehearsal that trains the image's archive of classes. The server does not know them, and neither of them uses anything of a room.
 */
@NullMarked
package io.chatroom.server.container;

import org.jspecify.annotations.NullMarked;
