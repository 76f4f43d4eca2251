package io.chatroom.server.tls;

import io.chatroom.system.NativePath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads certificates from a PEM file, in any order. */
final class Chain {

  private Chain() {}

  /**
   * Reads all certificates of a file.
   *
   * @return at least one, in the file's order
   * @throws IOException if there is none, or one that cannot be read; the message is one sentence
   *     for people
   */
  static List<X509Certificate> read(String pem, Path file) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Pem.Block block : Pem.read(pem)) {
      if (block.label().equals(Pem.CERTIFICATE)) {
        certificates.add(certificate(block.bytes(file), certificates.size() + 1, file));
      }
    }
    if (certificates.isEmpty()) {
      throw new IOException(
          NativePath.show(file)
              + " holds no whole certificate, expected PEM from -----BEGIN CERTIFICATE----- to"
              + " -----END CERTIFICATE-----");
    }
    return certificates;
  }

  private static X509Certificate certificate(byte[] bytes, int number, Path file)
      throws IOException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes));
    } catch (CertificateException e) {
      throw new IOException(
          NativePath.show(file)
              + " holds a certificate that this Java cannot read, number "
              + number
              + " in it: it is damaged, or gives its elliptic curve by numbers instead of"
              + " by name",
          e);
    }
  }

  /**
   * Orders the chain of a certificate: each one follows the one that it has signed. Leaves out
   * others.
   */
  static List<X509Certificate> of(X509Certificate own, List<X509Certificate> all) {
    Set<X509Certificate> rest = new LinkedHashSet<>(all);
    rest.remove(own);
    List<X509Certificate> chain = new ArrayList<>(List.of(own));
    for (X509Certificate last = own; ; last = chain.get(chain.size() - 1)) {
      X509Certificate signed = last;
      X509Certificate signer =
          rest.stream().filter(other -> hasSigned(other, signed)).findFirst().orElse(null);
      if (signer == null) {
        return chain;
      }
      rest.remove(signer);
      chain.add(signer);
    }
  }

  private static boolean hasSigned(X509Certificate signer, X509Certificate signed) {
    if (!signer.getSubjectX500Principal().equals(signed.getIssuerX500Principal())) {
      return false;
    }
    try {
      signed.verify(signer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // another certificate of that name
    }
  }
}
