package io.chatroom.server.names;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Which programs of the seed's protocol are let in, as they can show neither a key nor a token. */
public enum SeedMembers {
  /** Anybody on an open server, and only programs on this machine on a closed one. */
  AUTO,
  /** Anybody. */
  ANYBODY,
  /** Programs on this machine. */
  LOOPBACK,
  /** Nobody. */
  NOBODY;

  /** The meaning of auto. */
  SeedMembers on(boolean closedServer) {
    if (this != AUTO) {
      return this;
    }
    return closedServer ? LOOPBACK : ANYBODY;
  }

  /** Whether a program from this address is let in. */
  boolean lets(@Nullable InetAddress address) {
    return switch (this) {
      case ANYBODY -> true;
      case LOOPBACK -> address != null && address.isLoopbackAddress();
      case AUTO, NOBODY -> false;
    };
  }
}
