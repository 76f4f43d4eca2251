package io.chatroom.client.jars;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.awaitility.Awaitility;

/**
 * The three Python programs that the protocol comes from, as real processes. They have an address
 * written into them, so a copy with the two lines changed is what runs.
 */
public final class SeedPrograms {

  private static final Path SEED = Path.of(System.getProperty("seed.dir", "../../shared/seed"));

  private final Path copies;

  /**
   * Skips the test, saying so, where the programs cannot run; with {@code CI} in the environment
   * that is a failure.
   *
   * @param copies a directory for the changed copies
   */
  public SeedPrograms(Path copies) {
    boolean runnable = Files.isReadable(SEED.resolve("server.py")) && hasPython();
    String missing = "needs python3 and the seed's programs in " + SEED + " (-Dseed.dir=DIR)";
    if (!runnable && System.getenv("CI") != null) {
      throw new AssertionError(missing);
    }
    assumeTrue(runnable, "skipped: " + missing);
    this.copies = copies;
  }

  /** Their server, listening on a port that was free a moment ago. */
  public RunningProgram server(int port) {
    RunningProgram server = start("server.py", port);
    // It takes a connection that says nothing for somebody who has gone again.
    Awaitility.await()
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              new Socket(InetAddress.getLoopbackAddress(), port).close();
              return true;
            });
    return server;
  }

  /** Their message window. */
  public RunningProgram listener(int port) {
    return start("listener.py", port);
  }

  /** Their input client; its name is the first line it reads. */
  public RunningProgram sender(int port) {
    return start("sender.py", port);
  }

  /** None of those that the system hands out, so nobody gets it by chance before it is used. */
  public static int freePort() {
    Random random = new Random();
    while (true) {
      int port = 10_000 + random.nextInt(22_000);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (BindException e) {
        // another one
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private RunningProgram start(String program, int port) {
    try {
      String changed =
          Files.readString(SEED.resolve(program))
              .replaceAll("(?m)^IP = .*", "IP = '127.0.0.1'")
              .replaceAll("(?m)^Port = .*", "Port = " + port);
      Path copy = Files.writeString(copies.resolve(port + "-" + program), changed);
      return RunningProgram.start("python3", "-u", copy.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hasPython() {
    try (RunningProgram python = RunningProgram.start("python3", "--version")) {
      return python.awaitExit() == 0;
    } catch (UncheckedIOException e) {
      return false;
    }
  }
}
