package io.chatroom.server.container;

import io.chatroom.server.ServerCommand;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A short run of a server, from its command line to its last connection, for a JVM that records an
 * archive of classes ({@code -XX:AOTCacheOutput}): later starts find the classes used here ready.
 * It also tests an image while it is built: a missing message throws an exception, which fails the
 * build.
 */
public final class Rehearsal {

  /** The number of single messages, as in an ordinary room. */
  private static final int MESSAGES = 2_000;

  /**
   * A busy room: the number of listeners, of rounds with several speakers, and of messages in each.
   */
  private static final int CROWD = 40;

  private static final int ROUNDS = 4_000;
  private static final int BATCH = 64;

  private static final String WORDS = "of the rehearsal";

  private static final int START_MILLIS = 60_000;
  private static final int READ_MILLIS = 30_000;
  private static final int AGAIN_MILLIS = 100;
  private static final int MOST_TRIES = 300;

  private Rehearsal() {}

  /**
   * Runs the server with the given command line and ports of its own, talks to it, and ends this
   * process as SIGTERM would.
   */
  public static void main(String[] args) throws IOException {
    int port = freePort();
    // Not the default: another server can be using it on the build machine.
    String admin = "127.0.0.1:" + freePort();
    List<String> command = new ArrayList<>(List.of(args));
    command.addAll(List.of("--port", "" + port, "--messages-per-second", "0", "--admin", admin));
    Path data = Files.createTempDirectory("rehearsal");
    command.addAll(List.of("--data", data.toString()));
    Thread server =
        new Thread(() -> ServerCommand.main(command.toArray(new String[0])), "rehearsed server");
    server.setDaemon(true);
    server.start();

    talk(port);
    crowd(port);
    misbehave(port);
    browse(port);
    if (HealthCheck.run(Map.of("CHAT_PORT", "" + port, "CHAT_ADMIN", admin), System.err) != 0) {
      throw new IOException("the health check does not find the server that is being rehearsed");
    }
    remove(data); // keeps it out of the image
    // As a signal would: the server's hook stops it in order and ends the process with 0.
    System.exit(0);
  }

