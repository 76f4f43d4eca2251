package io.chatroom.server.names;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Which programs may use the seed's protocol, which can send neither a key nor a token. */
public enum SeedMembers {
  /** Anybody on an open server, and only programs on this machine on a closed one. */
  AUTO,
  /** Anybody. */
  ANYBODY,
  /** Programs on this machine. */
  LOOPBACK,
  /** Nobody. */
  NOBODY;

  /** Resolves {@link #AUTO}. */
  SeedMembers on(boolean closedServer) {
    if (this != AUTO) {
      return this;
    }
    return closedServer ? LOOPBACK : ANYBODY;
  }

  /** Returns true if programs at an address may use the seed's protocol. */
  boolean allows(@Nullable InetAddress address) {
    return switch (this) {
      case ANYBODY -> true;
      case LOOPBACK -> address != null && address.isLoopbackAddress();
      case AUTO, NOBODY -> false;
    };
  }
}
