package io.chatroom.client;

import static io.chatroom.client.SessionPeer.LOBBY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.protocol.Fingerprint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions with TLS, over TCP and WebSocket, against the server. */
class TlsSessionTest {

  private static final Spread SOON =
      new Spread(Duration.ofMillis(1), Duration.ofMillis(1), () -> 0.5);

  @TempDir Path dir;
  private final RoomRecord record = new RoomRecord();

  private SessionClient.Builder builder(TlsTrust trust) {
    return SessionClient.builder()
        .tls(trust)
        .spread(SOON)
        .closeTimeout(Duration.ofSeconds(60))
        .room(LOBBY, Start.live(), record);
  }

  private static SessionAddress address(String scheme, TlsRoom room) {
    return SessionAddress.parse(scheme + "://" + room.address());
  }

  /** The next call except for presence. */
  private String heard() throws InterruptedException {
    String line = record.next();
    return line.startsWith("presence ") ? heard() : line;
  }

  @ParameterizedTest
  @ValueSource(strings = {"chats", "wss"})
  void connectsToAServerWithAValidCertificate(String scheme) throws Exception {
    TlsTrust trust = TlsTrust.authorities(TlsRoom.file("ca.pem"));
    try (TlsRoom room = TlsRoom.with("localhost");
        SessionClient bob = builder(trust).connect(address(scheme, room), "bob")) {
      assertThat(heard()).startsWith("joined ").endsWith(" 0");
      String longest = "x".repeat(65_536);
      try (SessionClient alice =
          SessionClient.builder().tls(trust).connect(address(scheme, room), "alice")) {
        alice.join(LOBBY, Start.live(), new RoomRecord()).get(60, TimeUnit.SECONDS);
        assertThat(alice.post(LOBBY, longest).get(60, TimeUnit.SECONDS).seq()).isEqualTo(1);
      }
      assertThat(heard()).startsWith("message ").endsWith(":1 " + longest);
      assertThat(bob.post(LOBBY, "over " + scheme).get(60, TimeUnit.SECONDS).seq()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "chats, expired, ca.pem, it expired at 2020-02-01T00:00:00Z",
    "wss, expired, ca.pem, it expired at 2020-02-01T00:00:00Z",
    "wss, elsewhere, ca.pem, it is for chat.example.org and not for localhost",
    "chats, localhost, other-ca.pem, no trusted authority has issued it",
    "wss, localhost, other-ca.pem, no trusted authority has issued it",
  })
  void refusesAnInvalidCertificateInOneSentence(
      String scheme, String certificate, String authorities, String why) throws Exception {
    TlsTrust trust = TlsTrust.authorities(TlsRoom.file(authorities));
    try (TlsRoom room = TlsRoom.with(certificate)) {
      assertThatThrownBy(() -> builder(trust).connect(address(scheme, room), "alice"))
          .isExactlyInstanceOf(UntrustedServerException.class)
          .hasMessageStartingWith(room.address() + " has an invalid certificate: " + why)
          .hasMessageNotContaining("\n");
    }
  }

  /** By default a program trusts authorities only, and asks nobody. */
  @ParameterizedTest
  @ValueSource(strings = {"chats", "wss"})
  void trustsOnlyAuthoritiesByDefault(String scheme) throws Exception {
    try (TlsRoom room = TlsRoom.selfSigned(dir)) {
      assertThatThrownBy(() -> SessionClient.builder().connect(address(scheme, room), "alice"))
          .isExactlyInstanceOf(UntrustedServerException.class)
          .hasMessageContaining("has an invalid certificate")
          .hasMessageNotContaining("\n");
      Fingerprint right = TlsRoom.fingerprint(dir.resolve("self-signed.pem"));
      builder(TlsTrust.fingerprint(right)).connect(address(scheme, room), "alice").close();
    }
  }

  /** Posts made meanwhile are sent once the server is back, once. */
  @ParameterizedTest
  @ValueSource(strings = {"chats", "wss"})
  void reconnectsAfterARestart(String scheme) throws Exception {
    TlsTrust trust = TlsTrust.authorities(TlsRoom.file("ca.pem"));
    TlsRoom first = TlsRoom.with("localhost");
    int port = first.port();
    try (SessionClient alice = builder(trust).connect(address(scheme, first), "alice")) {
      String joined = heard();
      assertThat(alice.post(LOBBY, "before").get(60, TimeUnit.SECONDS).seq()).isEqualTo(1);
      assertThat(heard()).startsWith("ack ").endsWith(":1 before");
      first.close();
      var ack = alice.post(LOBBY, "meanwhile");
      try (TlsRoom second = TlsRoom.with("localhost", port)) {
        assertThat(ack.get(60, TimeUnit.SECONDS).seq()).isEqualTo(1);
        assertThat(heard()).as("its log is another").startsWith("joined ").isNotEqualTo(joined);
        assertThat(alice.waiting()).isZero();
        assertThat(second.port()).isEqualTo(port);
      }
    }
  }

  /** Trust is checked on each connection, not only on the first. */
  @ParameterizedTest
  @ValueSource(strings = {"chats", "wss"})
  void endsIfAnotherServerTakesThePlaceOfTheFirst(String scheme) throws Exception {
    TlsTrust trust = TlsTrust.authorities(TlsRoom.file("ca.pem"));
    TlsRoom first = TlsRoom.with("localhost");
    int port = first.port();
    try (SessionClient alice = builder(trust).connect(address(scheme, first), "alice")) {
      first.close();
      try (TlsRoom impostor = TlsRoom.with("rsa", port)) {
        assertThatThrownBy(() -> alice.closed().get(60, TimeUnit.SECONDS))
            .cause()
            .isExactlyInstanceOf(UntrustedServerException.class)
            .hasMessageStartingWith(impostor.address() + " has an invalid certificate: ");
      }
    }
  }
}
