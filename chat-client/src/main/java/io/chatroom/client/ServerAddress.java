package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a server: a host and a port, as a person writes them. A host name is looked up at
 * every connect, because the addresses behind it change. Immutable: threads may share it.
 *
 * @param host a host name, an IPv4 address, or an IPv6 address without its brackets
 * @param port 1 to 65535
 */
public record ServerAddress(String host, int port) {

  /** The default port of a server. */
  public static final int DEFAULT_PORT = 3306;

  /** A server on this machine. */
  public static final ServerAddress LOCAL = new ServerAddress("localhost", DEFAULT_PORT);

  private static final Pattern BRACKETED =
      Pattern.compile("\\[([0-9A-Fa-f:.]+(?:%[^\\]\\s]+)?)](.*)");

  /**
   * A text that was probably meant as an IPv6 address: two colons side by side, or seven in all.
   */
  private static final Pattern IPV6_DIGITS =
      Pattern.compile("\\[?(?=.*::|(?:[^:]*:){7})[0-9A-Fa-f:.]*(?:%[^\\]]*)?]?");

  private static final Pattern ZONE_WITHOUT_NAME = Pattern.compile("\\[[0-9A-Fa-f:.]+%].*");

  private static final Pattern HOST = Pattern.compile("[^\\s:/@\\[\\]\\p{Cntrl}]+");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

  /**
   * @throws IllegalArgumentException if there is no host, or the port is out of its range; the
   *     message is one sentence for people
   */
  public ServerAddress {
    if (host.isBlank()) {
      throw new IllegalArgumentException("a server address needs a host, as in localhost:3306");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " does not exist, expected 1 to 65535");
    }
  }

  /**
   * Reads {@code HOST}, {@code HOST:PORT}, {@code [IPV6]} or {@code [IPV6]:PORT}. The default port
   * is {@link #DEFAULT_PORT}.
   *
   * @throws IllegalArgumentException if it has another form; the message is one sentence with the
   *     value and what was expected, and is safe to print
   */
  public static ServerAddress parse(String text) {
    return parse(text, DEFAULT_PORT);
  }

  /** The same with another default port. */
  static ServerAddress parse(String text, int defaultPort) {
    Matcher bracketed = BRACKETED.matcher(text);
    if (bracketed.matches() && bracketed.group(1).contains(":")) {
      return new ServerAddress(
          bracketed.group(1), parsePort(text, bracketed.group(2), defaultPort));
    }
    if (ZONE_WITHOUT_NAME.matcher(text).matches()) {
      throw refuse(text, "the name of a network interface behind the %, as in [fe80::1%eth0]");
    }
    int colon = text.indexOf(':');
    if (colon != text.lastIndexOf(':') && !text.contains("/")) {
      throw IPV6_DIGITS.matcher(text).matches()
          ? refuse(text, "an IPv6 address in brackets, as in [::1] or [::1]:3306")
          : refuse(text, "HOST or HOST:PORT with one colon, as in localhost:3306");
    }
    String host = colon < 0 ? text : text.substring(0, colon);
    if (!HOST.matcher(host).matches()) {
      throw refuse(text, "HOST or HOST:PORT");
    }
    return new ServerAddress(host, parsePort(text, text.substring(host.length()), defaultPort));
  }

  private static int parsePort(String text, String colonAndPort, int defaultPort) {
    if (colonAndPort.isEmpty()) {
      return defaultPort;
    }
    String digits = colonAndPort.substring(1);
    if (colonAndPort.charAt(0) != ':' || !PORT.matcher(digits).matches()) {
      throw refuse(text, "HOST or HOST:PORT with a port from 1 to 65535");
    }
    int port = Integer.parseInt(digits);
    if (port < 1 || port > 65_535) {
      throw refuse(text, "a port from 1 to 65535");
    }
    return port;
  }

  private static IllegalArgumentException refuse(String text, String expected) {
    return new IllegalArgumentException(
        "\"" + VisibleText.of(text) + "\" is not a server address, expected " + expected);
  }

  /** The address as {@link #parse} reads it, with its port. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
