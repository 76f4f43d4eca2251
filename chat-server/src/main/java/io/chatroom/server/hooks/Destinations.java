package io.chatroom.server.hooks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Resolves hosts, and refuses addresses that hooks may not reach. Callers connect to the resolved
 * address and must not resolve the name again, as it could lead elsewhere by then. Thread-safe.
 */
final class Destinations {

  /** Resolves hosts. */
  interface Resolver {

    /**
     * Resolves a host.
     *
     * @throws UnknownHostException if it has no address
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  private final Resolver resolver;
  private final boolean mayBePrivate;

  /**
   * @param mayBePrivate true if hooks may reach private addresses
   */
  Destinations(Resolver resolver, boolean mayBePrivate) {
    this.resolver = resolver;
    this.mayBePrivate = mayBePrivate;
  }

  /** Destinations with the system's resolver. */
  static Destinations ofSystem(boolean mayBePrivate) {
    return new Destinations(host -> Arrays.asList(InetAddress.getAllByName(host)), mayBePrivate);
  }

  /**
   * Resolves a host to the addresses to connect to.
   *
   * @throws IOException if it has none, or one of them is not allowed; the message is part of a
   *     sentence for people
   */
  List<InetAddress> of(String host) throws IOException {
    List<InetAddress> addresses;
    try {
      addresses = resolver.resolve(host);
    } catch (UnknownHostException e) {
      throw new IOException("the host is unknown", e);
    }
    for (InetAddress address : addresses) {
      if (!mayBePrivate && !PublicAddress.is(address)) {
        throw new IOException(
            "the host has the address "
                + address.getHostAddress()
                + " of a private network, allowed only with --hook-private-addresses");
      }
    }
    return addresses;
  }
}
