package io.chatroom.server;

import static io.chatroom.server.TestPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.control.ControlSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server behind something that speaks the PROXY protocol, which the test does byte by byte. */
class ProxyProtocolTest {

  private static final byte[] SIGNATURE = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };
  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final int UNSPECIFIED = 0x00;
  private static final int TCP_OVER_IPV4 = 0x11;
  private static final int TCP_OVER_IPV6 = 0x21;

  private final LogCapture log = new LogCapture();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    log.close();
  }

  /** A header, and where the connection comes from then; PORT is that of the proxy. */
  static Stream<List<Object>> headers() {
    return Stream.of(
        List.of(ascii("PROXY TCP4 192.0.2.7 192.0.2.1 4711 3306\r\n"), "192.0.2.7:4711"),
        List.of(ascii("PROXY TCP6 2001:db8::7 2001:db8::1 4711 3306\r\n"), "[2001:db8::7]:4711"),
        List.of(ascii("PROXY UNKNOWN\r\n"), "127.0.0.1:PORT"),
        List.of(
            version2(PROXY, TCP_OVER_IPV4, 192, 0, 2, 7, 192, 0, 2, 1, 0x12, 0x67, 0, 1),
            "192.0.2.7:4711"),
        List.of(
            version2(
                PROXY,
                TCP_OVER_IPV6,
                0x20,
                1,
                0xd,
                0xb8,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                7,
                0x20,
                1,
                0xd,
                0xb8,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                1,
                0x12,
                0x67,
                0,
                1),
            "[2001:db8::7]:4711"),
        List.of( // and with an extension, here a unique id
            version2(
                PROXY, TCP_OVER_IPV4, 192, 0, 2, 7, 192, 0, 2, 1, 0x12, 0x67, 0, 1, 5, 0, 2, 8, 9),
            "192.0.2.7:4711"),
        List.of(version2(LOCAL, UNSPECIFIED), "127.0.0.1:PORT"));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void takesTheAddressFromTheHeader(List<Object> headerAndAddress) throws IOException {
    byte[] header = (byte[]) headerAndAddress.get(0);
    ChatServer server = start(Map.of("proxyProtocol", "true", "transcript", "true"));
    TestPeer inOnePiece = connect(server);
    inOnePiece.send(concat(header, ascii(frame("alice") + frame("hi"))));
    awaitLine(user(headerAndAddress, inOnePiece, "alice"));
    TestPeer byteByByte = connect(server);
    for (byte b : concat(header, ascii(frame("bob") + frame("hello")))) {
      byteByByte.send(new byte[] {b});
    }
    awaitLine(user(headerAndAddress, byteByByte, "bob"));
    inOnePiece.expect("bob", "hello");
    awaitLine(said(headerAndAddress));
  }

  /** The transcript has no ports. */
  private static String said(List<Object> headerAndAddress) {
    String address = (String) headerAndAddress.get(1);
    return address.substring(0, address.lastIndexOf(':')).replaceAll("[\\[\\]]", "")
        + "---alice:    hi";
  }

  private static String user(List<Object> headerAndAddress, TestPeer peer, String name) {
    String address = (String) headerAndAddress.get(1);
    return address.replace("PORT", "" + peer.localPort()) + ", user: " + name;
  }

  static Stream<byte[]> wrongHeaders() {
    return Stream.of(
        ascii(frame("alice") + frame("hi")),
        ascii("GET / HTTP/1.1\r\n\r\n"),
        ascii("PROXY TCP4 nowhere 192.0.2.1 4711 3306\r\n" + frame("alice")),
        ascii("PROXY TCP4 " + "1".repeat(200)),
        version2(PROXY, TCP_OVER_IPV4, 1, 2, 3),
        // an extension that is longer than its header
        version2(PROXY, TCP_OVER_IPV4, 192, 0, 2, 7, 192, 0, 2, 1, 0x12, 0x67, 0, 1, 4, 1, 0, 9),
        version2(0x31, TCP_OVER_IPV4, 192, 0, 2, 7, 192, 0, 2, 1, 0x12, 0x67, 0, 1),
        version2(PROXY, TCP_OVER_IPV4, new int[3_000]));
  }

  @ParameterizedTest
  @MethodSource("wrongHeaders")
  void closesWhoeverHasNoProperHeader(byte[] header) throws IOException {
    ChatServer server = start(Map.of("proxyProtocol", "true", "admin", "127.0.0.1:0"));
    TestPeer peer = connect(server).send(header);
    peer.expectClosed();

    awaitLine(
        "127.0.0.1:"
            + peer.localPort()
            + " refused: expected a PROXY protocol header, version 1 or 2 (proxyProtocol)");
    Awaitility.await()
        .until(
            () ->
                AdminTest.metric(
                        server, "chat_connections_ended_total{outcome=\"refused_proxy_header\"}")
                    == 1);
    assertThat(AdminTest.metric(server, "chat_registrations_total")).isZero();
    assertThat(log.errors()).isEmpty();
  }

  @Test
  void closesWhoeverDoesNotFinishItsHeaderInTime() throws IOException {
    ChatServer server = start(Map.of("proxyProtocol", "true", "registrationTimeout", "500ms"));
    connect(server).send("PROXY TCP4 192.0.2.7 ").expectClosed();
    connect(server).expectClosed();
  }

  /** Anybody could claim any address. */
  @Test
  void takesNobodysWordForItsAddressWhenItIsOff() throws IOException {
    ChatServer server = start(Map.of());
    TestPeer one = connect(server).send("PROXY TCP4 192.0.2.7 192.0.2.1 4711 3306\r\n");
    one.expectClosed();
    awaitLine(
        "127.0.0.1:"
            + one.localPort()
            + " rejected (malformed-header): the header is \"PROXY TCP4\", expected 10 bytes of"
            + " optional spaces, 1 to 10 digits, optional spaces");
    TestPeer two = connect(server).send(version2(LOCAL, UNSPECIFIED));
    two.expectClosed();
  }

  @Test
  void countsConnectionsForTheirOwnAddressNotTheProxys() throws IOException {
    ChatServer server = start(Map.of("proxyProtocol", "true", "maxConnectionsPerAddress", "1"));
    TestPeer first = from(server, "192.0.2.7", "alice");
    awaitLine("192.0.2.7:4711, user: alice");
    from(server, "192.0.2.8", "bob");
    awaitLine("192.0.2.8:4711, user: bob");
    from(server, "192.0.2.7", "eve").expectClosed();
    awaitLine(
        "192.0.2.7:4711 refused: its address has reached its limit of 1 connection (maxConnectionsPerAddress)");

    first.finish().awaitClosed();
    awaitLine("alice disconnected");
    from(server, "192.0.2.7", "carol");
    awaitLine("192.0.2.7:4711, user: carol");
    assertThat(log.lines()).noneMatch(line -> line.contains("user: eve"));
  }

  @Test
  void bansTheirOwnAddressNotTheProxys(@TempDir Path dir) throws IOException {
    ChatServer server = start(Map.of("proxyProtocol", "true", "data", dir.toString()));
    from(server, "192.0.2.8", "bob");
    TestPeer eve = from(server, "192.0.2.7", "eve");
    awaitLine("192.0.2.7:4711, user: eve");
    assertThat(ControlSocket.ask(dir, List.of("ban", "address:192.0.2.7", "0", "false", "spam")))
        .contains(List.of("address:192.0.2.7 is banned."));

    eve.expectClosed();
    awaitLine("192.0.2.7:4711 refused: You are banned from this server: spam");
    connect(server).send("PROXY TCP4 192.0.2.7 192.0.2.1 4712 3306\r\n").expectClosed();
    awaitLine("192.0.2.7:4712 refused: its address is banned");
    from(server, "192.0.2.9", "carol");
    awaitLine("192.0.2.9:4711, user: carol");
    assertThat(log.lines()).doesNotContain("bob disconnected");
  }

  private TestPeer from(ChatServer server, String address, String name) {
    return connect(server).send("PROXY TCP4 " + address + " 192.0.2.1 4711 3306\r\n" + frame(name));
  }

  private void awaitLine(String line) {
    Awaitility.await().untilAsserted(() -> assertThat(log.lines()).contains(line));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] version2(int command, int family, int... rest) {
    ByteBuffer header = ByteBuffer.allocate(SIGNATURE.length + 4 + rest.length);
    header.put(SIGNATURE).put((byte) command).put((byte) family).putShort((short) rest.length);
    Arrays.stream(rest).forEach(b -> header.put((byte) b));
    return header.array();
  }

  private static byte[] concat(byte[] a, byte[] b) {
    return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
  }

  private ChatServer start(Map<String, String> options) throws IOException {
    Map<String, String> all = new HashMap<>(Map.of("host", "127.0.0.1", "port", "0"));
    all.put("admin", "off");
    all.putAll(options);
    ChatServer server = ChatServer.start(ServerConfig.of(all));
    open.add(server);
    return server;
  }

  private TestPeer connect(ChatServer server) {
    TestPeer peer = TestPeer.connect(server);
    open.add(peer);
    return peer;
  }
}
