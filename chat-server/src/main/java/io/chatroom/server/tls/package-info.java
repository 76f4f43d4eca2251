/**
 * The server's identity: a key and a certificate from files that may change while it runs, or made
 * here once. It knows the JDK's TLS and no connection.
 */
@NullMarked
package io.chatroom.server.tls;

import org.jspecify.annotations.NullMarked;
