package io.chatroom.server.api;

import io.chatroom.server.ChatServer;
import io.chatroom.server.TestPeer;
import io.chatroom.server.WsPeer;
import io.chatroom.server.config.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A whole server, with HTTP clients and sessions. */
final class ApiServer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final List<AutoCloseable> open = new ArrayList<>();
  private ChatServer server;

  /**
   * @param options names and values of further options
   */
  ApiServer(String... options) {
    Map<String, String> values =
        new HashMap<>(Map.of("port", "0", "host", "127.0.0.1", "admin", "off"));
    for (int i = 0; i < options.length; i += 2) {
      values.put(options[i], options[i + 1]);
    }
    try {
      server = ChatServer.start(ServerConfig.of(values));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ChatServer server() {
    return server;
  }

  /** A request to the server. */
  final class Asked {

    private final HttpRequest.Builder request;

    private Asked(String method, String path, String body) {
      request =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + server.address().getPort() + path))
              .timeout(PATIENCE)
              .method(
                  method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    }

    Asked header(String name, String value) {
      request.header(name, value);
      return this;
    }

    Asked token(String token) {
      return header("Authorization", "Bearer " + token);
    }

    HttpResponse<String> answer() {
      return send(request.build());
    }
  }

  /** Sends a request, and checks the answer against the description of the API. */
  private static HttpResponse<String> send(HttpRequest request) {
    try {
      HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
      Description.OPEN_API.checkAnswer(
          request.method(),
          request.uri().getRawPath(),
          answer.statusCode(),
          answer.headers().map(),
          answer.body());
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Asked ask(String method, String path, String body) {
    return new Asked(method, path, body);
  }

  HttpResponse<String> get(String path) {
    return ask("GET", path, "").answer();
  }

  /** A post of text to a room, which a query may follow. */
  Asked post(String room, String text) {
    int query = room.indexOf('?');
    String path =
        query < 0
            ? room + "/messages"
            : room.substring(0, query) + "/messages" + room.substring(query);
    return ask("POST", "/api/rooms/" + path, text).header("Content-Type", "text/plain");
  }

  private <T extends AutoCloseable> T register(T peer) {
    open.add(peer);
    return peer;
  }

  /** A connection that has sent nothing. */
  TestPeer peer() {
    return register(TestPeer.connect(server));
  }

  /** A session that has joined a room. */
  WsPeer session(String name, String room) {
    return WsPeer.open(peer()).join(name, room);
  }

  /** A session that owns its name and has joined a room. */
  WsPeer owner(String name, String room) {
    WsPeer peer = session(name, room);
    claim(peer);
    return peer;
  }

  /** Claims the name of a session; returns the token. */
  static String claim(WsPeer peer) {
    return token(peer.say("{\"type\":\"claim\",\"q\":\"c\"}").expectObject("owned"));
  }

  static String token(String object) {
    Matcher token = TOKEN.matcher(object);
    if (!token.find()) {
      throw new AssertionError("no token in " + object);
    }
    return token.group(1);
  }

  /** A follower of a room. */
  EventPeer events(String pathAndQuery, String... headers) {
    return register(EventPeer.open(peer(), "/api/rooms/" + pathAndQuery, headers));
  }

  @Override
  public void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      try {
        open.get(i).close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    server.close();
  }
}
