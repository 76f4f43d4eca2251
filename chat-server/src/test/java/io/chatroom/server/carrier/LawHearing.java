package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.carrier.RoomOrders.Said;
import io.chatroom.server.carrier.World.Line;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks the objects of one connection against its requests, its earlier objects, and the objects
 * of all others.
 */
final class LawHearing {

  final Line line;

  /** The client has sent its bye, and sends nothing more. */
  boolean finishing;

  /** The server may send a bye. */
  boolean draining;

  private final LawScene scene;
  private final LawClient client;
  private final Carriage.Unwrapper unwrapper;
  private final Map<String, Heard> heard = new HashMap<>();

  /** The request that the next joined answers, by room. */
  private final Map<String, List<FromClient.Join>> joins = new HashMap<>();

  /** The number of deleted messages at the time of the join, by room. */
  private final Map<String, Integer> deletedBeforeJoin = new HashMap<>();

  /** The post that the next ack or error answers, by id. */
  private final Map<String, List<FromClient.Post>> asked = new HashMap<>();

  /** In the order of the requests. */
  private final Map<String, FromClient> questions = new LinkedHashMap<>();

  /** The number of deleted messages at the time of the request, for each page. */
  private final Map<String, Integer> deletedBefore = new HashMap<>();

  /** Posts that were repeated without a join of their room. */
  private final Set<String> unwanted = new HashSet<>();

  /** Joins refused for now, by room: an automatic join of a private room begins there. */
  private final Map<String, FromClient.Join> refused = new HashMap<>();

  private int events;
  private boolean welcome;
  private boolean goodbye;

  /** The received part of a room. */
  private static final class Heard {
    final String epoch;
    final long joinedAt;
    final boolean mayBeGone;

    /** The number of deleted messages at the time of the join. */
    int deletedBefore;

    long next;
    boolean leaving;

    Heard(String epoch, long joinedAt, long next, boolean mayBeGone) {
      this.epoch = epoch;
      this.joinedAt = joinedAt;
      this.next = next;
      this.mayBeGone = mayBeGone;
    }
  }

  LawHearing(LawScene scene, LawClient client, Line line) {
    this.scene = scene;
    this.client = client;
    this.line = line;
    this.unwrapper = scene.carriage.unwrapper();
  }

  // ---- what was asked for

  void expect(FromClient.Join join) {
    String room = join.room().key();
    joins.computeIfAbsent(room, key -> new ArrayList<>()).add(join);
    deletedBeforeJoin.put(room, scene.orders.deletedUntilNow(room));
  }

  void expect(FromClient.Post post) {
    asked.computeIfAbsent(post.id(), key -> new ArrayList<>()).add(post);
    if (!client.rooms.contains(post.room().key())) {
      unwanted.add(post.id());
    }
  }

  void expect(String q, FromClient question) {
    questions.put(q, question);
    if (question instanceof FromClient.History history) {
      deletedBefore.put(q, scene.orders.deletedUntilNow(modelOf(history.room())));
    }
  }

  /** It waits for an event of its own. */
  void expectEvent() {
    events++;
  }

  boolean expects(FromClient.Post post) {
    return asked.containsKey(post.id());
  }

  /** False if it is not in the room, or is leaving it. */
  boolean leaves(String room) {
    if (!isIn(room) || joins.containsKey(room)) {
      return false;
    }
    heardOf(room).leaving = true;
    return true;
  }

  boolean isIn(String room) {
    Heard there = heard.get(room);
    return there != null && !there.leaving;
  }

  /** Private rooms need no join. */
  boolean mayPost(String room) {
    return LawScene.isPrivate(room) ? heard.get(room) == null || isIn(room) : isIn(room);
  }

  @Nullable Long newest(String room) {
    Heard there = heard.get(room);
    return there == null ? null : there.next - 1;
  }

  boolean isAnswered() {
    return !finishing
        && welcome
        && asked.isEmpty()
        && questions.isEmpty()
        && joins.isEmpty()
        && events == 0;
  }

  // ---- what comes

  /** Checks a received object; true if it was the last. */
  boolean hearToTheEnd() {
    for (byte[] json : unwrapper.unwrap(line.receive())) {
      assertThat(goodbye).as("%s: %s after the bye", this, shown(json)).isFalse();
      assertThat(LawScene.mayHear(client.name, new String(json, UTF_8)))
          .as("%s, S-17: private text of others: %s", this, shown(json))
          .isTrue();
      try {
        hear(SessionJson.readServer(Unpooled.wrappedBuffer(json)));
      } catch (BadObjectException | AssertionError wrong) {
        throw new AssertionError(this + ": " + shown(json), wrong);
      }
    }
    if (!line.hasEnded()) {
      return false;
    }
    assertThat(finishing || goodbye).as("%s was put out", this).isTrue();
    assertThat(asked.isEmpty() && events == 0)
        .as("%s: everything is answered before the end: %s", this, asked)
        .isTrue();
    return true;
  }

