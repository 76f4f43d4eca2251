/**
 * The conformance kit: judges any server that claims PROTOCOL.md, by its behaviour on the wire
 * alone.
 *
 * <p>The kit shares nothing with the server it may judge, nor with the client beside it: its own
 * sockets, its own framing, its own idea of UTF-8 (bytes in, the same bytes out). A judge that
 * shares the codec shares its bugs. So nothing here imports {@code io.chatroom.protocol}, {@code
 * ChatClient} or Netty.
 *
 * <p>How a verdict comes about: the {@link io.chatroom.client.conformance.Runner} gives each {@link
 * io.chatroom.client.conformance.Case} a {@link io.chatroom.client.conformance.Stage} with two
 * members who have just proved that the room works. The case opens further {@link
 * io.chatroom.client.conformance.Peer}s, does what its sentence speaks of, and compares what the
 * others hear. That something does <em>not</em> arrive is never concluded from waiting: a marker
 * sent afterwards must arrive, and nothing before it.
 */
@NullMarked
package io.chatroom.client.conformance;

import org.jspecify.annotations.NullMarked;
