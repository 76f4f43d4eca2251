package io.chatroom.server.container;

import io.chatroom.server.config.ServerConfig;
import io.chatroom.system.NativeText;
import io.chatroom.system.UnreadableTextException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Waits until the chat port accepts a connection, for a service manager that starts other services
 * after the server. It finds the port in the environment, as {@link HealthCheck} does.
 *
 * <p>Exit code 0 means started; 1 means not started within a minute, with one sentence that says
 * why. If the server has ended meanwhile, this prints nothing: the server has said why itself, and
 * its exit code tells a service manager whether to try again.
 */
public final class StartCheck {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int MILLIS_BETWEEN = 100;

  private StartCheck() {}

  /** Takes no arguments. */
  public static void main(String[] args) throws InterruptedException {
    int exitCode = runHere();
    if (exitCode != 0) {
      Runtime.getRuntime().halt(exitCode);
    }
  }

  private static int runHere() throws InterruptedException {
    try {
      Map<String, String> environment =
          NativeText.ofProcess().environment(System.getenv(), "CHAT_");
      return run(environment, StartCheck::hasEnded, PATIENCE, System.err);
    } catch (UnreadableTextException e) {
      return HealthCheck.wrongConfiguration(e, System.err);
    }
  }

  /** Systemd names the process of the server. */
  private static boolean hasEnded() {
    String server = System.getenv("MAINPID");
    return server != null
        && server.matches("[0-9]{1,10}")
        && !ProcessHandle.of(Long.parseLong(server)).map(ProcessHandle::isAlive).orElse(false);
  }

  /**
   * Checks until there is an answer.
   *
   * @param environment has the server's configuration: {@code CHAT_HOST}, {@code CHAT_PORT}
   * @param ended returns true if the server has ended
   * @param err receives a sentence if the server has not started
   * @return the exit code
   */
  static int run(
      Map<String, String> environment, BooleanSupplier ended, Duration patience, PrintStream err)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    ServerConfig config;
    try {
      config = ServerConfig.ofEnvironment(environment);
    } catch (IllegalArgumentException e) {
      // The server ends for that, too. Its own end is what counts, so it comes first.
      while (System.nanoTime() < end) {
        if (ended.getAsBoolean()) {
          return 1;
        }
        Thread.sleep(MILLIS_BETWEEN);
      }
      return HealthCheck.wrongConfiguration(e, err);
    }
    if (config.port() == 0) {
      err.println("the server chooses its port itself (CHAT_PORT is 0), expected a number");
      return 1;
    }
    while (!ended.getAsBoolean()) {
      try {
        HealthCheck.connect(config.host(), config.port(), HealthCheck.MILLIS).close();
        return 0;
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          String asked = HealthCheck.shown(config.host(), config.port());
          String reason = HealthCheck.reason(e, HealthCheck.MILLIS);
          err.println(
              "the server has not started in "
                  + patience.toSeconds()
                  + " s: "
                  + asked
                  + " "
                  + reason);
          return 1;
        }
      }
      Thread.sleep(MILLIS_BETWEEN);
    }
    return 1;
  }
}
