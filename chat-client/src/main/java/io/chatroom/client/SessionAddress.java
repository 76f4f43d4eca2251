package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a server, and how to reach it: over TCP or WebSocket, with TLS or without.
 *
 * <table>
 *   <caption>What {@link #parse} reads</caption>
 *   <tr><td>{@code HOST}, {@code HOST:PORT}</td><td>TCP, port 3306; TLS if the client is set to it</td></tr>
 *   <tr><td>{@code chat://HOST:PORT}</td><td>TCP without TLS, port 3306</td></tr>
 *   <tr><td>{@code chats://HOST:PORT}</td><td>TCP with TLS, port 3306</td></tr>
 *   <tr><td>{@code ws://HOST:PORT/PATH}</td><td>WebSocket without TLS, port 80, path /ws</td></tr>
 *   <tr><td>{@code wss://HOST:PORT/PATH}</td><td>WebSocket with TLS, port 443, path /ws</td></tr>
 * </table>
 *
 * <p>Immutable: threads may share it.
 *
 * @param way the transport
 * @param server the host and the port
 * @param path the path of the WebSocket, with its slash; empty over TCP
 */
public record SessionAddress(Way way, ServerAddress server, String path) {

  /** How a client reaches a server. Constants, for any thread. */
  public enum Way {
    /** TCP, with TLS if the client's {@link SessionClient.Builder#tls} is set. */
    TCP("", ServerAddress.DEFAULT_PORT),
    /** TCP without TLS. */
    CHAT("chat://", ServerAddress.DEFAULT_PORT),
    /** TCP with TLS. */
    CHATS("chats://", ServerAddress.DEFAULT_PORT),
    /** WebSocket without TLS. */
    WS("ws://", 80),
    /** WebSocket with TLS. */
    WSS("wss://", 443);

    private final String scheme;
    private final int port;

    Way(String scheme, int port) {
      this.scheme = scheme;
      this.port = port;
    }

    /** True for WebSocket, false for plain TCP. */
    public boolean isWebSocket() {
      return this == WS || this == WSS;
    }
  }

  private static final String DEFAULT_PATH = "/ws";
  private static final Pattern SCHEME = Pattern.compile("(?i)(chat|chats|ws|wss)://([^/]*)(/.*)?");
  private static final Pattern PATH =
      Pattern.compile("/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*");

  /**
   * @throws IllegalArgumentException if the path does not fit the transport; the message is one
   *     sentence for people
   */
  public SessionAddress {
    if (way.isWebSocket() != !path.isEmpty()) {
      throw new IllegalArgumentException("only a WebSocket has a path, and always one");
    }
    if (way.isWebSocket() && !PATH.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "\"" + VisibleText.of(path) + "\" is not a path, expected one like " + DEFAULT_PATH);
    }
  }

  /** An address over TCP, with TLS if the client's {@link SessionClient.Builder#tls} is set. */
  public static SessionAddress of(ServerAddress server) {
    return new SessionAddress(Way.TCP, server, "");
  }

  /**
   * Reads an address in one of the forms of the table above.
   *
   * @throws IllegalArgumentException if it has another form; the message is one sentence with the
   *     value and what was expected, and is safe to print
   */
  public static SessionAddress parse(String text) {
    Matcher parts = SCHEME.matcher(text);
    if (!parts.matches()) {
      if (text.contains("://")) {
        throw refuse(text, "chat://, chats://, ws:// or wss:// in front of HOST:PORT");
      }
      return of(ServerAddress.parse(text));
    }
    Way way = Way.valueOf(parts.group(1).toUpperCase(Locale.ROOT));
    String path = parts.group(3) == null || parts.group(3).equals("/") ? "" : parts.group(3);
    if (!way.isWebSocket() && !path.isEmpty()) {
      throw refuse(text, "no path behind HOST:PORT");
    }
    if (way.isWebSocket() && !path.isEmpty() && !PATH.matcher(path).matches()) {
      throw refuse(text, "a path like " + DEFAULT_PATH + " without a query");
    }
    return new SessionAddress(
        way,
        ServerAddress.parse(parts.group(2), way.port),
        way.isWebSocket() && path.isEmpty() ? DEFAULT_PATH : path);
  }

  private static IllegalArgumentException refuse(String text, String expected) {
    return new IllegalArgumentException(
        "\"" + VisibleText.of(text) + "\" is not a server address, expected " + expected);
  }

  /** The address as {@link #parse} reads it, with its port. */
  @Override
  public String toString() {
    return way.scheme + server + path;
  }
}
