package io.chatroom.client;

import io.chatroom.protocol.Fingerprint;

/**
 * An unknown server showed a certificate that no authority has issued. If the user accepts its
 * fingerprint, {@linkplain KnownServers#remember remember} it and connect again. Any thread may
 * read it.
 */
public final class UnknownServerException extends UntrustedServerException {

  private final ServerAddress server;
  private final Fingerprint fingerprint;

  UnknownServerException(ServerAddress server, String shownServer, Fingerprint fingerprint) {
    super(
        shownServer
            + " is not known here yet, and no authority issued its certificate "
            + fingerprint,
        null);
    this.server = server;
    this.fingerprint = fingerprint;
  }

  /** The server. */
  public ServerAddress server() {
    return server;
  }

  /** The fingerprint of its certificate. */
  public Fingerprint fingerprint() {
    return fingerprint;
  }
}
