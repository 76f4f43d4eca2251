package io.chatroom.client.jars;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The programs that a test has started: they end with it. */
final class Programs implements AfterEachCallback {

  static final String SERVER_JAR = System.getProperty("server.jar", "");
  static final String CLIENT_JAR = System.getProperty("client.jar", "");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final HttpClient HTTP = HttpClient.newHttpClient();

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

  /** Where a server says that its health and metrics are. */
  static String admin(RunningProgram server) {
    return server.awaitLine("health and metrics on (http://.*)").group(1);
  }

  /** Asks for a page. */
  static HttpResponse<String> get(String url) {
    try {
      return HTTP.send(
          HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
          BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("asking " + url, e);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    running.forEach(RunningProgram::close);
  }
}
