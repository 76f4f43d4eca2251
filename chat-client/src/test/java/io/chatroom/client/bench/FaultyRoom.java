package io.chatroom.client.bench;

import io.chatroom.client.Peer;
import io.chatroom.client.ServerAddress;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server that relays correctly, except for what its {@link Distortion} does to a delivery. It has
 * one thread for each connection, one lock and blocking writes, which is enough for members that
 * always read.
 */
public final class FaultyRoom implements AutoCloseable {

  /** Decides what a member receives. */
  @FunctionalInterface
  public interface Distortion {

    /** Relays everything correctly. */
    Distortion NONE =
        (room, listener, speaker, pair) -> listener == speaker ? List.of() : List.of(pair);

    /**
     * Called for every message and every member, with the room locked.
     *
     * @param listener the number of the receiving member
     * @param speaker the number of the sender
     * @param pair the name frame and the message frame
     * @return what the listener receives
     */
    List<String> deliver(FaultyRoom room, int listener, int speaker, String pair)
        throws IOException;
  }

  private final ServerSocket listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new ArrayList<>();
  private final List<Listener> members = new ArrayList<>();
  private final Distortion distortion;
  private final String lastWords;

  private record Listener(int number, Socket socket, OutputStream out) {}

  public FaultyRoom(Distortion distortion) throws IOException {
    this(distortion, "");
  }

  /**
   * @param lastWords what a member receives once it has ended its side
   */
  public FaultyRoom(Distortion distortion, String lastWords) throws IOException {
    this.distortion = distortion;
    this.lastWords = lastWords;
    start(this::accept);
  }

  public ServerAddress address() {
    return new ServerAddress("127.0.0.1", listening.getLocalPort());
  }

  /** The text in a pair of the message with this number. */
  static boolean isMessage(String pair, long number) {
    return pair.contains(String.format("M%010d", number));
  }

  /** Ends the connection of a member. */
  void close(int number) throws IOException {
    for (Listener member : members) {
      if (member.number == number) {
        member.socket.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    synchronized (this) {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "faulty-room");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        synchronized (this) {
          sockets.add(socket);
        }
        start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // by close()
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      String name = read(in);
      int number = Integer.parseInt(name.substring(4));
      synchronized (this) {
        members.add(
            new Listener(
                number, socket, new BufferedOutputStream(socket.getOutputStream(), 1 << 16)));
      }
      for (String text = readNext(in); text != null; text = readNext(in)) {
        relay(number, Peer.frame(name) + Peer.frame(text));
        if (in.available() == 0) {
          flush();
        }
      }
      socket.getOutputStream().write(lastWords.getBytes(StandardCharsets.UTF_8));
    } catch (IOException gone) {
      // closed by the member, or by the room
    }
  }

  private synchronized void relay(int speaker, String pair) throws IOException {
    for (Listener listener : List.copyOf(members)) {
      for (String delivered : distortion.deliver(this, listener.number, speaker, pair)) {
        listener.out.write(delivered.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private synchronized void flush() {
    for (Listener listener : members) {
      try {
        listener.out.flush();
      } catch (IOException gone) {
        // its own thread notices that too
      }
    }
  }

  /** Returns null at the end of the stream. */
  private static @Nullable String readNext(InputStream in) throws IOException {
    in.mark(1);
    if (in.read() < 0) {
      return null;
    }
    in.reset();
    return read(in);
  }

  private static String read(InputStream in) throws IOException {
    byte[] header = in.readNBytes(10);
    if (header.length < 10) {
      throw new IOException("end of stream");
    }
    int length = Integer.parseInt(new String(header, StandardCharsets.US_ASCII).trim());
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
