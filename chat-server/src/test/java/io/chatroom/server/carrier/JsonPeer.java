package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.carrier.World.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A client of a session that sends and receives raw JSON. */
final class JsonPeer {

  private static final long SECONDS = 60;

  final Line line;

  /** All received objects, oldest first. */
  final List<String> objects = new ArrayList<>();

  private final Carriage carriage;
  private final Carriage.Unwrapper unwrapper;
  private int ids;

  /** Connects, and sends nothing. */
  JsonPeer(World world) {
    this(world, new TcpCarriage());
  }

  /** The same over another transport. */
  JsonPeer(World world, Carriage carriage) {
    this.carriage = carriage;
    this.unwrapper = carriage.unwrapper();
    line = Objects.requireNonNull(world.connect());
    line.send(carriage.opening());
  }

  /** Sends a hello with this name, and joins a room; waits for nothing. */
  JsonPeer(World world, String name, String room) {
    this(world);
    say(
        "{'type':'hello','v':2,'name':'%s','client':'%s','rooms':[{'room':'%s'}]}"
            .formatted(name, client(name), room));
  }

  /** A client in the room, which receives all messages from now on. */
  static JsonPeer in(World world, String name, String room) {
    JsonPeer peer = new JsonPeer(world, name, room);
    peer.await(world, "'joined'");
    return peer;
  }

  static String client(String name) {
    return "%032x".formatted(name.hashCode() & 0xFFFFFFFFL);
  }

  /** JSON with single quotes. */
  void say(String json) {
    line.send(carriage.wrap(json.replace('\'', '"').getBytes(UTF_8)));
  }

  void post(String room, String text) {
    say("{'type':'post','id':'%d','room':'%s','text':'%s'}".formatted(ids++, room, text));
  }

  /** The number of its posts. */
  int said() {
    return ids;
  }

  void hear() {
    for (byte[] json : unwrapper.unwrap(line.receive())) {
      objects.add(new String(json, UTF_8));
    }
  }

  /** The number of received objects with this part. */
  long heard(String part) {
    return objects.stream().filter(json -> json.contains(part)).count();
  }

  /**
   * Receives until an object with this part has arrived.
   *
   * @param part part of an object, with single quotes
   */
  void await(World world, String part) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (heard(part.replace('\'', '"')) == 0) {
      assertThat(System.nanoTime()).as("%s in %s", part, objects).isLessThan(deadline);
      world.pump();
      hear();
    }
  }

  /** The page received for a request, with single quotes. */
  String page(String q) {
    return objects.stream()
        .map(json -> json.replace('"', '\''))
        .filter(json -> json.contains("'page','q':'" + q + "'"))
        .findFirst()
        .orElseThrow();
  }

  /** The epoch of the room that it has joined first. */
  String epoch() {
    String joined =
        objects.stream().filter(json -> json.contains("\"joined\"")).findFirst().orElseThrow();
    return joined.replaceFirst(".*\"epoch\":\"([^\"]*)\".*", "$1");
  }

  /** The last object with this part. */
  String last(String part) {
    return objects.stream()
        .filter(json -> json.contains(part))
        .reduce((one, other) -> other)
        .orElseThrow(() -> new AssertionError(part + " in " + objects));
  }
}
