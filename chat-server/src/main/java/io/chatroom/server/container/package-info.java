/**
 * What runs beside the server, in a container or as a service of systemd: the health check, the
 * check that it has started, and the rehearsal that trains the image's archive of classes. The
 * server itself knows nothing of it, and neither uses anything of the room.
 */
@NullMarked
package io.chatroom.server.container;

import org.jspecify.annotations.NullMarked;
