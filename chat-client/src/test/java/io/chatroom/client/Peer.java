package io.chatroom.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A server on the loopback that does nothing by itself: the test accepts, reads, writes and ends
 * each connection, in order or not. What takes longer than a minute fails.
 */
public final class Peer implements AutoCloseable {

  private static final int PATIENCE_MILLIS = (int) TimeUnit.SECONDS.toMillis(60);

  /** Reserves ports that nothing else can use while the tests run. */
  private static final Queue<Socket> DEAD = new ConcurrentLinkedQueue<>();

  private final ServerSocket server;

  public Peer() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      server.setSoTimeout(PATIENCE_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public ServerAddress address() {
    return new ServerAddress(server.getInetAddress().getHostAddress(), server.getLocalPort());
  }

  /** An address where nobody listens. */
  public static ServerAddress nobody() {
    try {
      Socket dead = new Socket();
      DEAD.add(dead);
      dead.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return new ServerAddress(dead.getLocalAddress().getHostAddress(), dead.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the next connection. */
  public Member accept() throws IOException {
    return new Member(server.accept());
  }

  /**
   * Waits for the next connection and reads its registration. As servers that know the seed's
   * protocol only do, it ends one that begins a session.
   */
  public Member accept(String expectedName) throws IOException {
    Member member = accept();
    while (member.beginsSession()) {
      member.close();
      member = accept();
    }
    String name = member.read();
    if (!name.equals(expectedName)) {
      throw new AssertionError("registered as " + name + ", expected " + expectedName);
    }
    return member;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One accepted connection, seen from the server. */
  public static final class Member implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    Member(Socket socket) throws IOException {
      this.socket = socket;
      in = new BufferedInputStream(socket.getInputStream());
      socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** The payload of the next frame. */
    public String read() throws IOException {
      byte[] header = in.readNBytes(10);
      if (header.length < 10) {
        throw new AssertionError("the stream ended inside a header");
      }
      int length = Integer.parseInt(new String(header, StandardCharsets.US_ASCII).trim());
      return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    boolean beginsSession() throws IOException {
      in.mark(1);
      boolean begins = in.read() == 'C';
      in.reset();
      return begins;
    }

    /** Waits for the next input; returns true for a FIN. Consumes nothing of a frame. */
    public boolean atEnd() throws IOException {
      in.mark(1);
      if (in.read() < 0) {
        return true;
      }
      in.reset();
      return false;
    }

    public void relay(String name, String text) throws IOException {
      write(frame(name) + frame(text));
    }

    public void write(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends our side in order, and continues to read. */
    public void fin() throws IOException {
      socket.shutdownOutput();
    }

    /** Ends the connection with RST. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** A payload with its header. */
  public static String frame(String payload) {
    return String.format("%-10d", payload.getBytes(StandardCharsets.UTF_8).length) + payload;
  }
}
