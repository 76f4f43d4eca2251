package io.chatroom.server.hooks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.chatroom.system.FileTrouble;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends an HTTP POST and reads the status of the answer, on a connection of its own and with one
 * timeout for everything. It connects to the address that was checked; the JDK's client would
 * resolve the name again, perhaps to a forbidden address. It follows no redirects. For one thread,
 * except for {@link #abort}.
 */
final class HookRequest {

  /** The most bytes of an answer to read before the end of its status line. */
  private static final int MOST_BYTES = 16 * 1024;

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: .*)?");

  private final Destinations destinations;
  private final ScheduledExecutorService timer;
  private final Duration timeout;
  private volatile @Nullable Socket open;
  private volatile boolean isOver;

  /**
   * @param timer runs the timeout
   * @param timeout the time for the whole request
   */
  HookRequest(Destinations destinations, ScheduledExecutorService timer, Duration timeout) {
    this.destinations = destinations;
    this.timer = timer;
    this.timeout = timeout;
  }

  /**
   * Sends the request.
   *
   * @param headers further header lines, each with its line end
   * @return the status of the answer
   * @throws IOException if there is no answer; the message is part of a sentence for people
   */
  int post(Hook hook, String headers, byte[] body) throws IOException {
    List<InetAddress> addresses = destinations.of(hook.host());
    AtomicBoolean late = new AtomicBoolean();
    try (Socket socket = new Socket()) {
      open = socket;
      if (isOver) {
        throw new IOException("the server is stopping");
      }
      ScheduledFuture<?> end =
          timer.schedule(() -> close(socket, late), timeout.toMillis(), TimeUnit.MILLISECONDS);
      try {
        socket.setTcpNoDelay(true);
        socket.connect(
            new InetSocketAddress(addresses.get(0), hook.port()), (int) timeout.toMillis());
        return exchange(hook.isEncrypted() ? encrypt(socket, hook) : socket, hook, headers, body);
      } finally {
        end.cancel(false);
      }
    } catch (IOException e) {
      throw new IOException(reason(e, late.get()), e);
    } finally {
      open = null;
    }
  }

  /** Aborts the request, and prevents further ones. Called from any thread. */
  void abort() {
    isOver = true;
    Socket socket = open;
    if (socket != null) {
      close(socket, new AtomicBoolean());
    }
  }

  private static void close(Socket socket, AtomicBoolean late) {
    late.set(true);
    try {
      socket.close();
    } catch (IOException e) {
      // it is closed anyway
    }
  }

  private String reason(IOException e, boolean late) {
    if (late || e instanceof SocketTimeoutException) {
      return "there was no answer within " + timeout.toSeconds() + " s";
    } else if (e instanceof SSLException) {
      return "TLS failed: " + e.getMessage();
    } else if (e instanceof EOFException) {
      return "it closed the connection without an HTTP answer";
    }
    return FileTrouble.reason(e);
  }

  /** Starts TLS, and checks that the certificate is for the host, as browsers do. */
  private static Socket encrypt(Socket socket, Hook hook) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    SSLSocket encrypted = (SSLSocket) factory.createSocket(socket, hook.host(), hook.port(), true);
    SSLParameters parameters = encrypted.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    encrypted.setSSLParameters(parameters);
    encrypted.startHandshake();
    return encrypted;
  }

  private static int exchange(Socket socket, Hook hook, String headers, byte[] body)
      throws IOException {
    String head =
        "POST "
            + hook.target()
            + " HTTP/1.1\r\nHost: "
            + hook.url().getRawAuthority()
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length
            + "\r\nConnection: close\r\n"
            + headers
            + "\r\n";
    socket.getOutputStream().write(head.getBytes(US_ASCII));
    socket.getOutputStream().write(body);
    socket.getOutputStream().flush();
    Lines lines = new Lines(new BufferedInputStream(socket.getInputStream()));
    int status = status(lines.next());
    while (status < 200) { // skips interim responses
      String line = lines.next();
      while (!line.isEmpty()) {
        line = lines.next();
      }
      status = status(lines.next());
    }
    return status;
  }

  private static int status(String line) throws EOFException {
    Matcher status = STATUS.matcher(line);
    if (!status.matches()) {
      throw new EOFException();
    }
    return Integer.parseInt(status.group(1));
  }

  /** Reads the lines of an answer, up to {@link #MOST_BYTES}. */
  private static final class Lines {

    private final InputStream in;
    private int bytes;

    Lines(InputStream in) {
      this.in = in;
    }

    String next() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next < 0 || ++bytes > MOST_BYTES) {
          throw new EOFException();
        }
        if (next != '\r') {
          line.append((char) next);
        }
      }
      return line.toString();
    }
  }
}
