/**
 * Programs that run beside the server, in the container or as a service of systemd: the health
 * check, the check that it has started, and the rehearsal that trains the image's archive of
 * classes. The server does not know them, and none of them uses anything of a room.
 */
@NullMarked
package io.chatroom.server.container;

import org.jspecify.annotations.NullMarked;
