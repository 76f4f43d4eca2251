/**
 * The objects of {@code SESSIONS.md} as records, their JSON, and the table of codes. The numbers
 * S-nn in this package are requirements of that document.
 *
 * <p>{@link io.chatroom.protocol.session.SessionJson} reads and writes {@link
 * io.chatroom.protocol.session.FromClient} and {@link io.chatroom.protocol.session.FromServer}.
 * Every record is within the limits of the document, because its constructor checks them.
 *
 * <p>This package depends on Netty's buffers, on Jackson's token streams, and on the parent
 * package. It knows no channel: TCP, WebSocket and HTTP carry the same objects.
 */
@NullMarked
package io.chatroom.protocol.session;

import org.jspecify.annotations.NullMarked;
