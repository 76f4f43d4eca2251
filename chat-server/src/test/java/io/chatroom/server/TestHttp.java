package io.chatroom.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** What a browser, a probe or Prometheus gets from an admin endpoint. */
public final class TestHttp {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private TestHttp() {}

  public static HttpResponse<String> get(InetSocketAddress server, String path) {
    return ask(server, "GET", path);
  }

  public static HttpResponse<String> ask(InetSocketAddress server, String method, String path) {
    try {
      return CLIENT.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + path))
              .method(method, BodyPublishers.noBody())
              .timeout(PATIENCE)
              .build(),
          BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
