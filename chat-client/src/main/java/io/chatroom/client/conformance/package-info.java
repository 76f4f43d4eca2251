/**
 * The conformance kit: judges any server that claims PROTOCOL.md, only by its behaviour on the
 * wire.
 *
 * <p>The kit shares no code with our server or with the client beside it. It has its own sockets
 * and its own framing, and compares payloads as bytes. A judge that shares the codec shares its
 * bugs, so nothing here imports {@code io.chatroom.protocol}, {@code ChatClient} or Netty.
 *
 * <p>The {@link io.chatroom.client.conformance.Runner} gives each {@link
 * io.chatroom.client.conformance.Case} a {@link io.chatroom.client.conformance.Stage} with two
 * members that have just shown that the room works. The case connects further {@link
 * io.chatroom.client.conformance.Peer}s, tries its requirement, and compares what the others
 * receive. The kit never concludes from waiting that something does <em>not</em> arrive: it sends a
 * marker afterwards, and nothing may arrive before the marker.
 */
@NullMarked
package io.chatroom.client.conformance;

import org.jspecify.annotations.NullMarked;
