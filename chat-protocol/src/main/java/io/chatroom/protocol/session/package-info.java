/**
 * What sessions say and hear: the objects of {@code SESSIONS.md} as records, their JSON both ways,
 * and the table of codes. The numbers S-nn in this package are requirements of that page.
 *
 * <p>{@link io.chatroom.protocol.session.SessionJson} reads and writes; {@link
 * io.chatroom.protocol.session.FromClient} and {@link io.chatroom.protocol.session.FromServer} are
 * what it reads and writes. A record that exists keeps the bounds of the page, whoever made it.
 *
 * <p>This package depends on Netty's buffers, on Jackson's streams of tokens, and on the package
 * around it. It knows no channel: TCP, WebSocket and HTTP carry the same objects.
 */
@NullMarked
package io.chatroom.protocol.session;

import org.jspecify.annotations.NullMarked;
