/**
 * The server's TLS identity: a key and a certificate, from files that may change while it runs, or
 * made once. Uses the JDK's TLS; independent of connections.
 */
@NullMarked
package io.chatroom.server.tls;

import org.jspecify.annotations.NullMarked;
