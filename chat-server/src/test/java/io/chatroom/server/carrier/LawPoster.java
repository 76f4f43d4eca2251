package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.carrier.RoomOrders.Said;
import io.chatroom.server.carrier.World.Line;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A program in a random conversation that posts over HTTP, with several requests per connection; a
 * connection can end at any byte, and unanswered posts are repeated.
 */
final class LawPoster {

  private static final int PIPELINED = 3;
  private static final Pattern HEAD =
      Pattern.compile(
          "HTTP/1\\.1 (\\d+) .*\r\n(?:.+\r\n)*?content-length: (\\d+)\r\n(?:.+\r\n)*\r\n",
          Pattern.CASE_INSENSITIVE);

  private record Post(String id, String room, String text) {}

  private final LawScene scene;
  private final String name;
  private final List<Post> posted = new ArrayList<>();
  private final Map<String, Post> unanswered = new LinkedHashMap<>();

  /** The unanswered requests on this connection, oldest first. */
  private final Queue<Post> asked = new ArrayDeque<>();

  private final ByteArrayOutputStream in = new ByteArrayOutputStream();
  private @Nullable Line line;

  LawPoster(LawScene scene, String name) {
    this.scene = scene;
    this.name = name;
  }

  void act() {
    Line there = line;
    if (there == null) {
      connect();
    } else if (scene.once(30)) {
      breakOff(there);
    } else if (asked.size() < PIPELINED) {
      boolean again = !posted.isEmpty() && scene.once(5);
      ask(there, again ? posted.get(scene.random.nextInt(posted.size())) : fresh());
    }
  }

  private void connect() {
    Line there = scene.world.connect();
    line = there;
    if (there != null) {
      List.copyOf(unanswered.values()).forEach(post -> ask(there, post));
    }
  }

  private Post fresh() {
    Post post =
        new Post(
            name + posted.size(),
            LawScene.ROOMS.get(scene.random.nextInt(LawScene.ROOMS.size())),
            scene.text());
    posted.add(post);
    return post;
  }

  private void ask(Line to, Post post) {
    unanswered.put(post.id, post);
    asked.add(post);
    to.send(request(post));
  }

  private byte[] request(Post post) {
    byte[] body = post.text.getBytes(UTF_8);
    String head =
        "POST /api/rooms/%s/messages?name=%s HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(post.room, name, post.id, body.length);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.getBytes(UTF_8));
    all.writeBytes(body);
    return all.toByteArray();
  }

  /** Disconnects at any byte of a request. */
  private void breakOff(Line there) {
    byte[] last = request(fresh());
    there.send(Arrays.copyOf(last, scene.random.nextInt(last.length)));
    hear();
    if (line != null) {
      there.cut();
      gone();
    }
  }

  /** The connection has ended. */
  void gone() {
    line = null;
    asked.clear();
    in.reset();
  }

  void hear() {
    Line there = line;
    if (there == null) {
      return;
    }
    in.writeBytes(there.receive());
    Matcher head = HEAD.matcher(in.toString(ISO_8859_1));
    while (head.lookingAt() && in.size() >= head.end() + Integer.parseInt(head.group(2))) {
      byte[] all = in.toByteArray();
      int end = head.end() + Integer.parseInt(head.group(2));
      answered(Integer.parseInt(head.group(1)), Arrays.copyOfRange(all, head.end(), end));
      in.reset();
      in.write(all, end, all.length - end);
      head = HEAD.matcher(in.toString(ISO_8859_1));
    }
    if (there.hasEnded()) {
      there.cut();
      gone();
    }
  }

  private void answered(int status, byte[] body) {
    Post post = asked.remove();
    String json = new String(body, UTF_8);
    if (status == 503) { // the server stops
      assertThat(json).contains("\"do\":\"re");
      return;
    }
    assertThat(status).as("%s: %s", scene.seed, json).isIn(200, 201);
    try {
      acknowledged(
          post, status, (FromServer.Ack) SessionJson.readServer(Unpooled.wrappedBuffer(body)));
    } catch (BadObjectException e) {
      throw new AssertionError(json, e);
    }
  }

  private void acknowledged(Post post, int status, FromServer.Ack ack) {
    assertThat(ack.id()).isEqualTo(post.id);
    assertThat(ack.room().key()).isEqualTo(post.room);
    assertThat(ack.duplicate()).isEqualTo(status == 200);
    unanswered.remove(post.id);
    RoomOrders orders = scene.orders;
    if (!ack.duplicate()) {
      orders.acknowledged(post.room, ack.seq());
    }
    boolean textCounts = !orders.isUnwanted(post.room, ack.seq());
    if (!ack.duplicate() || (orders.knows(post.room, ack.seq()) && textCounts)) {
      orders.stands(post.room, ack.seq(), new Said(name, post.text, ack.at(), true));
    }
  }

  /** True if all posts are answered; repeats those that are not. */
  boolean isAnswered() {
    if (line == null && !unanswered.isEmpty()) {
      connect();
    }
    return line == null || asked.isEmpty();
  }
}
