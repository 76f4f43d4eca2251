/**
 * The server's identity: a key and a certificate, from files that may change while it runs, or made
 * here once. Knows the JDK's TLS, but no connections.
 */
@NullMarked
package io.chatroom.server.tls;

import org.jspecify.annotations.NullMarked;
