package io.chatroom.server.config;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of health and metrics.
 *
 * @param choice whether there is one, and whether it is required
 * @param host a name or an address of this machine; an IPv6 address without brackets
 * @param port 0 picks a free one
 */
public record AdminAddress(Choice choice, String host, int port) {

  /** The kinds of values. */
  public enum Choice {
    /** No endpoint. */
    OFF,
    /**
     * The default address, or none if it is taken: so that two servers can start on one machine.
     */
    AUTO,
    /** The given address, or the server does not start. */
    GIVEN
  }

  static final String EXPECTED = "HOST:PORT like 127.0.0.1:9306, auto or off";

  private static final AdminAddress OFF = new AdminAddress(Choice.OFF, "", 0);
  private static final AdminAddress AUTO = new AdminAddress(Choice.AUTO, "127.0.0.1", 9306);

  private static final Pattern GIVEN =
      Pattern.compile(
          "(?:\\[([0-9a-fA-F:.]+(?:%[0-9a-zA-Z_.-]+)?)]|([^:\\[\\]\\s]+)):([0-9]{1,5})");

  private static final int LAST_PORT = 65_535;

  /** Null if it is invalid. */
  static @Nullable AdminAddress parse(String text) {
    if (text.equalsIgnoreCase("off")) {
      return OFF;
    }
    if (text.equalsIgnoreCase("auto")) {
      return AUTO;
    }
    Matcher given = GIVEN.matcher(text);
    if (!given.matches() || Integer.parseInt(given.group(3)) > LAST_PORT) {
      return null;
    }
    String host = given.group(1) == null ? given.group(2) : given.group(1);
    return new AdminAddress(Choice.GIVEN, host, Integer.parseInt(given.group(3)));
  }

  /** Returns true if there is no endpoint. */
  public boolean isOff() {
    return choice == Choice.OFF;
  }

  public InetSocketAddress socketAddress() {
    return new InetSocketAddress(host, port);
  }
}
