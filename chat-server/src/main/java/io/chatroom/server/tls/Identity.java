package io.chatroom.server.tls;

import io.chatroom.protocol.Fingerprint;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The server's certificate, and the context with its key.
 *
 * @param certificate the server's own certificate
 * @param context makes the engines that answer handshakes with it
 */
record Identity(X509Certificate certificate, SSLContext context) {

  private static final char[] NO_PASSWORD = {};

  Fingerprint fingerprint() {
    return Fingerprint.of(certificate);
  }

  /**
   * Reads a certificate, with its chain, and its key.
   *
   * @param certificateFile the file of the certificate, for errors
   * @param keyFile the file of the key, for errors
   * @throws IOException if they are not a usable pair; the message is one sentence for people
   */
  static Identity read(String certificates, Path certificateFile, String key, Path keyFile)
      throws IOException {
    List<X509Certificate> all = Chain.read(certificates, certificateFile);
    KeyPem keyPem = KeyPem.in(key, keyFile);
    for (X509Certificate certificate : all) {
      PrivateKey privateKey = keyPem.of(certificate.getPublicKey());
      if (privateKey != null) {
        return of(Chain.of(certificate, all), certificateFile, privateKey, keyFile);
      }
    }
    PublicKey first = all.get(0).getPublicKey();
    String unusable = KeyPem.unusable(first);
    if (unusable != null) {
      throw new IOException(NativePath.show(certificateFile) + " " + unusable);
    }
    throw new IOException(
        NativePath.show(keyFile)
            + " holds no key that belongs to the certificate in "
            + NativePath.show(certificateFile)
            + ", expected its "
            + first.getAlgorithm()
            + " key");
  }

  private static Identity of(
      List<X509Certificate> chain, Path certificateFile, PrivateKey key, Path keyFile)
      throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return new Identity(chain.get(0), context);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "this Java cannot use "
              + NativePath.show(certificateFile)
              + " and "
              + NativePath.show(keyFile)
              + " for TLS, expected a certificate for an RSA, RSA-PSS, EC or Ed25519 key",
          e);
    }
  }

  /**
   * Reads a file as text, one character for each byte.
   *
   * @throws IOException if it cannot be read; the message is one sentence for people
   */
  static String text(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1); // accepts any byte
    } catch (IOException e) {
      throw new IOException(NativePath.show(file) + " cannot be read: " + FileTrouble.reason(e), e);
    }
  }
}
