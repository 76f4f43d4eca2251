package io.chatroom.client.jars;

import static io.chatroom.client.Peer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process that runs out of something, or would. */
class LimitsIT {

  @RegisterExtension final Programs programs = new Programs();

  /**
   * Descriptors for about forty connections, and twice as many come. Those in the room talk on, the
   * log stays short, and as soon as some have gone newcomers come in.
   */
  @Test
  void theRoomGoesOnWithoutFileDescriptorsAndTakesNewcomersAgain() throws IOException {
    RunningProgram server =
        programs.start(
            RunningProgram.start(
                "sh",
                "-c",
                "ulimit -n 64; exec java -Xmx128m -jar \"$0\" --port 0 --host 127.0.0.1"
                    + " --event-loops 1 --max-connections 1000000 --registration-timeout 1h",
                Programs.SERVER_JAR));
    int port = Programs.port(server);
    List<Socket> crowd = new ArrayList<>();
    try (Socket alice = connect(port);
        Socket bob = connect(port)) {
      say(alice, "alice");
      say(bob, "bob");
      server.awaitLines("127\\.0\\.0\\.1:\\d+, user: (alice|bob)", 2);
      for (int i = 0; i < 90; i++) { // those that are not accepted wait in the kernel
        crowd.add(connect(port));
      }
      server.awaitLine("cannot accept a connection for now, .*");
      for (int n = 0; n < 100; n++) {
        say(alice, "message " + n);
        expect(bob, frame("alice") + frame("message " + n));
      }
      assertThat(server.out()).as("its log").hasSizeLessThan(20);

      for (Socket somebody : crowd) {
        somebody.close();
      }
      try (Socket carol = connect(port)) {
        say(carol, "carol");
        server.awaitLine("127\\.0\\.0\\.1:\\d+, user: carol");
        say(carol, "hi");
        expect(bob, frame("carol") + frame("hi"));
      }
    } finally {
      for (Socket somebody : crowd) {
        somebody.close();
      }
    }
    assertThat(server.signal("TERM").awaitExit()).isZero();
  }

  /** One message is more than there is memory for, and nothing else bounds it. */
  @Test
  void theServerEndsWhenItsMemoryIsUsedUp() throws IOException {
    RunningProgram server =
        programs.start(
            RunningProgram.start(
                "java",
                "-XX:MaxDirectMemorySize=8m",
                "-jar",
                Programs.SERVER_JAR,
                "--port",
                "0",
                "--host",
                "127.0.0.1",
                "--max-message-bytes",
                "16777216",
                "--max-waiting-bytes",
                "1000000000"));
    try (Socket alice = connect(Programs.port(server))) {
      say(alice, "alice");
      try {
        say(alice, "x".repeat(16_000_000));
      } catch (IOException e) {
        // it ended while it was being told
      }
      assertThat(server.awaitExit()).isEqualTo(3);
    }
    assertThat(server.err())
        .containsExactly(
            "chat-server: out of memory; give it more (java -Xmx512m), or let fewer in"
                + " (--max-connections)");
  }

  /**
   * Two thousand strangers send all but the last byte of the longest message: 128 MiB, with 32 MiB
   * to keep it in. The server stays up, and those in the room notice nothing.
   */
  @Test
  void unfinishedMessagesOfManyStrangersHurtNobodyElse() throws IOException {
    RunningProgram server = programs.server("--port", "0", "--host", "127.0.0.1");
    int port = Programs.port(server);
    byte[] unfinished = (frame("s") + frame("x".repeat(65_536))).getBytes(StandardCharsets.UTF_8);
    List<Socket> strangers = new ArrayList<>();
    try (Socket alice = connect(port);
        Socket bob = connect(port)) {
      say(alice, "alice");
      say(bob, "bob");
      server.awaitLines("127\\.0\\.0\\.1:\\d+, user: (alice|bob)", 2);
      for (int i = 0; i < 2_000; i++) {
        Socket stranger = connect(port);
        strangers.add(stranger);
        try {
          stranger.getOutputStream().write(unfinished, 0, unfinished.length - 1);
        } catch (IOException e) {
          // closed already
        }
        if (i % 100 == 0) {
          say(alice, "message " + i);
          expect(bob, frame("alice") + frame("message " + i));
        }
      }
      server.awaitLine(".* closed: unfinished frames hold more than .*");
      say(alice, "the last");
      expect(bob, frame("alice") + frame("the last"));
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
    assertThat(server.signal("TERM").awaitExit()).isZero();
    assertThat(server.err()).isEmpty();
  }

  /**
   * As many strangers as are let in begin the longest hello there could be, with a heap that has 32
   * KiB for each.
   */
  @Test
  void unfinishedHandshakesOfManyStrangersHurtNobodyElse(@TempDir Path keys) throws IOException {
    RunningProgram server =
        programs.start(
            RunningProgram.start(
                "java",
                "-Xmx48m",
                "-jar",
                Programs.SERVER_JAR,
                "--port",
                "0",
                "--host",
                "127.0.0.1",
                "--registration-timeout",
                "60s",
                "--tls-self-signed",
                keys.toString()));
    int port = Programs.port(server);
    List<Socket> strangers = new ArrayList<>();
    try (Socket alice = connect(port);
        Socket bob = connect(port)) {
      say(alice, "alice");
      say(bob, "bob");
      server.awaitLines("127\\.0\\.0\\.1:\\d+, user: (alice|bob)", 2);
      for (int i = 0; i < 48 * 1024 / 32; i++) {
        Socket stranger = connect(port);
        strangers.add(stranger);
        beginHello(stranger);
        if (i % 100 == 0) {
          say(alice, "message " + i);
          expect(bob, frame("alice") + frame("message " + i));
        }
      }
      for (Socket stranger : strangers) {
        awaitClosed(stranger);
      }
      say(alice, "the last");
      expect(bob, frame("alice") + frame("the last"));
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
    assertThat(server.signal("TERM").awaitExit()).isZero();
    assertThat(server.err()).isEmpty();
  }

  /** Two records with the beginning of a hello of 32 KiB. */
  private static void beginHello(Socket stranger) {
    ByteBuffer record = ByteBuffer.allocate(5 + 16_000);
    record.put(new byte[] {0x16, 3, 1, 16_000 >> 8, (byte) 16_000, 1, 0, 0x7F, 0});
    try {
      stranger.getOutputStream().write(record.array());
      record.putInt(5, 0);
      stranger.getOutputStream().write(record.array());
    } catch (IOException e) {
      // closed already
    }
  }

  private static void awaitClosed(Socket socket) throws IOException {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (SocketException e) {
      // a reset closes too
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(frame(text).getBytes(StandardCharsets.UTF_8));
  }

  private static void expect(Socket socket, String expected) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] bytes = in.readNBytes(expected.getBytes(StandardCharsets.UTF_8).length);
    assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(expected);
  }
}
