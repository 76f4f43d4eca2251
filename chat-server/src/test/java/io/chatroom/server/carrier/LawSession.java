package io.chatroom.server.carrier;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromClient.Side;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.carrier.World.Line;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A participant of a random conversation, with one session after the other: does anything that a
 * client may do; {@link LawHearing} checks the results.
 */
final class LawSession {

  private static final List<Side> SIDES = List.of(Side.values());

  private static final int WAYS = 12;

  private final LawScene scene;
  private final Random random;
  private final LawClient client;
  private final boolean isExact;
  private int ids;

  /** Null while disconnected. */
  private @Nullable LawHearing hearing;

  private boolean stuck;

  /**
   * @param isExact whether it goes on where it was, every time
   */
  LawSession(LawScene scene, LawClient client, boolean isExact) {
    this.scene = scene;
    this.random = scene.random;
    this.client = client;
    this.isExact = isExact;
  }

  boolean isConnected() {
    return hearing != null;
  }

  /** True while it does not read. */
  boolean isStuck() {
    return stuck;
  }

  /** True if it waits for nothing. */
  boolean isAnswered() {
    return hearing == null || hearing.isAnswered();
  }

  /** The newest received sequence number of a room; null if it is not there. */
  @Nullable Long newest(String room) {
    return hearing == null ? null : hearing.newest(room);
  }

  /** The server may send a bye from now on. */
  void expectGoodbye() {
    if (hearing != null) {
      hearing.draining = true;
    }
  }

  /**
   * Does something.
   *
   * @param meanwhile lets others do something
   */
  void act(Runnable meanwhile) {
    if (hearing == null) {
      if (scene.once(3)) {
        connect();
        if (hearing != null && scene.once(10)) {
          breakOff(meanwhile);
        }
      } else if (scene.once(20)) {
        breakOffTheOpening(meanwhile);
      }
    } else if (!hearing.finishing) {
      act(hearing, scene.room(client.name), meanwhile);
    }
  }

