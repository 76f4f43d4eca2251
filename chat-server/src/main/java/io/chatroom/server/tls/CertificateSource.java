package io.chatroom.server.tls;

import java.io.IOException;
import java.nio.file.Path;

/** Where a server's certificate and its key come from. */
public sealed interface CertificateSource {

  /**
   * Reads them, and begins to watch the files.
   *
   * @param only whether connections without TLS are refused
   * @throws IOException if they cannot be used; the message is one sentence for people
   */
  ServerTls open(boolean only) throws IOException;

  /**
   * Files of the operator.
   *
   * @param certificate PEM with the server's certificate, followed by its chain
   * @param key PEM with its key, PKCS #8
   */
  record Files(Path certificate, Path key) implements CertificateSource {

    @Override
    public ServerTls open(boolean only) throws IOException {
      return ServerTls.ofFiles(certificate, key, only);
    }
  }

  /**
   * A self-signed certificate, which is made if there is none.
   *
   * @param directory where it is kept
   */
  record OfOurOwn(Path directory) implements CertificateSource {

    @Override
    public ServerTls open(boolean only) throws IOException {
      return ServerTls.selfSigned(directory, only);
    }
  }
}
