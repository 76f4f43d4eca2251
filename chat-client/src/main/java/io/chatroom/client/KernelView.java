package io.chatroom.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The state of a TCP connection that Linux exposes in {@code /proc/self/net} and Java does not.
 *
 * @param unacknowledgedBytes number of written bytes that the peer's kernel has not acknowledged; a
 *     FIN counts as one byte
 * @param retrying true if data was resent, or the peer probed, several times without an answer. A
 *     live machine whose program does not read may drop data that no longer fits, which is then
 *     resent once or twice; but it answers probes
 */
record KernelView(long unacknowledgedBytes, boolean retrying) {

  private static final Path TCP = Path.of("/proc/self/net/tcp");
  private static final Path TCP6 = Path.of("/proc/self/net/tcp6");

  /** The intervals double, so this takes seconds at least. */
  private static final int SEVERAL = 4;

  /** The prefix of an IPv4 address on a dual-stack socket, as Java opens them. */
  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  /** Returns null on other systems, or if the kernel no longer knows the connection. */
  static @Nullable KernelView of(InetSocketAddress local, InetSocketAddress remote) {
    KernelView found = find(TCP6, hex(local, true) + " " + hex(remote, true) + " ");
    if (found == null && local.getAddress() instanceof Inet4Address) {
      found = find(TCP, hex(local, false) + " " + hex(remote, false) + " ");
    }
    return found;
  }

  private static @Nullable KernelView find(Path table, String connection) {
    try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int at = line.indexOf(connection);
        if (at >= 0) {
          return parse(line.substring(at + connection.length()));
        }
      }
      return null;
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return null; // not Linux, or an unknown form of the table
    }
  }

  /** As in {@code 01 00000024:00000000 01:00000014 00000000 0 0 37420 ...}. */
  private static KernelView parse(String rest) {
    String[] fields = rest.trim().split("[ :]+", -1);
    long unacknowledged = Long.parseLong(fields[1], 16);
    long retransmits = Long.parseLong(fields[5], 16);
    long probes = Long.parseLong(fields[7]);
    return new KernelView(unacknowledged, retransmits >= SEVERAL || probes >= SEVERAL);
  }

  private static String hex(InetSocketAddress address, boolean six) {
    InetAddress ip = address.getAddress();
    byte[] bytes = ip.getAddress();
    StringBuilder text = new StringBuilder(40);
    if (six && ip instanceof Inet4Address) {
      words(text, MAPPED);
    }
    words(text, bytes);
    return text.append(String.format(":%04X", address.getPort())).toString();
  }

  /** The kernel prints addresses as words in native byte order. */
  private static void words(StringBuilder text, byte[] bytes) {
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    while (words.hasRemaining()) {
      text.append(String.format("%08X", words.getInt()));
    }
  }
}
