package io.chatroom.server.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Is the server in this container alive? Asks the admin endpoint where there is one; else it is
 * enough that the chat port takes a connection. It finds both in the environment, as the server
 * does, so a container is configured by its environment and not by its command line.
 *
 * <p>It runs every half minute beside the server, in the same memory: plain sockets, no logging, no
 * library. Exit code 0 means alive, 1 that it is not, with one sentence that says why.
 */
public final class HealthCheck {

  private static final int CONNECT_MILLIS = 2_000;

  /** For a whole answer, which has a byte at a time. */
  private static final int READ_MILLIS = 2_000;

  private static final String DEFAULT_ADMIN = "127.0.0.1:9306";
  private static final String DEFAULT_PORT = "3306";
  private static final String LOOPBACK = "127.0.0.1";
  private static final int MOST_STATUS_LINE_BYTES = 256;

  private HealthCheck() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    int exitCode = run(System.getenv(), System.err);
    if (exitCode != 0) {
      Runtime.getRuntime().halt(exitCode);
    }
  }

  /**
   * Asks once.
   *
   * @param environment has the server's configuration: {@code CHAT_ADMIN}, {@code CHAT_HOST},
   *     {@code CHAT_PORT}
   * @param err gets a sentence if the server is not alive
   * @return the exit code
   */
  static int run(Map<String, String> environment, PrintStream err) {
    String admin = valueOf(environment, "CHAT_ADMIN", DEFAULT_ADMIN);
    try {
      if (!"off".equals(admin)) {
        try (Socket socket = connect(addressOf(admin))) {
          return healthz(socket, admin, err);
        } catch (ConnectException e) {
          // Nobody listens there: a server without that endpoint. The chat port decides.
        }
      }
      return chatPort(environment);
    } catch (IOException | IllegalArgumentException e) {
      err.println("the server does not answer: " + e.getMessage());
      return 1;
    }
  }

  private static int healthz(Socket socket, String admin, PrintStream err) throws IOException {
    socket.setSoTimeout(READ_MILLIS);
    socket
        .getOutputStream()
        .write(
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    String status = statusLine(socket.getInputStream());
    // HTTP/1.1 200 OK
    if (status.startsWith("HTTP/1.") && status.startsWith(" 200", "HTTP/1.1".length())) {
      return 0;
    }
    err.println(
        "the admin endpoint "
            + admin
            + " answers \""
            + status
            + "\" to /healthz, expected \"HTTP/1.1 200 OK\"");
    return 1;
  }

  private static String statusLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int c;
    while ((c = in.read()) != -1 && c != '\r' && c != '\n') {
      line.append(c >= ' ' && c < 0x7f ? (char) c : '?');
      if (line.length() == MOST_STATUS_LINE_BYTES) {
        break;
      }
    }
    return line.toString();
  }

  private static int chatPort(Map<String, String> environment) throws IOException {
    String host = valueOf(environment, "CHAT_HOST", LOOPBACK);
    String port = valueOf(environment, "CHAT_PORT", DEFAULT_PORT);
    connect(addressOf((host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port)).close();
    return 0;
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(address, CONNECT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** {@code HOST:PORT}; a server that listens on every address is asked on the loopback one. */
  private static InetSocketAddress addressOf(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(0, colon)).replace("[", "").replace("]", "");
    boolean everywhere = host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    return new InetSocketAddress(
        everywhere ? LOOPBACK : host, Integer.parseInt(text.substring(colon + 1)));
  }

  private static String valueOf(Map<String, String> environment, String name, String otherwise) {
    String value = environment.getOrDefault(name, "");
    return value.isEmpty() ? otherwise : value;
  }
}