  private void act(LawHearing in, String room, Runnable meanwhile) {
    switch (random.nextInt(27)) {
      case 0, 1 -> join(in, room);
      case 2 -> leave(in, room);
      case 3 -> topic(in, room);
      case 4 -> ping();
      case 5, 6 -> history(in, room);
      case 7 -> again(in);
      case 8 -> {
        if (!stuck) {
          stuck = true;
          in.line.stick();
        }
      }
      case 9, 10 -> unstick();
      case 11 -> {
        if (scene.once(4)) {
          breakOff(meanwhile);
        }
      }
      case 12 -> {
        if (scene.once(6)) {
          finish(in);
        }
      }
      case 13 -> search(in);
      case 14 -> pry(in);
      case 15 -> delete(in, room);
      default -> {
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
          post(room);
        }
      }
    }
  }

  // ---- connections

  void connect() {
    Line line = scene.world.connect();
    if (line == null) {
      return;
    }
    LawHearing in = new LawHearing(scene, client, line);
    hearing = in;
    List<FromClient.Wish> wishes = new ArrayList<>();
    for (String room : client.rooms) {
      FromClient.Join join = start(room, true);
      in.expect(join);
      wishes.add(new FromClient.Wish(join.room(), join.after(), join.last()));
    }
    line.send(scene.carriage.opening());
    say(in, hello(wishes));
    for (FromClient.Post post : List.copyOf(client.unanswered.values())) {
      ask(in, post); // S-73
    }
  }

  private FromClient.Hello hello(List<FromClient.Wish> wishes) {
    String token = scene.owned.contains(client.name) ? scene.tokens.apply(client.name) : null;
    return new FromClient.Hello(client.name, client.identity.secret, token, null, "laws", wishes);
  }

  /** The position to resume from; a program may also have lost it, or have one of another log. */
  private FromClient.Join start(String room, boolean inHello) {
    Position from = client.heard.get(room);
    int way = isExact ? WAYS : random.nextInt(WAYS);
    RoomName named = RoomName.of(random.nextBoolean() ? room : room.toUpperCase(Locale.ROOT));
    String q = inHello || !LawScene.isPrivate(room) ? null : "j" + ids++;
    if (way == 0) {
      return new FromClient.Join(q, named, null, (long) random.nextInt(20));
    }
    if (way == 1) {
      return new FromClient.Join(q, named, new Position("another", 3), null);
    }
    return new FromClient.Join(q, named, way == 2 ? null : from, null);
  }

  /** Disconnects at any byte before the first answer. */
  private void breakOffTheOpening(Runnable meanwhile) {
    Line line = scene.world.connect();
    if (line != null) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(scene.carriage.opening());
      all.writeBytes(wire(hello(List.of())));
      line.send(Arrays.copyOf(all.toByteArray(), random.nextInt(all.size())));
      if (random.nextBoolean()) {
        meanwhile.run();
      }
      line.cut();
    }
  }

  /** Disconnects at any byte of an object. Earlier bytes may have arrived or be lost. */
  private void breakOff(Runnable meanwhile) {
    byte[] last = wire(new FromClient.Ping("cut"));
    LawHearing in = hearing;
    if (in != null) {
      in.line.send(Arrays.copyOf(last, random.nextInt(last.length)));
      if (random.nextBoolean()) {
        meanwhile.run();
      }
      hear();
      if (hearing != null) {
        in.line.cut();
        gone();
      }
    }
  }

  private void finish(LawHearing in) {
    unstick();
    in.finishing = true;
    if (random.nextBoolean()) {
      say(in, new FromClient.Bye());
    } else {
      in.line.endOutput();
    }
  }

  void unstick() {
    if (stuck && hearing != null) {
      hearing.line.unstick();
    }
    stuck = false;
  }

  void hear() {
    if (hearing != null && !stuck && hearing.hearToTheEnd()) {
      hearing.line.cut();
      gone();
    }
  }

  /** The connection has ended. */
  void gone() {
    hearing = null;
    stuck = false;
  }

  // ---- objects

  private void say(LawHearing in, FromClient object) {
    in.line.send(wire(object));
  }

  private byte[] wire(FromClient object) {
    ByteBuf json = Unpooled.buffer();
    SessionJson.write(object, json);
    return scene.carriage.wrap(ByteBufUtil.getBytes(json));
  }

  private void join(LawHearing in, String room) {
    client.rooms.add(room);
    FromClient.Join join = start(room, false);
    in.expect(join);
    say(in, join);
  }

  private void leave(LawHearing in, String room) {
    if (in.leaves(room)) {
      client.rooms.remove(room);
      say(in, new FromClient.Leave(null, RoomName.of(room)));
    }
  }

  /** Posts a new text, if it is in the room. */
  void post(String room) {
    String text = scene.text() + LawScene.mark(client.name, room);
    if (hearing != null && hearing.mayPost(room)) {
      List<FromClient.Post> posted = client.identity.posted;
      String id = client.name + "-" + posted.size() + "-" + ids++;
      FromClient.Post post = new FromClient.Post(id, RoomName.of(room), text, null);
      posted.add(post);
      ask(hearing, post);
    }
  }

  private void ask(LawHearing in, FromClient.Post post) {
    in.expect(post);
    client.unanswered.putIfAbsent(post.id(), post);
    say(in, post);
  }

  /** Repeats a post, or reuses its id for another one. */
  private void again(LawHearing in) {
    List<FromClient.Post> posted = client.identity.posted;
    if (posted.isEmpty()) {
      return;
    }
    FromClient.Post post = posted.get(random.nextInt(posted.size()));
    if (in.isIn(post.room().key()) && !in.expects(post)) {
      boolean other = scene.once(4);
      ask(
          in,
          other
              ? new FromClient.Post(
                  post.id(),
                  post.room(),
                  scene.text(RoomOrders.OTHER_TEXT) + LawScene.mark(client.name, post.room().key()),
                  null)
              : post);
    }
  }

  private void topic(LawHearing in, String room) {
    if (in.isIn(room)) {
      in.expectEvent();
      say(
          in,
          new FromClient.Topic(
              "t",
              RoomName.of(room),
              scene.text(client.name + " ") + LawScene.mark(client.name, room)));
    }
  }

  private void delete(LawHearing in, String room) {
    if (in.isIn(room)) {
      String there = in.model(room);
      long seq = 1L + random.nextInt(2 + scene.orders.size(there));
      if (LawScene.isPrivate(room) && !scene.orders.knows(there, seq)) {
        return; // a post that nobody has received is not in the model
      }
      FromClient.Delete asks = new FromClient.Delete("d" + ids++, RoomName.of(room), seq);
      scene.orders.wantDeleted(there, seq);
      in.expect(asks.q(), asks);
      say(in, asks);
    }
  }

  void ping() {
    if (hearing != null && !hearing.finishing) {
      FromClient.Ping ping = new FromClient.Ping("p" + ids++);
      hearing.expect("" + ping.q(), ping);
      say(hearing, ping);
    }
  }

  private void history(LawHearing in, String room) {
    if (in.isIn(room)) {
      Side side = SIDES.get(random.nextInt(SIDES.size()));
      int seq = random.nextInt(3 + (int) (long) Objects.requireNonNull(in.newest(room)));
      FromClient.History asks =
          new FromClient.History("h" + ids++, RoomName.of(room), side, seq, 1 + random.nextInt(20));
      in.expect(asks.q(), asks);
      say(in, asks);
    }
  }

  /** Searches all rooms. */
  private void search(LawHearing in) {
    FromClient.Search asks = new FromClient.Search("s" + ids++, "é", null, null, 10);
    in.expect(asks.q(), asks);
    say(in, asks);
  }

  /** Searches for texts that it must not know. */
  private void pry(LawHearing in) {
    FromClient.Rooms rooms = new FromClient.Rooms("r" + ids++, null, null);
    in.expect(rooms.q(), rooms);
    say(in, rooms);
    if (!scene.owned.isEmpty() && !scene.owned.contains(client.name)) {
      RoomName room = RoomName.of("@" + scene.owned.get(random.nextInt(scene.owned.size())));
      FromClient.History asks =
          new FromClient.History("x" + ids++, room, Side.AFTER, random.nextInt(9), 20);
      in.expect(asks.q(), asks);
      say(in, asks);
    }
  }

  boolean isLeaving() {
    return hearing != null && hearing.isLeaving();
  }

  /** Posts in each of its private rooms. */
  void postPrivately() {
    if (scene.owned.contains(client.name)) {
      scene.owned.forEach(other -> post("@" + other));
    }
  }

  /** True if it has all messages of its private rooms, without having joined them. */
  boolean hasHeardPrivately() {
    LawHearing in = hearing;
    return in == null
        || !scene.owned.contains(client.name)
        || scene.owned.stream().allMatch(other -> in.hasAllOf("@" + other));
  }
}
