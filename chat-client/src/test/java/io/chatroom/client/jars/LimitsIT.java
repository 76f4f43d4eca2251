package io.chatroom.client.jars;

import static io.chatroom.client.Peer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.TlsRoom;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process that runs out of something, or would. */
class LimitsIT {

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

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
                    + " --event-loops 1 --max-connections 1000000",
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
      server.awaitLine("cannot accept a connection for now: .*");
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
   * What is encrypted is everybody's own. A crowd that never reads, and little memory for
   * encrypting.
   */
  @Test
  void membersWithTlsThatNeverReadCostNoMoreThanOthers() throws Exception {
    RunningProgram server =
        programs.start(
            RunningProgram.start(
                "java",
                "-Xmx128m",
                "-XX:MaxDirectMemorySize=32m",
                "-jar",
                Programs.SERVER_JAR,
                "--port",
                "0",
                "--host",
                "127.0.0.1",
                "--event-loops",
                "1",
                "--registration-timeout",
                "1m",
                "--messages-per-second",
                "0",
                "--tls-self-signed",
                dir.toString()));
    int port = Programs.port(server);
    SSLContext everybody = TlsRoom.trustingEverybody();
    List<Socket> crowd = new ArrayList<>();
    try (Socket alice = connect(port);
        Socket bob = connect(port)) {
      say(alice, "alice");
      say(bob, "bob");
      for (int i = 0; i < 250; i++) {
        Socket raw = new Socket();
        raw.setReceiveBufferSize(4096);
        raw.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Socket stuck = everybody.getSocketFactory().createSocket(raw, "localhost", port, true);
        crowd.add(stuck);
        say(stuck, "stuck" + i);
      }
      server.awaitLines("127\\.0\\.0\\.1:\\d+, user: (alice|bob|stuck.*)", 252);
      String text = "x".repeat(60_000);
      Thread saying =
          new Thread(
              () -> {
                try {
                  for (int n = 0; n < 200; n++) {
                    say(alice, text);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      saying.start();
      for (int n = 0; n < 200; n++) {
        expect(bob, frame("alice") + frame(text));
      }
      saying.join();
      say(crowd.get(0), "I can still talk");
      expect(bob, frame("stuck0") + frame("I can still talk"));
    } finally {
      for (Socket stuck : crowd) {
        stuck.close();
      }
    }
    server.awaitLine(".* does not keep up: .*");
    assertThat(server.signal("TERM").awaitExit()).isZero();
    assertThat(server.err()).isEmpty();
    assertThat(server.out()).noneMatch(line -> line.contains("internal error"));
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
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
