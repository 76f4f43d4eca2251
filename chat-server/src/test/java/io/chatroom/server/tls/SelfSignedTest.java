package io.chatroom.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfSignedTest {

  @TempDir Path dir;

  @Test
  void makesACertificateThatTheJdkAccepts() throws Exception {
    X509Certificate certificate = certificate(SelfSigned.in(dir));

    certificate.verify(certificate.getPublicKey());
    certificate.checkValidity();
    assertThat(certificate.getNotAfter().toInstant()).isEqualTo("9999-12-31T23:59:59Z");
    assertThat(certificate.getVersion()).isEqualTo(3);
    assertThat(certificate.getSerialNumber()).isPositive();
    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=chatroom");
    assertThat(certificate.getIssuerX500Principal())
        .isEqualTo(certificate.getSubjectX500Principal());
    assertThat(certificate.getBasicConstraints()).as("no authority").isEqualTo(-1);
    assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
  }

  @Test
  void makesItOnceAndKeepsItPrivate() throws IOException {
    Path inside = dir.resolve("not/there/yet");
    Path file = SelfSigned.in(inside);
    byte[] first = Files.readAllBytes(file);

    assertThat(Files.readAllBytes(SelfSigned.in(inside))).isEqualTo(first);
    assertThat(file).isEqualTo(inside.resolve("self-signed.pem"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(inside)))
        .isEqualTo("rwx------");
    assertThat(inside.toFile().list()).containsExactly("self-signed.pem");
    assertThat(Files.readAllBytes(SelfSigned.in(dir))).as("another one").isNotEqualTo(first);
  }

  /** The commands of operating.md print what curl's --pinnedpubkey takes. */
  @Test
  void operatingPagePrintsItsPin() throws Exception {
    List<String> page = Files.readAllLines(Path.of("../docs/operating.md"));
    String commands =
        page.stream()
            .dropWhile(line -> !line.contains(" openssl x509 -in tls/"))
            .takeWhile(line -> !line.isBlank())
            .collect(Collectors.joining("\n"));
    X509Certificate certificate = certificate(SelfSigned.in(dir.resolve("tls")));
    Process shell;
    try {
      shell =
          new ProcessBuilder("bash", "-o", "pipefail", "-c", commands)
              .directory(dir.toFile())
              .start();
    } catch (IOException e) {
      Assumptions.abort("skipped: needs bash");
      return;
    }
    String pin = new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    Assumptions.assumeTrue(shell.waitFor() != 127, "skipped: needs openssl");

    byte[] key = certificate.getPublicKey().getEncoded();
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
    assertThat(pin.strip()).isEqualTo(Base64.getEncoder().encodeToString(hash));
  }

  @Test
  void concurrentServersShareOneCertificate() {
    Path inside = dir.resolve("new");
    List<CompletableFuture<String>> servers =
        IntStream.range(0, 8)
            .mapToObj(
                n ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            return Files.readString(SelfSigned.in(inside));
                          } catch (IOException e) {
                            throw new UncheckedIOException(e);
                          }
                        }))
            .toList();

    assertThat(servers.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    assertThat(inside.toFile().list()).containsExactly("self-signed.pem");
  }

  @Test
  void reportsADirectoryThatIsUnusable() throws IOException {
    Path file = Files.createFile(dir.resolve("file"));

    assertThatThrownBy(() -> SelfSigned.in(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining("expected");
  }

  @Test
  void encodesNumbersAndLengthsInDer() {
    assertThat(Der.octetString(new byte[0x7F])).startsWith(0x04, 0x7F, 0x00).hasSize(0x81);
    assertThat(Der.octetString(new byte[0x80])).startsWith(0x04, 0x81, 0x80).hasSize(0x83);
    assertThat(Der.octetString(new byte[0x8000])).startsWith(0x04, 0x82, 0x80, 0x00);
    assertThat(Der.objectIdentifier(1, 2, 840, 10045, 4, 3, 2))
        .containsExactly(0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02);
  }

  private static X509Certificate certificate(Path file) throws Exception {
    byte[] bytes =
        Pem.read(Files.readString(file)).stream()
            .filter(block -> block.label().equals(Pem.CERTIFICATE))
            .findFirst()
            .orElseThrow()
            .bytes(Path.of("own.pem"));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(bytes));
  }
}
