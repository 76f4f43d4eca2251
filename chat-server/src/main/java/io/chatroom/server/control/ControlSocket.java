package io.chatroom.server.control;

import io.chatroom.system.FileTrouble;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Unix domain socket named {@code control} in the data directory, over which commands talk to a
 * running server: a line of JSON each way, one command at a time. Only the user that runs the
 * server has access to the directory and the socket.
 */
public final class ControlSocket implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ControlSocket.class);

  private static final String FILE = "control";
  private static final String WORDS = "words";
  private static final String LINES = "lines";
  private static final String ERROR = "error";

  /** Time limit for a command to send its request, and to read the answer. */
  private static final long ASK_SECONDS = 5;

  /** Time limit for a command to wait for its answer, behind other commands. */
  private static final long ANSWER_SECONDS = 60;

  private static final long PAUSE_SECONDS = 5;

  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private final ServerSocketChannel listener;
  private final Doer doer;

  private ControlSocket(Path file, ServerSocketChannel listener, Doer doer) {
    this.file = file;
    this.listener = listener;
    this.doer = doer;
  }

  /**
   * Listens until it is closed. Must be called only while holding the directory's lock.
   *
   * @throws IOException if it cannot listen; the message is one sentence for people
   */
  public static ControlSocket open(Path directory, Doer doer) throws IOException {
    Path file = directory.resolve(FILE);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      Files.deleteIfExists(file); // left behind by a killed server
      listener.bind(UnixDomainSocketAddress.of(file));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException | UnsupportedOperationException e) {
      listener.close();
      String reason = e instanceof IOException trouble ? FileTrouble.reason(trouble) : "" + e;
      throw new IOException(
          "commands cannot reach this server, as "
              + NativePath.show(file)
              + " cannot be made: "
              + reason
              + "; the path might be too long for a socket",
          e);
    }
    ControlSocket socket = new ControlSocket(file, listener, doer);
    Thread thread = new Thread(socket::serve, "control");
    thread.setDaemon(true);
    thread.start();
    return socket;
  }

  private void serve() {
    while (listener.isOpen()) {
      try (SocketChannel channel = listener.accept()) {
        serve(channel);
      } catch (ClosedChannelException e) {
        log.debug("the control socket is closed: {}", e.toString()); // the server is stopping
      } catch (IOException e) {
        log.warn("no command can reach this server for now: {}", FileTrouble.reason(e));
        pause();
      }
    }
  }

  private void serve(SocketChannel channel) {
    try {
      String answer = answer(Line.read(channel, ASK_SECONDS));
      Line.write(channel, answer, ASK_SECONDS);
    } catch (IOException e) {
      log.info("a command got no answer: {}", FileTrouble.reason(e));
    }
  }

  /** Waits, as accepting would fail again at once, most likely for lack of file descriptors. */
  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // not expected
    }
  }

  private String answer(String line) {
    ObjectNode answer = JSON.createObjectNode();
    try {
      List<String> words =
          JSON.readTree(line).path(WORDS).valueStream().map(JsonNode::asString).toList();
      doer.run(words).forEach(answer.putArray(LINES)::add);
    } catch (JacksonException e) {
      answer.put(ERROR, "the server does not understand this command; is it of another version?");
    } catch (IOException e) {
      answer.removeAll();
      answer.put(ERROR, e.getMessage());
    } catch (RuntimeException e) {
      log.error("a command failed", e);
      answer.removeAll();
      answer.put(ERROR, "this is a defect of chat-server, its log tells more");
    }
    return answer.toString();
  }

  /**
   * Asks the server that uses a directory.
   *
   * @return its answer; empty if no server listens there
   * @throws IOException if the command failed; the message is one sentence for people
   */
  public static Optional<List<String>> ask(Path directory, List<String> words) throws IOException {
    JsonNode answer;
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      if (!connects(channel, directory.resolve(FILE))) {
        return Optional.empty();
      }
      ObjectNode asked = JSON.createObjectNode();
      words.forEach(asked.putArray(WORDS)::add);
      Line.write(channel, asked.toString(), ASK_SECONDS);
      answer = JSON.readTree(Line.read(channel, ANSWER_SECONDS));
    } catch (JacksonException | IOException e) {
      throw new IOException(
          "the running server gave no answer, so it is unknown whether this was done: "
              + e.getMessage(),
          e);
    }
    if (answer.has(ERROR)) {
      throw new IOException(answer.path(ERROR).asString());
    }
    return Optional.of(answer.path(LINES).valueStream().map(JsonNode::asString).toList());
  }

  /** Returns false if nothing listens: the server has ended, or was killed. */
  private static boolean connects(SocketChannel channel, Path file) {
    try {
      channel.connect(UnixDomainSocketAddress.of(file));
      return true;
    } catch (IOException e) {
      return false; // taking the directory's lock will tell
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    Files.deleteIfExists(file);
  }
}