  @Override
  public String toString() {
    return scene.seed + ", " + client.name + " of " + client.identity.secret.charAt(0);
  }

  private static String shown(byte[] json) {
    String text = new String(json, UTF_8);
    return text.length() > 300 ? text.substring(0, 300) + "…" : text;
  }

  private void hear(FromServer object) {
    if (object instanceof FromServer.Welcome) {
      assertThat(welcome).isFalse();
      welcome = true;
    } else if (object instanceof FromServer.Joined joined) {
      joined(joined);
    } else if (object instanceof FromServer.Message message) {
      counts(message.room(), message.seq());
      stands(
          message.room(),
          message.seq(),
          new Said(message.from(), message.text(), message.at(), true));
      Heard there = heardOf(message.room().key());
      if (message.seq() <= there.joinedAt) {
        isWithoutDeleted(message, there.deletedBefore);
      }
    } else if (object instanceof FromServer.Event event) {
      counts(event.room(), event.seq());
      stands(event.room(), event.seq(), new Said(event.by(), what(event), event.at(), false));
      Long deleted = event.targetSeq();
      if (deleted != null) {
        scene.orders.deleted(model(event.room().key()), deleted);
        answersDelete(event, deleted);
      } else if (event.by().equals(client.name) && events > 0) {
        events--;
      }
    } else if (object instanceof FromServer.Ack ack) {
      ack(ack);
    } else if (object instanceof FromServer.Gap gap) {
      gap(gap);
    } else if (object instanceof FromServer.Left gone) {
      Heard there = heard.remove(gone.room().key());
      assertThat(there != null && there.leaving).isTrue();
    } else if (object instanceof FromServer.Pong pong) {
      pong(pong);
    } else if (object instanceof FromServer.Page page) {
      page(page);
    } else if (object instanceof FromServer.Error error) {
      error(error);
    } else if (object instanceof FromServer.Bye bye) {
      assertThat(bye.code()).isEqualTo("draining");
      assertThat(draining).isTrue();
      goodbye = true;
    } else if (object instanceof FromServer.Rooms rooms) {
      assertThat(questions.remove(rooms.q())).isNotNull();
      assertThat(rooms.rooms()).noneMatch(room -> room.room().isPrivate());
    } else {
      assertThat(object).isInstanceOf(FromServer.Presence.class);
      assertThat(((FromServer.Presence) object).room().isPrivate()).isFalse();
    }
  }

  private static @Nullable String what(FromServer.Event event) {
    return event.targetSeq() == null ? event.text() : "" + event.targetSeq();
  }

  private void isWithoutDeleted(FromServer.Message message, int before) {
    scene.orders.isWithoutDeleted(
        model(message.room().key()), message.seq(), message.text(), before);
  }

  /**
   * An event of its own, or of another program of this name, in which case an error follows for
   * this one.
   */
  private void answersDelete(FromServer.Event event, long seq) {
    if (event.by().equals(client.name)) {
      questions.values().stream()
          .filter(
              asks ->
                  asks instanceof FromClient.Delete delete
                      && delete.seq() == seq
                      && delete.room().key().equals(event.room().key()))
          .findFirst()
          .ifPresent(asks -> questions.values().remove(asks));
    }
  }

  private String modelOf(RoomName room) {
    return heard.containsKey(room.key()) ? model(room.key()) : room.key();
  }

  /** The model's name for a room. */
  String model(String room) {
    return LawScene.isPrivate(room) ? LawScene.model(client.name, room, heardOf(room).epoch) : room;
  }

  private Heard heardOf(String room) {
    return Objects.requireNonNull(heard.get(room), room);
  }

  private void stands(RoomName room, long seq, Said said) {
    scene.orders.stands(model(room.key()), seq, said);
  }

  private void counts(RoomName room, long seq) {
    Heard there = heardOf(room.key());
    assertThat(seq).as("S-50, the next of %s", room.text()).isEqualTo(there.next);
    there.next++;
    keep(room.key());
  }

