package io.chatroom.server.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.TestPeer;
import io.chatroom.server.WsPeer;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;

/**
 * Reads a stream of events according to its specification, line by line. Every event must match the
 * description of the API.
 */
final class EventPeer implements Closeable {

  /**
   * A received event.
   *
   * @param id the last id so far; empty if there was none yet
   */
  record Event(String name, String data, String id) {}

  private final TestPeer peer;
  private final String head;
  private String id = "";
  private String retry = "";

  private EventPeer(TestPeer peer, String head) {
    this.peer = peer;
    this.head = head;
  }

  /** Requests a stream; accepts any answer. */
  static EventPeer open(TestPeer peer, String path, String... headers) {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: x\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    peer.send(request.append("\r\n").toString());
    return new EventPeer(peer, WsPeer.head(peer));
  }

  String head() {
    return head;
  }

  /** The id of the last event that had one. */
  String lastId() {
    return id;
  }

  String retry() {
    return retry;
  }

  /** The next event; null at the end of the stream. */
  Event next() {
    String name = "message";
    StringBuilder data = new StringBuilder();
    while (!peer.nextIsEnd()) {
      String line = line();
      if (line.isEmpty()) {
        if (data.length() > 0) {
          String whole = data.substring(0, data.length() - 1);
          Description.OPEN_API.checkEvent(name, whole);
          return new Event(name, whole, id);
        }
        name = "message";
      } else if (!line.startsWith(":")) {
        int colon = line.indexOf(": ");
        String value = line.substring(colon + 2);
        switch (line.substring(0, colon)) {
          case "event" -> name = value;
          case "data" -> data.append(value).append('\n');
          case "id" -> id = value;
          case "retry" -> retry = value;
          default -> throw new AssertionError(line);
        }
      }
    }
    return new Event("end", "", id);
  }

  /** The next event other than presence. */
  String expect(String name) {
    Event event = next();
    while (event.name().equals("presence") && !name.equals("presence")) {
      event = next();
    }
    assertThat(event.name()).as(event.data()).isEqualTo(name);
    return event.data();
  }

  private String line() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte[] next = peer.readBytes(1); next[0] != '\n'; next = peer.readBytes(1)) {
      line.write(next[0]);
    }
    return line.toString(UTF_8);
  }

  TestPeer raw() {
    return peer;
  }

  @Override
  public void close() {
    peer.close();
  }
}
