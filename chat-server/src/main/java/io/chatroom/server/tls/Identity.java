package io.chatroom.server.tls;

import io.chatroom.protocol.Fingerprint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Who the server says it is, and proof.
 *
 * @param certificate the server's own
 * @param context answers handshakes with it
 */
record Identity(X509Certificate certificate, SSLContext context) {

  private static final char[] NO_PASSWORD = {};

  Fingerprint fingerprint() {
    return Fingerprint.of(certificate);
  }

  /**
   * Reads a certificate, with those that vouch for it behind it, and its key.
   *
   * @param certificateFile where the first is from, for errors
   * @param keyFile the same for the key
   * @throws IOException if that is no pair to use; the message is one sentence for people
   */
  static Identity read(String certificates, Path certificateFile, String key, Path keyFile)
      throws IOException {
    List<X509Certificate> chain = chain(certificates, certificateFile);
    X509Certificate own = chain.get(0);
    PrivateKey privateKey = privateKey(key, keyFile, own.getPublicKey(), certificateFile);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", privateKey, NO_PASSWORD, chain.toArray(Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return new Identity(own, context);
    } catch (GeneralSecurityException e) {
      throw new IOException(certificateFile + " and " + keyFile + " cannot be used: " + e, e);
    }
  }

  /**
   * @throws IOException if it cannot be read; the message is one sentence for people
   */
  static String text(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1); // whatever it is
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": permission denied", e);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<X509Certificate> chain(String pem, Path file) throws IOException {
    List<Pem.Block> blocks =
        blocks(pem, file).stream().filter(block -> block.label().equals(Pem.CERTIFICATE)).toList();
    if (blocks.isEmpty()) {
      throw new IOException(
          file + " holds no certificate, expected PEM with -----BEGIN CERTIFICATE-----");
    }
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      X509Certificate[] chain = new X509Certificate[blocks.size()];
      for (int i = 0; i < chain.length; i++) {
        chain[i] =
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(blocks.get(i).bytes()));
      }
      return List.of(chain);
    } catch (CertificateException e) {
      throw new IOException(
          file + " holds a certificate that cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<Pem.Block> blocks(String pem, Path file) throws IOException {
    try {
      return Pem.read(pem);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is not PEM: " + e.getMessage(), e);
    }
  }

  private static PrivateKey privateKey(
      String pem, Path file, PublicKey publicKey, Path certificateFile) throws IOException {
    for (Pem.Block block : blocks(pem, file)) {
      if (block.label().equals(Pem.PRIVATE_KEY)) {
        PrivateKey key = decode(block, file, publicKey, certificateFile);
        if (!belongs(key, publicKey)) {
          throw new IOException(
              file + " holds the key of another certificate than " + certificateFile);
        }
        return key;
      }
      if (block.label().endsWith(Pem.PRIVATE_KEY)) {
        throw new IOException(
            file
                + " holds a key as "
                + block.label()
                + ", expected PRIVATE KEY (PKCS #8, not encrypted): openssl pkcs8 -topk8 -nocrypt"
                + " makes that of it");
      }
    }
    throw new IOException(file + " holds no key, expected PEM with -----BEGIN PRIVATE KEY-----");
  }

  private static PrivateKey decode(
      Pem.Block block, Path file, PublicKey publicKey, Path certificateFile) throws IOException {
    try {
      return KeyFactory.getInstance(publicKey.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(block.bytes()));
    } catch (InvalidKeySpecException e) {
      throw new IOException(
          file
              + " holds no "
              + publicKey.getAlgorithm()
              + " key, expected that of the certificate in "
              + certificateFile,
          e);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          certificateFile + " has a kind of key that is not known: " + e.getMessage(), e);
    }
  }

  /** What the one signs is good for the other. */
  private static boolean belongs(PrivateKey key, PublicKey publicKey) {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> publicKey.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(publicKey.getEncoded());
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(publicKey.getEncoded());
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
