package io.chatroom.server.container;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.config.AdminAddress;
import io.chatroom.server.config.ServerConfig;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.NativeText;
import io.chatroom.system.UnreadableTextException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Checks whether the server in this container is alive. Asks the admin endpoint if there is one;
 * otherwise it is enough that the chat port accepts a connection. It finds both through the
 * environment, which it reads as the server does. So configure a container by its environment, not
 * by its command line.
 *
 * <p>It runs every half minute beside the server, in the same memory: plain sockets, no logging, no
 * library. Exit code 0 means alive; 1 means not alive, with one sentence that says why.
 */
public final class HealthCheck {

  /** The timeout for a connection, and for each piece of an answer. */
  static final int MILLIS = 2_000;

  private static final int MOST_STATUS_LINE_BYTES = 256;

  private HealthCheck() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    int exitCode = runHere();
    if (exitCode != 0) {
      Runtime.getRuntime().halt(exitCode);
    }
  }

  private static int runHere() {
    try {
      return run(NativeText.ofProcess().environment(System.getenv(), "CHAT_"), System.err);
    } catch (UnreadableTextException e) {
      return wrongConfiguration(e, System.err);
    }
  }

  /**
   * Checks once.
   *
   * @param environment has the server's configuration: {@code CHAT_ADMIN}, {@code CHAT_HOST},
   *     {@code CHAT_PORT}
   * @param err receives a sentence if the server is not alive
   * @return the exit code
   */
  static int run(Map<String, String> environment, PrintStream err) {
    return run(environment, MILLIS, err);
  }

  /** Checks once, with another timeout. */
  static int run(Map<String, String> environment, int millis, PrintStream err) {
    ServerConfig config;
    try {
      config = ServerConfig.ofEnvironment(environment);
    } catch (IllegalArgumentException e) {
      return wrongConfiguration(e, err);
    }
    AdminAddress admin = config.admin();
    String asked = shown(admin.host(), admin.port());
    try {
      if (!admin.isOff()) {
        try (Socket socket = connect(admin.host(), admin.port(), millis)) {
          socket.setSoTimeout(millis);
          return healthz(socket, asked, err);
        } catch (ConnectException e) {
          // Nothing listens there: a server without the endpoint, so the chat port decides.
        }
      }
      asked = shown(config.host(), config.port());
      if (config.port() == 0) {
        err.println(
            "the server has chosen its port itself (CHAT_PORT is 0) and no admin endpoint answers,"
                + " expected a number in CHAT_PORT or an address in CHAT_ADMIN");
        return 1;
      }
      connect(config.host(), config.port(), millis).close();
      return 0;
    } catch (IOException e) {
      err.println("the server does not answer: " + asked + " " + reason(e, millis));
      return 1;
    }
  }

  static String reason(IOException e, int millis) {
    if (e instanceof UnknownHostException) {
      return "is not a known host";
    }
    if (e instanceof SocketTimeoutException) {
      return "is silent for " + millis / 1_000 + " s";
    }
    if (e instanceof ConnectException) {
      return "refuses connections";
    }
    return "cannot be asked (" + FileTrouble.reason(e) + ")";
  }

  static String shown(String host, int port) {
    return VisibleText.of(host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  /** The server would not start with it either. */
  static int wrongConfiguration(Exception e, PrintStream err) {
    err.println("the server's environment is wrong: " + e.getMessage());
    return 1;
  }

  private static int healthz(Socket socket, String asked, PrintStream err) throws IOException {
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
            + asked
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

  /** The loopback address, for a server that listens on all addresses. */
  static Socket connect(String host, int port, int millis) throws IOException {
    InetAddress address = InetAddress.getByName(host);
    if (address.isAnyLocalAddress()) {
      address = InetAddress.getLoopbackAddress();
    }
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(address, port), millis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
