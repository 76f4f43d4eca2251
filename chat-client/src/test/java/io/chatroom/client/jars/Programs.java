package io.chatroom.client.jars;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The programs that a test has started: they end with it. */
final class Programs implements AfterEachCallback {

  static final String SERVER_JAR = System.getProperty("server.jar", "");
  static final String CLIENT_JAR = System.getProperty("client.jar", "");

  private final List<RunningProgram> running = new ArrayList<>();

  RunningProgram server(String... arguments) {
    return start(RunningProgram.jar(SERVER_JAR, arguments));
  }

  /** What starts a server on this JVM's own Java, for a program that starts it. */
  static String[] serverCommand(String... arguments) {
    return RunningProgram.jarCommand(SERVER_JAR, arguments);
  }

  RunningProgram client(String... arguments) {
    return start(RunningProgram.jar(CLIENT_JAR, arguments));
  }

  RunningProgram start(RunningProgram program) {
    running.add(program);
    return program;
  }

  /** The port that a server says it listens on. */
  static int port(RunningProgram server) {
    return Integer.parseInt(server.awaitLine("listening on .*:(\\d+)").group(1));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    running.forEach(RunningProgram::close);
  }
}
