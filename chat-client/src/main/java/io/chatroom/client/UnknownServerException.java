package io.chatroom.client;

import io.chatroom.protocol.Fingerprint;

/**
 * A server showed a certificate for which nobody vouches, and was never met before. Whoever finds
 * its fingerprint right can {@linkplain KnownServers#remember remember} it, and connect again. Any
 * thread may read it.
 */
public final class UnknownServerException extends UntrustedServerException {

  private final ServerAddress server;
  private final Fingerprint fingerprint;

  UnknownServerException(ServerAddress server, String shownServer, Fingerprint fingerprint) {
    super(
        shownServer + " is not known here yet: nobody vouches for its certificate " + fingerprint,
        null);
    this.server = server;
    this.fingerprint = fingerprint;
  }

  /** Who it is about. */
  public ServerAddress server() {
    return server;
  }

  /** Of the certificate that was shown. */
  public Fingerprint fingerprint() {
    return fingerprint;
  }
}
