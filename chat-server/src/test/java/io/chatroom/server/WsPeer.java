package io.chatroom.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A WebSocket's client of a few lines, with a reading of RFC 6455 that is not the server's. */
public final class WsPeer implements Closeable {

  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  /** What came, of which all of a frame is here. */
  public record Received(int opcode, ByteBuffer content) {

    public String text() {
      return UTF_8.decode(content.duplicate()).toString();
    }

    /** What a close frame says why. */
    public int number() {
      return content.getShort(0) & 0xffff;
    }
  }

  private final TestPeer peer;

  private WsPeer(TestPeer peer) {
    this.peer = peer;
  }

  /** Asks for a WebSocket as a program does, and gets one. */
  public static WsPeer open(TestPeer peer, String... headers) {
    peer.send(request("/ws", headers));
    String answer = head(peer);
    assertThat(answer)
        .startsWith("HTTP/1.1 101 ")
        .containsIgnoringCase("\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
        .containsIgnoringCase("\r\nsec-websocket-protocol: chatroom.2\r\n")
        .doesNotContainIgnoringCase("sec-websocket-extensions");
    return new WsPeer(peer);
  }

  /** A request with the key of the RFC's example; lines of the same name take the place of ours. */
  public static String request(String path, String... headers) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "Host: chat.example",
                "Upgrade: websocket",
                "Connection: keep-alive, Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Extensions: permessage-deflate",
                "Sec-WebSocket-Protocol: other, chatroom.2"));
    for (String header : headers) {
      String name = header.substring(0, header.indexOf(':') + 1);
      lines.removeIf(line -> line.startsWith(name));
      if (!header.endsWith(":")) {
        lines.add(header);
      }
    }
    return "GET " + path + " HTTP/1.1\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
  }

  /** Reads an answer of HTTP up to the empty line. */
  public static String head(TestPeer peer) {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) peer.readBytes(1)[0]);
    }
    return head.toString();
  }

  public static String hello(String name, String rooms) {
    String client = String.format("%032x", name.hashCode() & 0xffffffffL);
    return "{\"type\":\"hello\",\"v\":2,\"name\":\""
        + name
        + "\",\"client\":\""
        + client
        + "\",\"rooms\":["
        + rooms
        + "]}";
  }

  /** Is in the room, and has heard so. */
  public WsPeer join(String name, String room) {
    say(hello(name, "{\"room\":\"" + room + "\"}"));
    expectObject("welcome");
    expectObject("joined");
    return this;
  }

  /** Says one object. */
  public WsPeer say(String object) {
    return send(true, TEXT, object.getBytes(UTF_8));
  }

  public WsPeer send(boolean last, int opcode, byte[] content) {
    peer.send(frame(last, opcode, content));
    return this;
  }

  /** A frame as a client has to write it. */
  public static byte[] frame(boolean last, int opcode, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write((last ? 0x80 : 0) | opcode);
    if (content.length < 126) {
      out.write(0x80 | content.length);
    } else if (content.length < 65_536) {
      out.write(0x80 | 126);
      out.writeBytes(ByteBuffer.allocate(2).putShort((short) content.length).array());
    } else {
      out.write(0x80 | 127);
      out.writeBytes(ByteBuffer.allocate(8).putLong(content.length).array());
    }
    out.writeBytes(MASK);
    for (int i = 0; i < content.length; i++) {
      out.write(content[i] ^ MASK[i % 4]);
    }
    return out.toByteArray();
  }

  /** Reads a frame, which has to be whole, unmasked, and of the shortest form. */
  public Received read() {
    byte[] start = peer.readBytes(2);
    assertThat(start[0] & 0xf0).as("last, no extension").isEqualTo(0x80);
    int length = start[1];
    assertThat(length).as("unmasked").isNotNegative();
    if (length == 126) {
      length = ByteBuffer.wrap(peer.readBytes(2)).getShort() & 0xffff;
      assertThat(length).isGreaterThan(125);
    } else if (length == 127) {
      length = Math.toIntExact(ByteBuffer.wrap(peer.readBytes(8)).getLong());
      assertThat(length).isGreaterThan(65_535);
    }
    return new Received(start[0] & 0x0f, ByteBuffer.wrap(peer.readBytes(length)));
  }

  /** The next thing but for news of who comes and goes is an object of this type. */
  public String expectObject(String type) {
    while (true) {
      Received frame = read();
      assertThat(frame.opcode()).as(frame.text()).isEqualTo(TEXT);
      if (!frame.text().startsWith("{\"type\":\"presence\"") || type.equals("presence")) {
        assertThat(frame.text()).startsWith("{\"type\":\"" + type + "\"").endsWith("}");
        return frame.text();
      }
    }
  }

  /** Hears why it ends, is closed with that number, and then comes the end of the stream. */
  public String expectBye(String code, int number) {
    String bye = expectObject("bye");
    assertThat(bye).contains("\"code\":\"" + code + "\"");
    expectClose(number);
    return bye;
  }

  public void expectClose(int number) {
    Received close = read();
    while (close.text().startsWith("{\"type\":\"presence\"")) {
      close = read();
    }
    assertThat(close.opcode()).as(close.text()).isEqualTo(CLOSE);
    assertThat(close.number()).isEqualTo(number);
    assertThat(peer.nextIsEnd()).isTrue();
  }

  public TestPeer raw() {
    return peer;
  }

  @Override
  public void close() {
    peer.close();
  }
}
