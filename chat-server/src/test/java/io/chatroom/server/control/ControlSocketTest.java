package io.chatroom.server.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {

  private static final List<String> COMMAND = List.of("say", "grüße\n", "\"");

  @TempDir private Path dir = Path.of("");

  private static List<String> echo(List<String> words) throws IOException {
    if (words.contains("bad")) {
      throw new IOException("it was bad");
    }
    if (words.contains("broken")) {
      throw new IllegalStateException("broken");
    }
    return words;
  }

  @Test
  void answersOneCommandAfterTheOther() throws IOException {
    assertThat(ControlSocket.ask(dir, COMMAND)).isEmpty();
    try (ControlSocket socket = ControlSocket.open(dir, ControlSocketTest::echo)) {
      assertThat(ControlSocket.ask(dir, COMMAND)).contains(COMMAND);
      assertThatThrownBy(() -> ControlSocket.ask(dir, List.of("bad")))
          .isInstanceOf(IOException.class)
          .hasMessage("it was bad");
      assertThat(ControlSocket.ask(dir, COMMAND)).contains(COMMAND);
      assertThat(socket).isNotNull();
    }
    assertThat(ControlSocket.ask(dir, COMMAND)).isEmpty();
    assertThat(dir.resolve("control")).doesNotExist();
  }

  @Test
  void isForTheServersUserOnly() throws IOException {
    try (ControlSocket socket = ControlSocket.open(dir, ControlSocketTest::echo)) {
      assertThat(socket).isNotNull();
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("control"))))
          .isEqualTo("rw-------");
    }
  }

  /** A killed server's socket does not prevent a start. */
  @Test
  void replacesAStaleSocket() throws IOException {
    Files.createFile(dir.resolve("control"));
    assertThat(ControlSocket.ask(dir, COMMAND)).isEmpty();
    try (ControlSocket socket = ControlSocket.open(dir, ControlSocketTest::echo)) {
      assertThat(socket).isNotNull();
      assertThat(ControlSocket.ask(dir, COMMAND)).contains(COMMAND);
    }
  }

  @Test
  void continuesAfterAMalformedCommand() throws IOException {
    try (ControlSocket socket = ControlSocket.open(dir, ControlSocketTest::echo)) {
      assertThat(socket).isNotNull();
      assertThat(raw("what\n")).contains("does not understand");
      assertThat(raw("")).isEmpty();
      assertThat(ControlSocket.ask(dir, COMMAND)).contains(COMMAND);
    }
  }

  private String raw(String text) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(dir.resolve("control")));
      channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
      channel.shutdownOutput();
      return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
    }
  }

  @Test
  void explainsWhyItCannotListen() {
    Path deep = dir.resolve("x".repeat(120));
    assertThatThrownBy(() -> ControlSocket.open(deep, ControlSocketTest::echo))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("commands cannot reach this server, as ");
  }
}
