package io.chatroom.server.hooks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the addresses of hosts, and refuses those that hooks may not reach. Who connects uses what
 * is found here and asks no more: the name could lead elsewhere by then. Thread-safe.
 */
final class Destinations {

  /** Looks up the addresses of a host. */
  interface Resolver {

    /**
     * Looks it up.
     *
     * @throws UnknownHostException if there is none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  private final Resolver resolver;
  private final boolean mayBePrivate;

  /**
   * @param mayBePrivate whether hooks may reach what only this server can
   */
  Destinations(Resolver resolver, boolean mayBePrivate) {
    this.resolver = resolver;
    this.mayBePrivate = mayBePrivate;
  }

  /** Those that the system knows. */
  static Destinations ofSystem(boolean mayBePrivate) {
    return new Destinations(host -> Arrays.asList(InetAddress.getAllByName(host)), mayBePrivate);
  }

  /**
   * The addresses of a host, one of which is to be connected to.
   *
   * @throws IOException if there is none, or one of them is not for hooks; the message is a piece
   *     of a sentence for people
   */
  List<InetAddress> of(String host) throws IOException {
    List<InetAddress> addresses;
    try {
      addresses = resolver.resolve(host);
    } catch (UnknownHostException e) {
      throw new IOException("the host is not known", e);
    }
    for (InetAddress address : addresses) {
      if (!mayBePrivate && !PublicAddress.is(address)) {
        throw new IOException(
            "the host has the address "
                + address.getHostAddress()
                + " of a private network, which only --hook-private-addresses allows");
      }
    }
    return addresses;
  }
}
