package io.chatroom.server.tls;

import io.chatroom.system.FileTrouble;
import io.chatroom.system.KeptFile;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * A key and a self-signed certificate, made once and stored, so that clients recognise the server.
 * The certificate does not expire, because clients only compare its fingerprint.
 *
 * <p>It is encoded here because the JDK can only read certificates, its {@code keytool} is not part
 * of a runtime image, and the usual library for it is twice as large as this server.
 */
final class SelfSigned {

  /** The file with the key and the certificate: never one without the other. */
  static final String FILE = "self-signed.pem";

  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  /** The time that means "never" in a certificate. */
  private static final String NEVER = "99991231235959Z";

  private static final byte[] ECDSA_WITH_SHA256 =
      Der.sequence(Der.objectIdentifier(1, 2, 840, 10045, 4, 3, 2));
  private static final byte[] COMMON_NAME = Der.objectIdentifier(2, 5, 4, 3);
  private static final byte[] BASIC_CONSTRAINTS = Der.objectIdentifier(2, 5, 29, 19);

  private SelfSigned() {}

  /**
   * The file in a directory, made if it is missing.
   *
   * @throws IOException if it is missing and cannot be made; the message is one sentence for people
   */
  static Path in(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (Files.exists(file)) {
      return file;
    }
    try {
      KeptFile.makeDirectory(directory);
      KeptFile.secret(file).createIfMissing(make());
      return file;
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          NativePath.show(directory) + " is not a directory, expected one for the TLS key", e);
    } catch (IOException e) {
      throw new IOException(
          "cannot store a TLS key in "
              + NativePath.show(directory)
              + ": "
              + FileTrouble.reason(e)
              + ", expected a writable directory",
          e);
    }
  }

  private static String make() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      return Pem.write(Pem.PRIVATE_KEY, pair.getPrivate().getEncoded())
          + Pem.write(Pem.CERTIFICATE, certificate(pair));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has ECDSA with P-256 and SHA-256", e);
    }
  }

  /** A certificate according to RFC 5280. */
  private static byte[] certificate(KeyPair pair) throws GeneralSecurityException {
    byte[] name = Der.sequence(Der.set(Der.sequence(COMMON_NAME, Der.utf8("chatroom"))));
    Instant from = Instant.now().minus(1, ChronoUnit.DAYS); // for clients whose clock is slow
    byte[] content =
        Der.sequence(
            Der.tagged(0, Der.integer(BigInteger.TWO)), // version 3
            Der.integer(new BigInteger(127, new SecureRandom()).setBit(126)),
            ECDSA_WITH_SHA256,
            name,
            Der.sequence(Der.utcTime(UTC_TIME.format(from)), Der.generalizedTime(NEVER)),
            name,
            pair.getPublic().getEncoded(),
            Der.tagged(3, Der.sequence(noAuthority())));
    return Der.sequence(
        content, ECDSA_WITH_SHA256, Der.bitString(sign(content, pair.getPrivate())));
  }

  private static byte[] noAuthority() {
    return Der.sequence(BASIC_CONSTRAINTS, Der.yes(), Der.octetString(Der.sequence()));
  }

  private static byte[] sign(byte[] content, PrivateKey key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(content);
    return signature.sign();
  }
}
