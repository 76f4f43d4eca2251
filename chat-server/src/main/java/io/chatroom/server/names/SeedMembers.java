package io.chatroom.server.names;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whom a server lets in who speaks the seed's protocol, in which nobody can show a key or a token.
 */
public enum SeedMembers {
  /** Anybody on an open server, and those of this machine on a closed one. */
  AUTO,
  /** Anybody. */
  ANYBODY,
  /** Those of this machine. */
  LOOPBACK,
  /** Nobody. */
  NOBODY;

  /** What auto stands for. */
  SeedMembers on(boolean closedServer) {
    if (this != AUTO) {
      return this;
    }
    return closedServer ? LOOPBACK : ANYBODY;
  }

  /** Whether somebody who comes from there is let in. */
  boolean lets(@Nullable InetAddress address) {
    return switch (this) {
      case ANYBODY -> true;
      case LOOPBACK -> address != null && address.isLoopbackAddress();
      case AUTO, NOBODY -> false;
    };
  }
}
