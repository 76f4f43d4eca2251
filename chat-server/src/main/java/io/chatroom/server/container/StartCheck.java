package io.chatroom.server.container;

import io.chatroom.server.config.ServerConfig;
import io.chatroom.system.NativeText;
import io.chatroom.system.UnreadableTextException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;

/**
 * Has the server started? Waits until the chat port takes a connection, for a service manager that
 * starts others after it. It finds the port in the environment, as {@link HealthCheck} does.
 *
 * <p>Exit code 0 means started, 1 that it was not within a minute, with one sentence that says why.
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
      return run(environment, PATIENCE, System.err);
    } catch (UnreadableTextException e) {
      return HealthCheck.wrongConfiguration(e, System.err);
    }
  }

  /**
   * Asks until there is an answer.
   *
   * @param environment has the server's configuration: {@code CHAT_HOST}, {@code CHAT_PORT}
   * @param err gets a sentence if the server has not started
   * @return the exit code
   */
  static int run(Map<String, String> environment, Duration patience, PrintStream err)
      throws InterruptedException {
    ServerConfig config;
    try {
      config = ServerConfig.ofEnvironment(environment);
    } catch (IllegalArgumentException e) {
      // The server ends for that, with an exit code that its service manager knows, if it is not
      // told before that it has not started.
      Thread.sleep(patience.toMillis());
      return HealthCheck.wrongConfiguration(e, err);
    }
    if (config.port() == 0) {
      err.println("the server chooses its port itself (CHAT_PORT is 0), expected a number");
      return 1;
    }
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
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
  }
}
