package io.chatroom.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The fingerprint by which people recognise a server: the SHA-256 of its certificate, in the form
 * that {@code ssh} uses.
 *
 * @param text {@code SHA256:} and 43 characters of Base64
 */
public record Fingerprint(String text) {

  private static final String PREFIX = "SHA256:";
  private static final int BYTES = 32;

  /** The fingerprint of a certificate. */
  public static Fingerprint of(X509Certificate certificate) {
    try {
      return of(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException("every JVM has SHA-256, and a certificate has bytes", e);
    }
  }

  private static Fingerprint of(byte[] digest) {
    return new Fingerprint(PREFIX + Base64.getEncoder().withoutPadding().encodeToString(digest));
  }

  /**
   * Reads a fingerprint in this form, or in hexadecimal as {@code openssl x509 -fingerprint
   * -sha256} prints it, with or without colons.
   *
   * @throws IllegalArgumentException if it has another form; the message is one sentence, safe to
   *     print
   */
  public static Fingerprint parse(String text) {
    String digits = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
    byte[] digest;
    try {
      String hexadecimal = digits.replace(":", "").toLowerCase(Locale.ROOT);
      digest =
          hexadecimal.length() == 2 * BYTES
              ? HexFormat.of().parseHex(hexadecimal)
              : Base64.getDecoder().decode(digits);
    } catch (IllegalArgumentException e) {
      digest = new byte[0];
    }
    if (digest.length != BYTES) {
      throw new IllegalArgumentException(
          "\""
              + VisibleText.of(text)
              + "\" is not a fingerprint, expected SHA256: and 43 characters of Base64, or 64"
              + " hexadecimal digits");
    }
    return of(digest);
  }

  @Override
  public String toString() {
    return text;
  }
}
