package io.chatroom.server.api;

import static io.chatroom.server.TestPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.LogCapture;
import io.chatroom.server.TestPeer;
import io.chatroom.server.WsPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rooms as streams of events, against the whole server. */
class EventsTest {

  private final LogCapture log = new LogCapture();
  private ApiServer server = new ApiServer();

  @AfterEach
  void close() {
    server.close();
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  private void restart(String... options) {
    server.close();
    server = new ApiServer(options);
  }

  private void post(String text) {
    assertThat(server.post("lobby?name=ci", text).answer().statusCode()).isEqualTo(201);
  }

  @Test
  void receivesNewMessages() {
    post("before");
    EventPeer events = server.events("lobby/events");
    assertThat(events.head())
        .startsWith("HTTP/1.1 200 OK\r\n")
        .containsIgnoringCase("content-type: text/event-stream\r\n")
        .containsIgnoringCase("cache-control: no-store\r\n");
    String joined = events.expect("joined");
    assertThat(joined).startsWith("{\"type\":\"joined\",\"room\":\"lobby\",\"epoch\":\"");
    String epoch = joined.replaceFirst(".*\"epoch\":\"([^\"]*)\".*", "$1");
    assertThat(events.lastId()).isEqualTo(epoch + ":1");
    assertThat(events.retry()).isEqualTo("1000");

    WsPeer alice = server.session("alice", "lobby");
    server.peer().send(frame("seed")).send(frame("two\nlines"));
    alice.expectObject("message");
    alice.say("{\"type\":\"topic\",\"q\":\"t\",\"room\":\"lobby\",\"text\":\"tea\"}");
    post("last");
    assertThat(events.expect("message")).contains("\"seq\":2,", "\"text\":\"two\\nlines\"}");
    assertThat(events.lastId()).isEqualTo(epoch + ":2");
    assertThat(events.expect("event")).contains("\"seq\":3,", "\"kind\":\"topic\"");
    assertThat(events.expect("message")).contains("\"seq\":4,", "\"text\":\"last\"}");
    assertThat(events.lastId()).isEqualTo(epoch + ":4");
  }

  @Test
  void resumesWhereItWas() {
    post("one");
    EventPeer events = server.events("lobby/events");
    events.expect("joined");
    events.close(); // before anything was posted
    post("two");
    EventPeer again = server.events("lobby/events", "Last-Event-ID: " + events.lastId());
    assertThat(again.expect("joined")).contains("\"seq\":2,", "\"resume\":\"complete\"");
    assertThat(again.lastId()).isEqualTo(events.lastId());
    assertThat(again.expect("message")).contains("\"two\"");
    post("three");
    assertThat(again.expect("message")).contains("\"three\"");
    EventPeer third =
        server.events("lobby/events?after=" + events.lastId(), "Last-Event-ID: " + again.lastId());
    third.expect("joined");
    post("four");
    assertThat(third.expect("message")).contains("\"four\"");
    assertThat(again.expect("message")).contains("\"four\"");
  }

  @Test
  void startsWithTheNewest() {
    for (int i = 1; i <= 5; i++) {
      post("n" + i);
    }
    EventPeer events = server.events("lobby/events?last=2");
    assertThat(events.expect("joined")).contains("\"seq\":5,");
    assertThat(events.lastId()).endsWith(":3");
    assertThat(events.expect("message")).contains("\"n4\"");
    assertThat(events.expect("message")).contains("\"n5\"");
  }

  /** A gap has no id; the id of the next event follows its end. */
  @Test
  void reportsAGap() {
    restart("historyMessages", "2");
    post("n1");
    EventPeer first = server.events("lobby/events");
    first.expect("joined");
    for (int i = 2; i <= 5; i++) {
      post("n" + i);
    }
    EventPeer events = server.events("lobby/events", "Last-Event-ID: " + first.lastId());
    assertThat(events.expect("joined")).contains("\"resume\":\"gap\"");
    EventPeer.Event gap = events.next();
    assertThat(gap.name()).isEqualTo("gap");
    assertThat(gap.data()).contains("\"from\":2,\"to\":3,\"why\":\"retention\"");
    assertThat(events.expect("message")).contains("\"n4\"");
    assertThat(events.expect("message")).contains("\"n5\"");

    EventPeer other = server.events("lobby/events?after=other:7");
    other.expect("joined");
    assertThat(other.expect("gap")).contains("\"why\":\"epoch\"");
    assertThat(other.expect("message")).contains("\"n4\"");
  }

  @Test
  void receivesPrivateMessagesOfItsOwner() {
    String alices = ApiServer.claim(server.session("alice", "lobby"));
    String bobs = ApiServer.claim(server.session("bob", "lobby"));
    EventPeer events = server.events("@bob/events", "Authorization: Bearer " + alices);
    assertThat(events.expect("joined")).contains("\"room\":\"@bob\"");
    server.post("@alice", "psst").token(bobs).answer();
    assertThat(events.expect("message")).contains("\"room\":\"@bob\"", "\"psst\"");
    assertThat(server.events("@bob/events").head()).startsWith("HTTP/1.1 403 ");
  }

  @Test
  void endsForAKickedMember() {
    WsPeer alice = server.owner("alice", "lobby");
    alice.say("{\"type\":\"join\",\"room\":\"tea\"}").expectObject("joined");
    EventPeer events = server.events("tea/events?name=ci");
    events.expect("joined");
    alice.say(
        "{\"type\":\"moderate\",\"q\":\"m\",\"room\":\"tea\",\"action\":\"ban\",\"target\":\"ci\"}");
    EventPeer.Event last = events.next();
    while (!last.name().equals("bye")) {
      last = events.next();
    }
    assertThat(last.data()).contains("\"code\":\"kicked\",\"do\":\"stop\"");
    assertThat(events.next().name()).isEqualTo("end");
    assertThat(server.events("tea/events?name=ci").head()).startsWith("HTTP/1.1 403 ");
  }

  @Test
  void sendsByeWhenTheServerStops() {
    post("one");
    EventPeer events = server.events("lobby/events");
    events.expect("joined");
    CompletableFuture<Void> closing = CompletableFuture.runAsync(server.server()::close);
    assertThat(events.expect("bye")).contains("\"code\":\"draining\",\"do\":\"reconnect\"");
    assertThat(Integer.parseInt(events.retry())).isBetween(500, 5_500);
    assertThat(events.next().name()).isEqualTo("end");
    events.close();
    closing.join();
  }

  /** S-56: it delays nobody, and receives everything once it reads. */
  @Test
  void aSlowReaderReceivesEverything() {
    post("first");
    TestPeer slow = TestPeer.connect(server.server(), 4_096);
    EventPeer events = EventPeer.open(slow, "/api/rooms/lobby/events");
    EventPeer reader = server.events("lobby/events");
    reader.expect("joined");
    String text = "x".repeat(60_000);
    int count = 100;
    for (int i = 0; i < count; i++) {
      post(i + text);
      assertThat(reader.expect("message")).contains("\"text\":\"" + i + "xx");
    }
    events.expect("joined");
    for (int i = 0; i < count; i++) {
      assertThat(events.expect("message")).contains("\"text\":\"" + i + "xx");
    }
    events.close();
  }

  @Test
  void manyFollowersShareTheSameBytes() {
    post("first");
    List<EventPeer> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      EventPeer one = server.events("lobby/events");
      one.expect("joined");
      all.add(one);
    }
    post("x");
    all.forEach(one -> assertThat(one.expect("message")).contains("\"x\""));
    all.forEach(EventPeer::close);
    // they have left the room, so a server without a store could delete it
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> server.get("/api/rooms").body().contains("\"count\":0"));
  }

  @Test
  void aHeadRequestOpensNoStream() {
    post("first");
    assertThat(server.ask("HEAD", "/api/rooms/lobby/events", "").answer().statusCode())
        .isEqualTo(200);
    post("second");
  }
}
