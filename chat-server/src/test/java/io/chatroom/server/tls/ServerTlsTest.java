package io.chatroom.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.LogCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.net.ssl.SSLEngine;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Identities from files, and changes of the files. */
class ServerTlsTest {

  @TempDir Path dir;

  private final LogCapture log = LogCapture.of(ServerTls.class);

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void supportsTls13And12WithForwardSecretCiphersOnly() throws IOException {
    try (ServerTls tls = ServerTls.selfSigned(dir, false)) {
      SSLEngine engine = tls.engine();

      assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.3", "TLSv1.2");
      assertThat(engine.getEnabledCipherSuites())
          .contains("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
          .allMatch(suite -> !suite.contains("_CBC_") && !suite.startsWith("TLS_RSA_"));
      assertThat(engine.getUseClientMode()).isFalse();
    }
  }

  @Test
  void logsTheFingerprintOfEachSettledCertificate() throws IOException {
    Path cert = Files.copy(SelfSigned.in(dir.resolve("a")), dir.resolve("cert.pem"));
    Path key = Files.copy(cert, dir.resolve("key.pem"));
    try (ServerTls tls = new ServerTls(cert, key, false)) {
      assertThat(log.lines()).containsExactly("TLS with the certificate " + fingerprint(cert));
      Path next = SelfSigned.in(dir.resolve("b"));

      replace(next, cert);
      tls.check(); // half of the change: no warning yet
      replace(next, key);
      tls.check();
      assertThat(log.lines()).hasSize(1);
      tls.check();
      tls.check();

      assertThat(log.lines())
          .hasSize(2)
          .last()
          .isEqualTo("TLS from now on with the certificate " + fingerprint(next));
    }
  }

  @Test
  void keepsTheOldCertificateIfTheNewOneIsUnusableAndSaysSoOnce() throws IOException {
    Path first = SelfSigned.in(dir.resolve("a"));
    Path cert = Files.copy(first, dir.resolve("cert.pem"));
    Path key = Files.copy(cert, dir.resolve("key.pem"));
    try (ServerTls tls = new ServerTls(cert, key, false)) {
      log.clear();
      replace(SelfSigned.in(dir.resolve("b")), cert);
      for (int i = 0; i < 4; i++) {
        tls.check();
      }
      assertThat(log.lines())
          .containsExactly(
              "keeping the old TLS certificate: "
                  + key
                  + " holds no key that belongs to the certificate in "
                  + cert
                  + ", expected its EC key");

      Files.delete(key);
      for (int i = 0; i < 4; i++) {
        tls.check();
      }
      assertThat(log.lines()).hasSize(2).last().asString().endsWith("no such file or directory");

      replace(first, cert);
      replace(first, key);
      for (int i = 0; i < 4; i++) {
        tls.check();
      }
      assertThat(log.lines()).hasSize(3).last().asString().startsWith("TLS from now on with");
    }
  }

  /** A signal can arrive at any time. */
  @Test
  void checksNothingAfterTheEnd() throws IOException {
    ServerTls tls = ServerTls.selfSigned(dir, false);
    tls.close();
    tls.checkNow();

    assertThat(log.lines())
        .last()
        .isEqualTo("the server is stopping and no longer checks its TLS certificate");
  }

  /** A repeated request must be answered again. */
  @Test
  void reportsAnUnusablePairOnEachRequest() throws IOException {
    Path good = SelfSigned.in(dir.resolve("a"));
    Path cert = Files.copy(good, dir.resolve("cert.pem"));
    Path key = Files.copy(good, dir.resolve("key.pem"));
    try (ServerTls tls = new ServerTls(cert, key, false)) {
      replace(SelfSigned.in(dir.resolve("b")), cert);
      for (int asked = 1; asked <= 2; asked++) {
        int times = asked;
        tls.checkNow();
        Awaitility.await()
            .until(
                () ->
                    log.lines().stream().filter(l -> l.contains("holds no key that")).count()
                        >= times);
      }
      replace(good, cert);
      tls.checkNow();
      Awaitility.await()
          .until(() -> log.lines().contains("the files of the TLS certificate have not changed"));
    }
  }

  /** Kubernetes replaces the target of the links at once. */
  @Test
  void followsLinks() throws IOException {
    Path first = Files.createDirectory(dir.resolve("first"));
    Path second = Files.createDirectory(dir.resolve("second"));
    Files.copy(SelfSigned.in(dir.resolve("a")), first.resolve("tls.crt"));
    Files.copy(SelfSigned.in(dir.resolve("b")), second.resolve("tls.crt"));
    Path data = Files.createSymbolicLink(dir.resolve("..data"), first);
    Path file = Files.createSymbolicLink(dir.resolve("tls.crt"), data.resolve("tls.crt"));
    try (ServerTls tls = new ServerTls(file, file, false)) {
      Path swap = Files.createSymbolicLink(dir.resolve("..swap"), second);
      Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      tls.check();
      tls.check();

      assertThat(log.lines()).last().asString().endsWith(fingerprint(second.resolve("tls.crt")));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', holds no whole certificate",
    "rubbish, holds no whole certificate",
    "-----BEGIN CERTIFICATE-----!!-----END CERTIFICATE-----, 'damaged, expected Base64 in it'",
    "-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----, 'cannot read, number 1 in it'",
    "-----BEGIN CERTIFICATE-----AAAA, 'no whole certificate, expected PEM from -----BEGIN CERTIFICATE----- to -----END'"
  })
  void explainsWhatIsWrongWithACertificate(String content, String sentence) throws IOException {
    Path good = SelfSigned.in(dir);
    Path bad = Files.writeString(dir.resolve("bad.pem"), content);

    assertThatThrownBy(() -> ServerTls.ofFiles(bad, good, false))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(bad.toString())
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "'', holds no whole key",
    "-----BEGIN PRIVATE KEY-----AAAA, 'no whole key, expected PEM from -----BEGIN PRIVATE KEY----- to -----END'",
    "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----, holds no key that belongs to",
    "-----BEGIN EC PRIVATE KEY-----AAAA-----END EC PRIVATE KEY-----, holds no key that belongs to",
    "-----BEGIN EC PRIVATE KEY-----!!-----END EC PRIVATE KEY-----, 'damaged, expected Base64'",
    "-----BEGIN DSA PRIVATE KEY-----AAAA-----END DSA PRIVATE KEY-----, openssl pkcs8 -topk8 -nocrypt",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----AAAA-----END ENCRYPTED PRIVATE KEY-----, holds an encrypted key"
  })
  void explainsWhatIsWrongWithAKey(String content, String sentence) throws IOException {
    Path good = SelfSigned.in(dir);
    Path bad = Files.writeString(dir.resolve("bad.pem"), content);

    assertThatThrownBy(() -> ServerTls.ofFiles(good, bad, false))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(bad.toString())
        .hasMessageContaining(sentence);
  }

  private static void replace(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String fingerprint(Path file) throws IOException {
    String pem = Files.readString(file);
    return Identity.read(pem, file, pem, file).fingerprint().toString();
  }
}
