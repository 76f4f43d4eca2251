package io.chatroom.client;

import io.chatroom.protocol.Fingerprint;
import io.chatroom.server.ChatServer;
import io.chatroom.server.config.ServerConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;

/** A room with TLS, and the certificates of the tests. */
public final class TlsRoom implements AutoCloseable {

  private static final Path CERTIFICATES = Path.of("src", "test", "resources", "tls");

  private final ChatServer server;

  private TlsRoom(Map<String, String> values) throws IOException {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "port",
                "0",
                "host",
                "127.0.0.1",
                "admin",
                "127.0.0.1:0",
                "messagesPerSecond",
                "0",
                "eventLoops",
                "1"));
    all.putAll(values);
    server = ChatServer.start(ServerConfig.of(all));
  }

  /**
   * With a certificate of the tests, such as {@code localhost}, {@code elsewhere}, {@code expired}.
   */
  public static TlsRoom with(String certificate) throws IOException {
    return with(certificate, 0);
  }

  /** With a certificate of the tests, on a given port. */
  static TlsRoom with(String certificate, int port) throws IOException {
    return new TlsRoom(
        Map.of(
            "port",
            "" + port,
            "tlsCert",
            file(certificate + ".pem").toString(),
            "tlsKey",
            file(certificate + "-key.pem").toString()));
  }

  /** With a self-signed certificate, kept in a directory. */
  public static TlsRoom selfSigned(Path directory) throws IOException {
    return new TlsRoom(Map.of("tlsSelfSigned", directory.toString()));
  }

  /** On a given port, and without plain connections. */
  public static TlsRoom selfSigned(Path directory, int port) throws IOException {
    return new TlsRoom(
        Map.of("tlsSelfSigned", directory.toString(), "port", "" + port, "tlsOnly", "true"));
  }

  public static Path file(String name) {
    return CERTIFICATES.resolve(name).toAbsolutePath();
  }

  /** The fingerprint of the certificate in a file, computed independently. */
  public static Fingerprint fingerprint(Path pem) {
    try {
      String text = Files.readString(pem);
      String certificate = text.substring(text.indexOf("-----BEGIN CERTIFICATE"));
      return Fingerprint.of(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(certificate.getBytes(StandardCharsets.US_ASCII))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The message of a client about an unknown server. */
  public static UnknownServerException unknown(ServerAddress server) {
    return new UnknownServerException(server, server.toString(), fingerprint(file("ca.pem")));
  }

  /** The message of a client about a server with another certificate. */
  public static UntrustedServerException untrusted(String sentence) {
    return new UntrustedServerException(sentence, null);
  }

  public int port() {
    return server.address().getPort();
  }

  public ServerAddress address() {
    return new ServerAddress("localhost", port());
  }

  /** Waits until the room has this many members. */
  public void awaitMembers(int count) {
    int admin = Objects.requireNonNull(server.adminAddress()).getPort();
    URI metrics = URI.create("http://127.0.0.1:" + admin + "/metrics");
    Awaitility.await()
        .until(
            () -> {
              try (InputStream answer = metrics.toURL().openStream()) {
                return new String(answer.readAllBytes(), StandardCharsets.UTF_8)
                    .contains("\nchat_members " + count + ".0\n");
              }
            });
  }

  /** Stops in order. */
  public void stop() {
    server.close();
  }

  @Override
  public void close() {
    stop();
  }
}
