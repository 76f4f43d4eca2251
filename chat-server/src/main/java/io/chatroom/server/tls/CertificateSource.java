package io.chatroom.server.tls;

import java.io.IOException;
import java.nio.file.Path;

/** The source of the server's certificate and its key. */
public sealed interface CertificateSource {

  /**
   * Reads them, and begins to watch the files.
   *
   * @param only true to refuse connections without TLS
   * @throws IOException if they cannot be used; the message is one sentence for people
   */
  ServerTls open(boolean only) throws IOException;

  /**
   * Files that the operator provides.
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
   * A self-signed certificate, which is made on the first start.
   *
   * @param directory the directory that contains it
   */
  record OfOurOwn(Path directory) implements CertificateSource {

    @Override
    public ServerTls open(boolean only) throws IOException {
      return ServerTls.selfSigned(directory, only);
    }
  }
}
