package io.chatroom.server.tls;

import io.chatroom.system.NativePath;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A private key from a PEM file, in one of the formats that tools write: PKCS #8, PKCS #1 for RSA,
 * or SEC 1 for elliptic curves. The last two lack the algorithm, which is taken from the
 * certificate.
 */
final class KeyPem {

  private static final String PKCS1 = "RSA PRIVATE KEY";
  private static final String SEC1 = "EC PRIVATE KEY";

  /** The algorithms, by their names in Java. */
  private static final List<String> KINDS = List.of("RSA", "RSASSA-PSS", "EC", "EdDSA");

  private static final List<String> CURVES = List.of("secp256r1", "secp384r1", "secp521r1");

  private final Path file;
  private final Pem.Block block;

  private KeyPem(Path file, Pem.Block block) {
    this.file = file;
    this.block = block;
  }

  /**
   * Finds the key in a file.
   *
   * @throws IOException if it holds none that can be read; the message is one sentence for people
   */
  static KeyPem in(String pem, Path file) throws IOException {
    for (Pem.Block block : Pem.read(pem)) {
      if (block.label().endsWith(Pem.PRIVATE_KEY)) {
        if (block.isEncrypted()) {
          throw new IOException(
              NativePath.show(file)
                  + " holds an encrypted key, expected one without a password:"
                  + " convert it with openssl pkey");
        }
        if (!List.of(Pem.PRIVATE_KEY, PKCS1, SEC1).contains(block.label())) {
          throw new IOException(
              NativePath.show(file)
                  + " holds a key as "
                  + block.label()
                  + ", expected PRIVATE KEY, EC PRIVATE KEY or RSA PRIVATE KEY: convert it with"
                  + " openssl pkcs8 -topk8 -nocrypt");
        }
        block.bytes(file);
        return new KeyPem(file, block);
      }
    }
    throw new IOException(
        NativePath.show(file)
            + " holds no whole key, expected PEM from -----BEGIN PRIVATE KEY----- to -----END"
            + " PRIVATE KEY-----");
  }

  /**
   * Reads the private key for the public key of a certificate.
   *
   * @return the key; null if it does not belong to the certificate
   */
  @Nullable PrivateKey of(PublicKey certified) throws IOException {
    try {
      PrivateKey key =
          KeyFactory.getInstance(certified.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8(certified)));
      return belongs(key, certified) ? key : null;
    } catch (GeneralSecurityException e) {
      return null; // another kind of key, which the caller reports
    }
  }

  /** Why a key cannot be used, as the end of a sentence; null if there is no known reason. */
  static @Nullable String unusable(PublicKey certified) {
    if (!KINDS.contains(certified.getAlgorithm())) {
      return "is for a key of the kind "
          + certified.getAlgorithm()
          + ", which this Java cannot use for TLS, expected an RSA, RSA-PSS, EC or Ed25519 key";
    }
    if (certified.getAlgorithm().equals("EC")
        && !(certified instanceof ECPublicKey key && CURVES.stream().anyMatch(isOf(key)))) {
      return "is for a key on an elliptic curve that this Java does not support, expected one of "
          + String.join(", ", CURVES)
          + ", or an RSA key";
    }
    return null;
  }

  private static Predicate<String> isOf(ECPublicKey key) {
    return name -> {
      try {
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
        curve.init(new ECGenParameterSpec(name));
        return curve
            .getParameterSpec(ECParameterSpec.class)
            .getCurve()
            .equals(key.getParams().getCurve());
      } catch (GeneralSecurityException e) {
        return false; // a Java without that curve
      }
    };
  }

  /**
   * Wraps a key in PKCS #8: the older formats are its inner part, which follows the algorithm, as
   * found in the certificate.
   */
  private byte[] pkcs8(PublicKey certified) throws IOException {
    byte[] bytes = block.bytes(file);
    return block.label().equals(Pem.PRIVATE_KEY)
        ? bytes
        : Der.sequence(
            Der.integer(BigInteger.ZERO),
            Der.firstOf(certified.getEncoded()),
            Der.octetString(bytes));
  }

  /**
   * Returns true if a private and a public key are a pair: RSA keys must have the same modulus; of
   * others, the public key must verify a signature of the private one.
   */
  private static boolean belongs(PrivateKey key, PublicKey certified)
      throws GeneralSecurityException {
    if (key instanceof RSAKey own && certified instanceof RSAKey theirs) {
      return own.getModulus().equals(theirs.getModulus());
    }
    Signature signature =
        Signature.getInstance(
            certified.getAlgorithm().equals("EC") ? "SHA256withECDSA" : certified.getAlgorithm());
    signature.initSign(key);
    signature.update(certified.getEncoded());
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(certified.getEncoded());
    return signature.verify(signed);
  }
}
