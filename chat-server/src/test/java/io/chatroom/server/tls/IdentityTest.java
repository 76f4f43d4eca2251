package io.chatroom.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads keys and certificates of common tools; {@code make.sh} beside them lists the tools. */
class IdentityTest {

  private static final Path CERTIFICATES = Path.of("c.pem");
  private static final Path KEY = Path.of("k.pem");

  @ParameterizedTest
  @CsvSource({
    "ec, ec-pkcs8",
    "ec, ec-sec1",
    "ec, ec-with-parameters",
    "rsa, rsa-pkcs1",
    "pss, pss",
    "ed25519, ed25519"
  })
  void readsKeysInEveryFormat(String certificate, String key) throws IOException {
    Identity identity = read(file(certificate + ".pem"), file(key + ".key"));

    assertThat(identity.certificate().getSubjectX500Principal().getName())
        .isEqualTo("CN=" + certificate);
  }

  @Test
  void readsFilesWithOtherLineEndsAndTextBetweenBlocks() throws IOException {
    String key = "Bag Attributes\n  friendlyName: x\n" + file("ec-sec1.key");

    assertThat(read("subject=CN = ec\n" + file("ec.pem").replace("\n", "\r\n"), key)).isNotNull();
    assertThat(read(file("ec.pem"), key.replace("\n", "\r\n"))).isNotNull();
    assertThat(read("\uFEFF" + file("ec.pem"), key)).isNotNull();
  }

  @Test
  void putsTheChainInOrder() throws IOException {
    String leaf = file("ec.pem");
    String intermediate = file("intermediate.pem");
    String root = file("root.pem");
    String stranger = file("rsa.pem");
    for (List<String> order :
        List.of(
            List.of(leaf, root, intermediate),
            List.of(leaf, intermediate, root),
            List.of(root, intermediate, leaf),
            List.of(stranger, intermediate, leaf, root, root))) {
      List<String> names =
          Chain.of(
                  read(String.join("", order), file("ec-sec1.key")).certificate(),
                  Chain.read(String.join("", order), CERTIFICATES))
              .stream()
              .map(certificate -> certificate.getSubjectX500Principal().getName())
              .toList();
      assertThat(names).startsWith("CN=ec", "CN=intermediate", "CN=root");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ec | rsa-pkcs1 | k.pem holds no key that belongs to the certificate in c.pem, expected its EC key",
        "rsa | ec-sec1 | k.pem holds no key that belongs to the certificate in c.pem, expected its RSA key",
        "rsa | ec-pkcs8 | k.pem holds no key that belongs to the certificate in c.pem, expected its RSA key",
        "ec | ec-sec1-encrypted | k.pem holds an encrypted key, expected one without a password: convert it with openssl pkey",
        "ec | ec-pkcs8-encrypted | k.pem holds an encrypted key, expected one without a password: convert it with openssl pkey",
        "curve | curve | c.pem is for a key on an elliptic curve that this Java does not support, expected one of secp256r1, secp384r1, secp521r1, or an RSA key",
        "dsa | dsa | c.pem is for a key of the kind DSA, which this Java cannot use for TLS, expected an RSA, RSA-PSS, EC or Ed25519 key",
        "numbers | numbers | c.pem holds a certificate that this Java cannot read, number 1 in it: it is damaged, or gives its elliptic curve by numbers instead of by name"
      })
  void explainsWhyAPairIsUnusable(String certificate, String key, String sentence)
      throws IOException {
    String pem = file(certificate + ".pem");
    String keyPem = file(key + ".key");

    assertThatThrownBy(() -> read(pem, keyPem))
        .isInstanceOf(IOException.class)
        .hasMessage(sentence);
  }

  private static Identity read(String certificates, String key) throws IOException {
    return Identity.read(certificates, CERTIFICATES, key, KEY);
  }

  private static String file(String name) throws IOException {
    try {
      return Files.readString(
          Path.of(Objects.requireNonNull(IdentityTest.class.getResource(name)).toURI()),
          StandardCharsets.ISO_8859_1);
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