  /** Called while the server still has its files open: at its end it halts this process. */
  private static void remove(Path data) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(data)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(data);
  }

  /** One message at a time, as in an ordinary room. */
  private static void talk(int port) throws IOException {
    try (Socket listener = join(port, "listener");
        Socket talker = join(port, "talker")) {
      meet(listener, talker, "talker");
      byte[] message = frame(WORDS);
      byte[] heard = pair("talker", WORDS);
      for (int i = 0; i < MESSAGES; i++) {
        talker.getOutputStream().write(message);
        hear(listener, heard);
      }
    }
  }

  /**
   * Many messages at once to many members, mostly from one of them and sometimes from two. So the
   * archive has profiles of the code under load, which is then compiled at once instead of being
   * interpreted and profiled first.
   */
  private static void crowd(int port) throws IOException {
    List<Socket> members = new ArrayList<>();
    List<byte[]> heard = new ArrayList<>();
    try {
      for (int i = 0; i < CROWD; i++) {
        String name = "member" + (10 + i); // of equal length
        members.add(join(port, name));
        heard.add(repeat(pair(name, WORDS), BATCH));
        if (i == 1) {
          meet(members.get(0), members.get(1), name);
        } else if (i > 1) {
          members.get(i).getOutputStream().write(frame(WORDS));
          for (Socket earlier : members.subList(0, i)) {
            hear(earlier, pair(name, WORDS));
          }
        }
      }
      byte[] batch = repeat(frame(WORDS), BATCH);
      byte[] either = new byte[heard.get(0).length];
      for (int i = 0; i < ROUNDS; i++) {
        int first = i % CROWD;
        int second = i % 4 == 0 ? (first + 1) % CROWD : first;
        members.get(first).getOutputStream().write(batch);
        if (second != first) {
          members.get(second).getOutputStream().write(batch);
        }
        for (Socket member : members) {
          boolean hearsFirst = member != members.get(first);
          boolean hearsSecond = second != first && member != members.get(second);
          if (hearsFirst && hearsSecond) {
            // The server decides their order.
            new DataInputStream(member.getInputStream()).readFully(either);
            new DataInputStream(member.getInputStream()).readFully(either);
          } else if (hearsFirst) {
            hear(member, heard.get(first));
          } else if (hearsSecond) {
            hear(member, heard.get(second));
          }
        }
      }
    } finally {
      for (Socket member : members) {
        member.close();
      }
    }
  }

  /**
   * Returns when both are in the room and nothing is in flight to the listener. A name is
   * registered when the server reads it, so a first message can come too early to be delivered.
   */
  private static void meet(Socket listener, Socket talker, String name) throws IOException {
    byte[] early = pair(name, "early ");
    byte[] actual = new byte[early.length];
    DataInputStream in = new DataInputStream(listener.getInputStream());
    listener.setSoTimeout(AGAIN_MILLIS);
    boolean heard = false;
    for (int i = 0; !heard && i < MOST_TRIES; i++) {
      talker.getOutputStream().write(frame("early "));
      try {
        in.readFully(actual, 0, 1);
        heard = true;
      } catch (SocketTimeoutException e) {
        // Send it again.
      }
    }
    if (!heard) {
      throw new IOException("none of " + MOST_TRIES + " messages arrived, expected at least one");
    }
    listener.setSoTimeout(READ_MILLIS);
    in.readFully(actual, 1, actual.length - 1);
    talker.getOutputStream().write(frame("enough"));
    while (Arrays.equals(actual, early)) {
      in.readFully(actual);
    }
    expect(pair(name, "enough"), actual);
  }

  private static void hear(Socket member, byte[] expected) throws IOException {
    byte[] actual = new byte[expected.length];
    new DataInputStream(member.getInputStream()).readFully(actual);
    expect(expected, actual);
  }

  private static void expect(byte[] expected, byte[] actual) throws IOException {
    if (!Arrays.equals(expected, actual)) {
      throw new IOException(
          String.format(
              "the server delivers '%s', expected '%s'",
              new String(actual, StandardCharsets.UTF_8),
              new String(expected, StandardCharsets.UTF_8)));
    }
  }

  /** A bad header, as it happens in normal operation. */
  private static void misbehave(int port) throws IOException {
    try (Socket socket = join(port, "vandal")) {
      socket.getOutputStream().write("not a header at all".getBytes(StandardCharsets.UTF_8));
      if (socket.getInputStream().read() != -1) {
        throw new IOException("a bad header is answered with bytes, expected the end of stream");
      }
    } catch (SocketException e) {
      // A reset ends it, too.
    }
  }

  /** Checks that the page is in the image. */
  private static void browse(int port) throws IOException {
    try (Socket browser = new Socket(InetAddress.getLoopbackAddress(), port)) {
      browser.setSoTimeout(READ_MILLIS);
      String request = "GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n";
      browser.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(browser.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      if (!answer.startsWith("HTTP/1.1 200 ")) {
        throw new IOException("there is no page: the server answers '" + answer + "'");
      }
    }
  }

  private static Socket join(int port, String name) throws IOException {
    IOException last = new IOException("not tried yet");
    for (long end = System.nanoTime() + START_MILLIS * 1_000_000L; System.nanoTime() < end; ) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream().write(frame(name));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_MILLIS);
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

  /** A message as others receive it. */
  private static byte[] pair(String name, String message) {
    byte[] first = frame(name);
    byte[] second = frame(message);
    byte[] pair = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, pair, first.length, second.length);
    return pair;
  }

  private static byte[] repeat(byte[] bytes, int times) {
    byte[] all = new byte[times * bytes.length];
    for (int i = 0; i < times; i++) {
      System.arraycopy(bytes, 0, all, i * bytes.length, bytes.length);
    }
    return all;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
