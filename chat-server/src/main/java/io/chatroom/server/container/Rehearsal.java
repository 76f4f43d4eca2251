package io.chatroom.server.container;

import io.chatroom.server.ServerCommand;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A short life of a server, from its command line to its last connection: what a JVM that is told
 * to write an archive of classes ({@code -XX:AOTCacheOutput}) sees here is what later starts find
 * ready. It also proves, while an image is built, that what was put into it works: whoever gets no
 * message ends it with an exception, and the build with it.
 */
public final class Rehearsal {

  /** Enough for the profiles in the archive to say what is hot. */
  private static final int MESSAGES = 2_000;

  private static final int START_MILLIS = 60_000;
  private static final int READ_MILLIS = 30_000;
  private static final int AGAIN_MILLIS = 100;
  private static final int MOST_TRIES = 300;

  private Rehearsal() {}

  /**
   * Runs the server's command with what the command line gives and ports of its own, talks to it,
   * and ends this process as SIGTERM would.
   */
  public static void main(String[] args) throws IOException {
    int port = freePort();
    // Not the usual one: where the image is built another server may have it.
    String admin = "127.0.0.1:" + freePort();
    List<String> command = new ArrayList<>(List.of(args));
    command.addAll(List.of("--port", "" + port, "--messages-per-second", "0", "--admin", admin));
    Thread server =
        new Thread(() -> ServerCommand.main(command.toArray(new String[0])), "rehearsed server");
    server.setDaemon(true);
    server.start();

    talk(port);
    misbehave(port);
    if (HealthCheck.run(Map.of("CHAT_PORT", "" + port, "CHAT_ADMIN", admin), System.err) != 0) {
      throw new IOException("the health check does not find the server that is being rehearsed");
    }
    // As a signal would: the server's hook stops it in order and ends the process with 0.
    System.exit(0);
  }

  private static void talk(int port) throws IOException {
    try (Socket listener = join(port, "listener");
        Socket talker = join(port, "talker")) {
      OutputStream out = talker.getOutputStream();
      DataInputStream in = new DataInputStream(listener.getInputStream());
      byte[] message = frame("of the rehearsal");
      // A name is registered when it is read, so the first message may come too early to be heard.
      byte[] pair = new byte[frame("talker").length + message.length];
      listener.setSoTimeout(AGAIN_MILLIS);
      boolean heard = false;
      for (int i = 0; !heard && i < MOST_TRIES; i++) {
        out.write(message);
        try {
          in.readFully(pair, 0, 1);
          heard = true;
        } catch (SocketTimeoutException e) {
          // Say it again.
        }
      }
      if (!heard) {
        throw new IOException("none of " + MOST_TRIES + " messages arrived, expected at least one");
      }
      listener.setSoTimeout(READ_MILLIS);
      in.readFully(pair, 1, pair.length - 1);
      for (int i = 0; i < MESSAGES; i++) {
        out.write(message);
        in.readFully(pair);
      }
    }
  }

  /** A bad header is a part of everyday life, too. */
  private static void misbehave(int port) throws IOException {
    try (Socket socket = join(port, "vandal")) {
      socket.setSoTimeout(READ_MILLIS);
      socket.getOutputStream().write("not a header at all".getBytes(StandardCharsets.UTF_8));
      if (socket.getInputStream().read() != -1) {
        throw new IOException("a bad header is answered with bytes, expected the end of stream");
      }
    } catch (SocketException e) {
      // A reset is an end, too.
    }
  }

  private static Socket join(int port, String name) throws IOException {
    IOException last = new IOException("not tried yet");
    for (long end = System.nanoTime() + START_MILLIS * 1_000_000L; System.nanoTime() < end; ) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream().write(frame(name));
        return socket;
      } catch (IOException e) {
        socket.close();
        last = e;
        Thread.onSpinWait();
      }
    }
    throw new IOException("the server does not listen within " + START_MILLIS + " ms", last);
  }

  private static byte[] frame(String payload) {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    byte[] frame = new byte[10 + bytes.length];
    byte[] header = String.format("%-10d", bytes.length).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(header, 0, frame, 0, header.length);
    System.arraycopy(bytes, 0, frame, header.length, bytes.length);
    return frame;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