  private void keep(String room) {
    Heard there = heardOf(room);
    client.heard.put(room, new Position(there.epoch, there.next - 1));
  }

  private void joined(FromServer.Joined joined) {
    String room = joined.room().key();
    if (isUnasked(joined)) {
      assertThat(scene.owned).contains(client.name);
      assertThat(heard).doesNotContainKey(room);
      FromClient.Join join = refused.remove(room);
      begins(joined, join == null ? null : join.after(), null);
      if (scene.random.nextBoolean()) {
        client.rooms.add(room);
      }
      return;
    }
    FromClient.Join join = next(joins, room);
    assertThat(joined.q()).isEqualTo(join.q());
    refused.remove(room);
    if (heard.containsKey(room)) {
      assertThat(joined.resume()).isNull();
      return;
    }
    begins(joined, join.after(), join.last());
  }

  private void begins(FromServer.Joined joined, @Nullable Position after, @Nullable Long last) {
    String room = joined.room().key();
    long next;
    boolean gap = false;
    if (after == null) {
      assertThat(joined.resume()).isNull();
      next = last == null ? joined.seq() + 1 : Math.max(joined.first(), joined.seq() + 1 - last);
    } else if (!after.epoch().equals(joined.epoch()) || after.seq() > joined.seq()) {
      assertThat(joined.resume()).isEqualTo(FromServer.Resume.GAP);
      next = 1;
      gap = true;
    } else {
      next = after.seq() + 1;
      gap = next < joined.first();
      assertThat(joined.resume())
          .isEqualTo(gap ? FromServer.Resume.GAP : FromServer.Resume.COMPLETE);
    }
    Heard there = new Heard(joined.epoch(), joined.seq(), next, gap);
    there.deletedBefore = deletedBeforeJoin.getOrDefault(room, 0);
    heard.put(room, there);
    keep(room);
  }

  /** A private room can be joined automatically; the answer has a q only for an explicit join. */
  private boolean isUnasked(FromServer.Joined joined) {
    List<FromClient.Join> due = joins.get(joined.room().key());
    return joined.room().isPrivate()
        && joined.q() == null
        && (due == null || due.get(0).q() != null);
  }

  boolean isLeaving() {
    return heard.values().stream().anyMatch(there -> there.leaving);
  }

  /** True if it has all known messages of a private room. */
  boolean hasAllOf(String room) {
    Heard there = heard.get(room);
    return there != null && there.next - 1 >= scene.orders.newest(model(room));
  }

  /** Removes and returns the request that the next answer with this name answers. */
  private static <T> T next(Map<String, List<T>> waiting, String name) {
    List<T> all = Objects.requireNonNull(waiting.get(name), name);
    T first = all.remove(0);
    if (all.isEmpty()) {
      waiting.remove(name);
    }
    return first;
  }

  private void gap(FromServer.Gap gap) {
    String room = gap.room().key();
    Heard there = heardOf(room);
    assertThat(gap.from()).as("S-51, a gap begins at its position").isEqualTo(there.next);
    if (gap.why().equals(FromServer.Gap.LAGGED)) {
      scene.orders.lagged(model(room), gap.to());
    } else {
      assertThat(there.mayBeGone).as("S-51, a gap announced by resume").isTrue();
      assertThat(gap.why()).isIn(FromServer.Gap.RETENTION, FromServer.Gap.EPOCH);
    }
    there.next = gap.to() + 1;
    keep(room);
  }

  private void ack(FromServer.Ack ack) {
    String room = ack.room().key();
    if (!ack.duplicate()) {
      counts(ack.room(), ack.seq());
      assertThat(ack.seq())
          .as("S-50, the post of an earlier connection is received as a message")
          .isGreaterThan(heardOf(room).joinedAt);
      scene.orders.acknowledged(model(room), ack.seq());
    }
    FromClient.Post post = next(asked, ack.id());
    client.unanswered.remove(ack.id());
    assertThat(post.room().key()).isEqualTo(room);
    String there = model(room);
    boolean textCounts = !scene.orders.isUnwanted(there, ack.seq()); // no text is not another one
    if (!ack.duplicate() || (scene.orders.knows(there, ack.seq()) && textCounts)) {
      stands(ack.room(), ack.seq(), new Said(client.name, post.text(), ack.at(), true));
    }
  }

