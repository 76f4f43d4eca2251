package io.chatroom.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class SystemErrorsTest {

  @Test
  void tellsAPipeWithoutAReaderFromOtherFailures() throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", "exec <&-; echo closed; exec tail -f /dev/null").start();
    IOException broken;
    try {
      OutputStream out = process.getOutputStream();
      assertThat(process.inputReader().readLine()).isEqualTo("closed");
      broken = catchThrowableOfType(IOException.class, () -> writeUntilItFails(out));
    } finally {
      process.destroyForcibly();
    }

    assertThat(SystemErrors.isBrokenPipe(broken)).as("%s", broken).isTrue();
    assertThat(SystemErrors.isBrokenPipe(new IOException("some pipe is too long"))).isFalse();
    assertThat(SystemErrors.isBrokenPipe(new IOException((String) null))).isFalse();
  }

  @Test
  @EnabledIf("hasFullDevice")
  void doesNotTakeAFullDiskForIt() throws IOException {
    try (OutputStream out = new FileOutputStream("/dev/full")) {
      IOException full = catchThrowableOfType(IOException.class, () -> out.write(1));

      assertThat(SystemErrors.isBrokenPipe(full)).as("%s", full).isFalse();
    }
  }

  static boolean hasFullDevice() {
    return Files.exists(Path.of("/dev/full"));
  }

  @Test
  void knowsWhenAPortIsTaken() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket taken = new ServerSocket(0, 1, loopback)) {
      IOException failure =
          catchThrowableOfType(
              IOException.class, () -> new ServerSocket(taken.getLocalPort(), 1, loopback).close());

      assertThat(SystemErrors.isAddressInUse(failure)).as("%s", failure).isTrue();
      assertThat(
              SystemErrors.isAddressInUse(
                  new IOException("bind(..) failed with error(-98): " + failure.getMessage())))
          .as("what Netty makes of it")
          .isTrue();
      assertThat(SystemErrors.isAddressInUse(new IOException("Permission denied"))).isFalse();
    }
  }

  /** In any language: the system's own words for the same error are what is compared. */
  @Test
  void knowsWhenANetworkCannotBeReached() throws IOException {
    try (SocketChannel channel = SocketChannel.open()) {
      InetSocketAddress group = new InetSocketAddress("224.0.0.1", 9); // no route for TCP, either
      IOException failure = catchThrowableOfType(IOException.class, () -> channel.connect(group));

      assertThat(SystemErrors.isNetworkUnreachable(failure)).as("%s", failure).isTrue();
    }
    assertThat(SystemErrors.isNetworkUnreachable(new IOException("unreachable"))).isFalse();
    assertThat(SystemErrors.isNetworkUnreachable(new IOException((String) null))).isFalse();
  }

  private static void writeUntilItFails(OutputStream out) throws IOException {
    while (true) {
      out.write(1);
      out.flush();
    }
  }
}
