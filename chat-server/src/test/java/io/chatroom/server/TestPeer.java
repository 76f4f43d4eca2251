package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A connection with nothing between the test and the wire. */
public final class TestPeer implements Closeable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Socket socket;
  private final DataInputStream in;

  private TestPeer(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** Connects and sends nothing yet. */
  public static TestPeer connect(ChatServer server) {
    return connect(server, 0);
  }

  /**
   * Connects with a receive buffer of its own size.
   *
   * @param receiveBufferBytes how much the kernel may keep for a peer that does not read; 0 for the
   *     usual
   */
  public static TestPeer connect(ChatServer server, int receiveBufferBytes) {
    try {
      Socket socket = new Socket();
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.address().getPort()));
      return new TestPeer(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Uses an existing connection, such as one with TLS. */
  public static TestPeer over(Socket socket) {
    try {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      return new TestPeer(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A member that is certainly in the room: the witness has received a message of it. */
  public static TestPeer join(ChatServer server, String name, TestPeer witness) {
    TestPeer peer = connect(server).send(frame(name)).send(frame("here is " + name));
    witness.expect(name, "here is " + name);
    return peer;
  }

  /** A frame as most clients write it. */
  public static String frame(String payload) {
    return String.format("%-10d%s", payload.getBytes(StandardCharsets.UTF_8).length, payload);
  }

  public TestPeer send(String text) {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  public TestPeer send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Expects this message next, byte for byte as {@link #frame} writes it. */
  public void expect(String name, String text) {
    expectBytes(frame(name) + frame(text));
  }

  public void expectBytes(String expected) {
    byte[] bytes = expected.getBytes(StandardCharsets.UTF_8);
    byte[] actual = readBytes(bytes.length);
    assertThat(new String(actual, StandardCharsets.UTF_8)).isEqualTo(expected);
  }

  public byte[] readBytes(int count) {
    try {
      byte[] bytes = new byte[count];
      in.readFully(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads one frame with any content. */
  public String readFrame() {
    int length = Integer.parseInt(new String(readBytes(10), StandardCharsets.US_ASCII).strip());
    return new String(readBytes(length), StandardCharsets.UTF_8);
  }

  /** Expects the server to close this connection and to send nothing before. */
  public void expectClosed() {
    try {
      assertThat(in.read()).as("what comes instead of the end").isEqualTo(-1);
    } catch (SocketException e) {
      // a reset closes too
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Drops all input until the server closes this connection. */
  public void awaitClosed() {
    try {
      while (in.read() >= 0) {
        in.skipNBytes(in.available());
      }
    } catch (SocketException e) {
      // a reset closes too
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns true if unread bytes have arrived; does not wait. */
  public boolean hasInput() {
    try {
      return in.available() > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the next byte or the end; returns true at the end. */
  public boolean nextIsEnd() {
    try {
      in.mark(1);
      if (in.read() < 0) {
        return true;
      }
      in.reset();
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends its own stream in order; input can still be read. */
  public TestPeer finish() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Resets the connection. */
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int localPort() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