  private void error(FromServer.Error error) {
    if (error.code().equals("unavailable")) {
      unavailable(error);
      return;
    }
    RoomName room = error.room();
    if (room != null) { // it was about to leave it
      assertThat(error.code()).isEqualTo("busy");
      assertThat(heardOf(room.key()).leaving).isTrue();
      refused.put(room.key(), next(joins, room.key()));
      client.rooms.remove(room.key());
      return;
    }
    String q = error.q();
    if (q != null && questions.remove(q) instanceof FromClient.History pried) {
      assertThat(pried.room().isPrivate()).isTrue();
      assertThat(scene.owned).doesNotContain(client.name);
      assertThat(error.code()).isEqualTo("forbidden");
      return;
    }
    if (q != null && q.startsWith("j")) { // a private room that it was about to leave
      assertThat(error.code()).isEqualTo("busy");
      notJoined(q);
      return;
    }
    if (q != null) { // a delete; forbidden for guests
      assertThat(q).startsWith("d");
      assertThat(error.code()).isIn("bad-request", "forbidden");
      return;
    }
    String id = Objects.requireNonNull(error.id(), error.text());
    FromClient.Post post = next(asked, id);
    client.unanswered.remove(id);
    if (error.code().equals("not-joined")) {
      assertThat(unwanted).contains(id);
    } else {
      assertThat(error.code()).isEqualTo("id-reused");
      FromClient.Post first =
          client.identity.posted.stream()
              .filter(one -> one.id().equals(id))
              .findFirst()
              .orElseThrow();
      if (first.equals(post) && !post.text().startsWith(RoomOrders.OTHER_TEXT)) {
        scene.orders.expectOtherText();
      }
    }
  }

  /** A request is refused while the log is unavailable, and posts are repeated. */
  private void unavailable(FromServer.Error error) {
    assertThat(error.act()).isEqualTo(Do.RETRY);
    RoomName room = error.room();
    String q = error.q();
    if (error.id() != null) {
      next(asked, error.id());
    } else if (room != null) {
      refused.put(room.key(), next(joins, room.key()));
      client.rooms.remove(room.key());
    } else if (q != null && questions.remove(q) == null) {
      notJoined(q);
    }
  }

  private void notJoined(String q) {
    String joining =
        joins.entrySet().stream()
            .filter(due -> q.equals(due.getValue().get(0).q()))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    refused.put(joining, next(joins, joining));
    client.rooms.remove(joining);
  }

  private void pong(FromServer.Pong pong) {
    assertThat(questions.remove(pong.q())).isNotNull();
    Map<String, Long> expected = new HashMap<>();
    heard.forEach((room, there) -> expected.put(room, there.next - 1));
    Map<String, Long> heads = new HashMap<>();
    pong.heads().forEach((room, head) -> heads.put(room.key(), head));
    assertThat(heads).as("S-62").isEqualTo(expected);
  }

  private void page(FromServer.Page page) {
    if (questions.remove(page.q()) instanceof FromClient.History asks) {
      page(page, asks);
    } else {
      found(page);
    }
  }

  private void found(FromServer.Page page) {
    for (Entry entry : page.messages()) {
      FromServer.Message message = (FromServer.Message) entry;
      assertThat(heard).as("it finds only in its rooms").containsKey(message.room().key());
      stands(
          message.room(),
          message.seq(),
          new Said(message.from(), message.text(), message.at(), true));
    }
  }

  private void page(FromServer.Page page, FromClient.History asks) {
    assertThat(page.room()).isNotNull();
    assertThat(page.messages().size()).isLessThanOrEqualTo(asks.limit());
    long last = 0;
    for (Entry entry : page.messages()) {
      assertThat(last == 0 || entry.seq() == last + 1).as("a page has no hole").isTrue();
      last = entry.seq();
      if (entry instanceof FromServer.Message message) {
        stands(asks.room(), last, new Said(message.from(), message.text(), message.at(), true));
        isWithoutDeleted(message, deletedBefore.getOrDefault(page.q(), 0));
      } else if (entry instanceof FromServer.Event event) {
        stands(asks.room(), last, new Said(event.by(), what(event), event.at(), false));
      }
    }
    if (page.messages().isEmpty()) {
      return;
    }
    long first = page.messages().get(0).seq();
    switch (asks.side()) {
      case BEFORE -> {
        assertThat(last).isLessThan(asks.seq());
        assertThat(page.next()).isIn(null, first);
      }
      case AFTER -> {
        assertThat(first).isGreaterThan(asks.seq());
        assertThat(page.complete()).isEqualTo(first == asks.seq() + 1);
        assertThat(page.next()).isIn(null, last);
      }
      case AROUND -> assertThat(page.next()).isNull();
    }
  }
}
