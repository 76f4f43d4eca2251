package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.facts.MemoryFacts;
import io.chatroom.server.names.Blocks;
import io.chatroom.server.names.People;
import io.chatroom.server.names.ReadMarks;
import io.chatroom.server.names.SomeOwners;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions and HTTP requests whose rooms must be loaded first. */
class AskedRoomsTest {

  private static final Limits LIMITS = new Limits(64, 4_000);

  private final LogCapture log = new LogCapture();
  private final SomeOwners owners = new SomeOwners(new MemoryFacts());
  private final MemoryWorld world = MemoryWorld.asking(1, 30, 100, LIMITS, people());

  private People people() {
    MemoryFacts facts = new MemoryFacts();
    List.of("carol", "dave").forEach(owners::own);
    try {
      return new LawPeople(
          owners.owners(), Blocks.open(facts), ReadMarks.open(facts, Runnable::run));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    world.close();
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  @Test
  void takesRequestsAfterAJoinInOrder() {
    JsonPeer alice = new JsonPeer(world, "alice", "tea");
    alice.post("tea", "one");
    alice.say("{'type':'ping','q':'p'}");
    alice.say("{'type':'nonsense','q':'n'}");
    alice.say("{'type':'leave','q':'l','room':'tea'}");
    assertThat(types(alice)).containsExactly("welcome");
    JsonPeer bob = new JsonPeer(world, "bob", "lobby");
    bob.post("lobby", "nobody waits for alice");
    assertThat(types(bob)).containsExactly("welcome", "joined", "ack");

    assertThat(world.asked().answer()).isTrue();
    assertThat(types(alice)).startsWith("welcome", "joined", "pong", "error").endsWith("left");
    assertThat(types(alice)).contains("ack");
    assertThat(world.asked().waiting()).isZero();
  }

  @Test
  void loadsAllRoomsOfAHelloAtOnceAndNamesThoseItCannotLoad() {
    JsonPeer alice = new JsonPeer(world);
    alice.say(
        "{'type':'hello','v':2,'name':'alice','client':'%s','rooms':[{'room':'a'},{'room':'b'},{'room':'c'}]}"
            .formatted(JsonPeer.client("alice")));
    assertThat(types(alice)).containsExactly("welcome");
    assertThat(world.asked().waiting()).isEqualTo(3);
    world.asked().answer();
    world.asked().fail();
    world.asked().answer();

    assertThat(types(alice)).containsExactly("welcome", "joined", "error", "joined");
    assertThat(answers(alice).get(2)).contains("'room':'b','code':'unavailable','do':'retry'");
    alice.say("{'type':'join','q':'j','room':'b'}");
    answers(alice);
    world.asked().answer();
    assertThat(answers(alice)).last().asString().contains("'joined','q':'j','room':'b'");
  }

  /** A client can post before its join is answered, and repeats everything that it can. */
  @Test
  void refusesPostsAfterARefusedJoinLikeTheJoin() {
    JsonPeer alice = new JsonPeer(world, "alice", "tea");
    alice.post("tea", "one");
    alice.post("other", "two");
    answers(alice);
    world.asked().fail();
    List<String> answers = answers(alice);
    assertThat(answers.get(2)).contains("'id':'0','code':'unavailable','do':'retry'");
    assertThat(answers.get(3)).contains("'id':'1','code':'not-joined'");
    alice.say("{'type':'history','q':'h','room':'tea','before':9,'limit':5}");
    assertThat(last(alice)).contains("'q':'h','code':'unavailable','do':'retry'");
    alice.say("{'type':'topic','q':'t','room':'tea','text':'Tea'}");
    assertThat(last(alice)).contains("'q':'t','code':'unavailable'");
    alice.say("{'type':'leave','q':'l','room':'tea'}");
    assertThat(last(alice)).contains("'q':'l','code':'unavailable'");
    alice.post("tea", "three");
    assertThat(last(alice)).as("it has left").contains("'id':'2','code':'not-joined'");

    alice.say("{'type':'join','q':'j','room':'tea'}");
    answers(alice);
    world.asked().fail();
    alice.say("{'type':'join','q':'j','room':'tea'}");
    answers(alice);
    world.asked().answer();
    alice.say("{'type':'leave','room':'tea'}");
    alice.post("tea", "four");
    assertThat(last(alice)).contains("'id':'3','code':'not-joined'");
  }

  private String last(JsonPeer peer) {
    List<String> answers = answers(peer);
    return answers.get(answers.size() - 1);
  }

  @Test
  void refusesPostsAfterAJoinOfARoomBeingLeftLikeTheJoin() {
    JsonPeer alice = known("alice", "tea");
    alice.post("tea", "one");
    answers(alice);
    JsonPeer bob = known("bob", "lobby");
    world.asked().cannotRead(true);
    bob.say("{'type':'join','room':'tea','last':5}");
    bob.say("{'type':'leave','q':'l','room':'tea'}"); // once it has the missed messages
    bob.say("{'type':'join','q':'j','room':'tea'}");
    bob.post("tea", "two");
    assertThat(types(bob)).containsExactly("welcome", "joined", "joined", "error", "error");
    assertThat(answers(bob).get(3)).contains("'q':'j','code':'busy','do':'retry'");
    assertThat(last(bob)).contains("'id':'0','code':'unavailable','do':'retry'");
  }

  /** The client has received more from another server than this one has delivered so far. */
  @Test
  void waitsUntilARoomHasReachedTheClientsPosition() {
    JsonPeer alice = known("alice", "tea");
    String after = ",'after':{'epoch':'" + epoch(answers(alice)) + "','seq':2}";
    JsonPeer bob = new JsonPeer(world, "bob", "lobby");
    bob.say("{'type':'join','q':'b','room':'tea'" + after + "}");
    JsonPeer carl = new JsonPeer(world, "carl", "tea'" + after + ",'x':'");
    World.Line line = Objects.requireNonNull(world.connect());
    VisitTest.send(line, "GET /api/rooms/tea/events?after=" + epoch(answers(alice)) + ":2", "");
    assertThat(types(bob)).containsExactly("welcome", "joined");
    assertThat(types(carl)).containsExactly("welcome");
    assertThat(VisitTest.answer(world, line)).isEmpty();

    alice.post("tea", "one");
    alice.post("tea", "two");
    alice.post("tea", "three");
    answers(alice);
    while (world.asked().answer()) {
      answers(alice);
    }
    assertThat(answers(bob).toString())
        .contains("'joined','q':'b','room':'tea'", "'resume':'complete'", "three")
        .doesNotContain("two", "'gap'");
    assertThat(answers(carl).toString()).contains("'resume':'complete'").doesNotContain("two");
    assertThat(VisitTest.answer(world, line)).contains("three").doesNotContain("two", "gap");

    JsonPeer dora = new JsonPeer(world, "dora", "tea'" + after.replace("2}", "9}") + ",'x':'");
    answers(dora);
    world.asked().fail();
    assertThat(answers(dora).get(1)).contains("'room':'tea','code':'unavailable'");
    dora.say("{'type':'join','q':'d','room':'tea'" + after.replace("2}", "9}") + "}");
    answers(dora);
    world.asked().answer(); // nobody has this message
    assertThat(answers(dora).toString()).contains("'joined','q':'d'", "'resume':'gap'");
  }

  /** A room can be forgotten again before its request has its turn. */
  @Test
  void loadsARoomAgainThatWasForgottenMeanwhile() {
    JsonPeer alice = new JsonPeer(world, "alice", "tea");
    answers(alice);
    world.asked().answer();
    world.asked().forget();
    assertThat(types(alice)).containsExactly("welcome");
    world.asked().answer();
    assertThat(types(alice)).containsExactly("welcome", "joined");
  }

  /** Waiting requests take memory, and a client can send any number of them. */
  @Test
  void readsNothingWhileARoomIsBeingLoaded() {
    JsonPeer alice = new JsonPeer(world, "alice", "tea");
    answers(alice);
    String ping = "{'type':'ping','q':'" + "p".repeat(60) + "'}";
    for (int i = 0; i < 500; i++) {
      alice.say(ping);
    }
    answers(alice);
    assertThat(MemoryWorld.isOnItsWay(alice.line)).isGreaterThan(400 * ping.length());
    world.asked().fail();

    for (int i = 0; i < 30; i++) {
      answers(alice);
    }
    assertThat(types(alice)).hasSize(502).startsWith("welcome", "error", "pong").endsWith("pong");
  }

  @Test
  void leavesNothingBehindWhenTheConnectionEndsMeanwhile() {
    JsonPeer alice = new JsonPeer(world, "alice", "tea");
    alice.post("tea", "never");
    answers(alice);
    alice.line.cut();
    answers(alice);
    assertThat(world.sessions().size()).isZero();

    world.asked().answer();
    JsonPeer bob = new JsonPeer(world, "bob", "tea");
    answers(bob);
    bob.say("{'type':'members','q':'m','room':'tea'}");
    bob.say("{'type':'history','q':'h','room':'tea','before':9,'limit':5}");
    assertThat(answers(bob).toString())
        .contains("'members','q':'m','room':'tea','members':['bob'],'count':1")
        .contains("'page','q':'h'")
        .doesNotContain("never");
  }

  @Test
  void answersWaitingRequestsBeforeTheEnd() {
    JsonPeer alice = new JsonPeer(world, "alice", "tea");
    alice.post("tea", "one");
    alice.say("{'type':'bye'}");
    answers(alice);
    JsonPeer bob = new JsonPeer(world, "bob", "tea");
    bob.line.endOutput();
    answers(bob);
    assertThat(alice.line.hasEnded()).isFalse();
    assertThat(bob.line.hasEnded()).isFalse();
    world.asked().answer();

    assertThat(types(alice)).containsExactly("welcome", "joined", "ack");
    assertThat(types(bob)).startsWith("welcome", "joined");
    assertThat(alice.line.hasEnded()).isTrue();
    assertThat(bob.line.hasEnded()).isTrue();
  }

  @Test
  void refusesWaitingRequestsWhenTheServerStops() {
    JsonPeer alice = new JsonPeer(world, "alice", "tea");
    answers(alice);
    JsonPeer bob = new JsonPeer(world, "bob", "lobby");
    bob.say("{'type':'leave','room':'lobby'}");
    bob.say("{'type':'rooms','q':'r'}");
    answers(bob);
    world.sessions().sayGoodbye();

    assertThat(types(bob)).containsExactly("welcome", "joined", "left", "error", "bye");
    assertThat(answers(bob).get(3)).contains("'q':'r','code':'unavailable'");
    assertThat(types(alice)).containsExactly("welcome", "error", "bye");
    assertThat(answers(alice).get(1))
        .contains("'room':'tea','code':'unavailable'", "The server is about to stop.");
    world.asked().answer();
    assertThat(types(alice)).last().isEqualTo("bye");
  }

  /** A room without members is closed, and opened again with all its messages. */
  @Test
  void findsAStoredRoomThatIsNotOpen() {
    JsonPeer alice = known("alice", "tea");
    alice.post("tea", "one");
    alice.say("{'type':'leave','q':'l','room':'tea'}");
    String epoch = epoch(answers(alice));
    world.asked().forget();

    alice.say("{'type':'rooms','q':'r'}");
    alice.say("{'type':'join','q':'j','room':'tea','last':5}");
    answers(alice);
    assertThat(world.asked().waiting()).as("a list does not wait").isEqualTo(2);
    world.asked().answer();
    world.asked().answer();
    List<String> told = answers(alice);
    assertThat(told.toString())
        .contains("'rooms','q':'r','rooms':[{'room':'tea','count':0,'seq':1}],'complete':true")
        .contains("'joined','q':'j','room':'tea','epoch':'" + epoch + "','seq':1,'first':1");
    assertThat(told).last().asString().contains("'message','room':'tea','seq':1");

    alice.say("{'type':'rooms','q':'r'}");
    answers(alice);
    world.asked().fail();
    assertThat(answers(alice))
        .last()
        .asString()
        .contains("'q':'r','code':'unavailable'", "Rooms cannot be listed for now");
  }

  /** After a reconnect it would wait for the same database. */
  @Test
  void staysWhileMissedMessagesCannotBeRead() {
    JsonPeer alice = known("alice", "tea");
    alice.post("tea", "one");
    answers(alice);
    world.asked().cannotRead(true);
    JsonPeer bob = known("bob", "lobby");
    bob.say("{'type':'join','q':'j','room':'tea','last':5}");
    assertThat(types(bob)).containsExactly("welcome", "joined", "joined");
    world.later(60_000);
    bob.say("{'type':'ping','q':'p'}");
    assertThat(types(bob)).containsExactly("welcome", "joined", "joined", "pong");
    alice.post("tea", "two");
    answers(alice);

    world.asked().cannotRead(false);
    world.later(2_000);
    assertThat(types(bob))
        .containsExactly("welcome", "joined", "joined", "pong", "message", "message");
    assertThat(answers(bob)).last().asString().contains("two");
  }

  @Test
  void waitsForAPrivateRoomWithoutAJoin() {
    JsonPeer carol = owner("carol");
    JsonPeer dave = owner("dave");
    dave.post("@carol", "secret");
    assertThat(types(dave)).containsExactly("welcome");
    world.asked().answer();
    assertThat(types(dave)).containsExactly("welcome", "joined", "ack");
    assertThat(types(carol)).contains("joined", "message");

    JsonPeer again = owner("carol");
    assertThat(types(again)).as("joined without a request").containsExactly("welcome", "joined");
    world.asked().forget();
    JsonPeer third = owner("carol");
    third.say("{'type':'ping','q':'p'}");
    assertThat(types(third)).as("does not wait for it").containsExactly("welcome", "pong");
    world.asked().fail();
    assertThat(types(third)).as("is not notified").containsExactly("welcome", "pong");
    dave.post("@carol", "more");
    answers(dave);
    world.later(2_000);
    answers(third);
    world.asked().answer();
    assertThat(types(third)).containsExactly("welcome", "pong", "joined", "message");
  }

  /** The client has no other way to receive the missed messages: a later join changes nothing. */
  @Test
  void resumesAPrivateRoomWhereItsRefusedJoinWantedTo() {
    JsonPeer dave = owner("dave");
    dave.post("@carol", "one");
    answers(dave);
    world.asked().answer();
    String epoch = epoch(answers(dave));
    dave.post("@carol", "two");
    answers(dave);
    world.asked().forget();
    JsonPeer carol = reconnect(epoch, 1);
    world.asked().fail();
    assertThat(types(carol)).containsExactly("welcome", "error");
    world.asked().answer();
    assertThat(types(carol)).containsExactly("welcome", "error", "joined", "message");
    assertThat(answers(carol).get(2)).contains("'seq':2", "'resume':'complete'");
    carol.say("{'type':'join','q':'j','room':'@dave','after':{'epoch':'" + epoch + "','seq':1}}");
    assertThat(types(carol)).endsWith("message", "joined");

    world.asked().forget();
    JsonPeer phone = reconnect(epoch, 3); // it has received more from another server
    world.asked().fail();
    answers(phone);
    world.asked().answer();
    assertThat(types(phone)).containsExactly("welcome", "error");
    dave.post("@carol", "three");
    dave.post("@carol", "four");
    answers(dave);
    world.asked().answer();
    assertThat(types(phone)).containsExactly("welcome", "error", "joined", "message");
    assertThat(answers(phone).get(2)).contains("'seq':4", "'resume':'complete'");
    assertThat(last(phone)).contains("four");

    world.asked().forget();
    JsonPeer third = reconnect(epoch, 2);
    world.asked().fail();
    answers(third);
    world.asked().fail(); // nor is it joined without a request
    third.post("@dave", "five");
    answers(third);
    world.asked().answer();
    assertThat(types(third))
        .containsExactly("welcome", "error", "joined", "message", "message", "ack");
    assertThat(answers(third).get(2)).contains("'resume':'complete'");
  }

  private JsonPeer reconnect(String epoch, long seq) {
    JsonPeer carol = new JsonPeer(world);
    carol.say(
        ("{'type':'hello','v':2,'name':'carol','client':'%s','token':'%s',"
                + "'rooms':[{'room':'@dave','after':{'epoch':'%s','seq':%d}}]}")
            .formatted(JsonPeer.client("carol"), owners.token("carol"), epoch, seq));
    answers(carol);
    return carol;
  }

  // ---- over HTTP

  @Test
  void answersARequestOnceItsRoomIsLoaded() {
    World.Line line = Objects.requireNonNull(world.connect());
    VisitTest.send(line, "POST /api/rooms/tea/messages?name=ci", "hello");
    assertThat(VisitTest.answer(world, line)).isEmpty();
    world.asked().answer();
    assertThat(VisitTest.answer(world, line)).startsWith("HTTP/1.1 201 ");
    world.asked().forget();
    VisitTest.send(line, "POST /api/rooms/tea/messages?name=ci", "hello");
    VisitTest.answer(world, line);
    world.asked().fail();
    assertThat(VisitTest.answer(world, line))
        .startsWith("HTTP/1.1 503 ")
        .contains("\"code\":\"unavailable\"", "cannot look this up for now");
    VisitTest.send(line, "GET /api/rooms/tea/messages", "");
    VisitTest.answer(world, line);
    world.asked().answer();
    assertThat(VisitTest.answer(world, line)).startsWith("HTTP/1.1 200 ").contains("hello");
    VisitTest.send(line, "GET /api/rooms/other/messages", "");
    VisitTest.answer(world, line);
    world.asked().answer();
    assertThat(VisitTest.answer(world, line)).startsWith("HTTP/1.1 404 ").contains("no-room");
    VisitTest.send(line, "GET /api/rooms", "");
    VisitTest.answer(world, line);
    world.asked().answer();
    assertThat(VisitTest.answer(world, line)).startsWith("HTTP/1.1 200 ").contains("\"tea\"");
    assertThat(world.sessions().size()).isZero();
  }

  @Test
  void searchesAllStoredRooms() {
    JsonPeer alice = known("alice", "tea");
    alice.post("tea", "a needle");
    alice.say("{'type':'leave','q':'l','room':'tea'}");
    answers(alice);
    world.asked().forget();
    World.Line line = Objects.requireNonNull(world.connect());
    VisitTest.send(line, "GET /api/search?q=needle", "");
    VisitTest.answer(world, line);
    world.asked().answer(); // the list of rooms
    VisitTest.answer(world, line);
    world.asked().answer(); // its only room
    assertThat(VisitTest.answer(world, line)).startsWith("HTTP/1.1 200 ").contains("a needle");

    VisitTest.send(line, "GET /api/search?q=needle", "");
    VisitTest.answer(world, line);
    world.asked().fail();
    assertThat(VisitTest.answer(world, line)).startsWith("HTTP/1.1 503 ");
  }

  @Test
  void streamsARoomOnceItIsLoaded() {
    JsonPeer alice = known("alice", "tea");
    world.asked().forget();
    World.Line gone = Objects.requireNonNull(world.connect());
    VisitTest.send(gone, "GET /api/rooms/tea/events", "");
    World.Line line = Objects.requireNonNull(world.connect());
    VisitTest.send(line, "GET /api/rooms/tea/events", "");
    assertThat(VisitTest.answer(world, line)).isEmpty();
    assertThat(world.sessions().size()).isEqualTo(3);
    gone.cut();
    VisitTest.answer(world, line);
    assertThat(world.sessions().size()).isEqualTo(2);
    world.asked().answer();
    assertThat(VisitTest.answer(world, line)).startsWith("HTTP/1.1 200 ").contains("joined");
    alice.post("tea", "heard");
    assertThat(VisitTest.answer(world, line)).contains("heard");

    World.Line refused = Objects.requireNonNull(world.connect());
    world.asked().forget();
    VisitTest.send(refused, "GET /api/rooms/tea/events", "");
    VisitTest.answer(world, refused);
    world.asked().fail();
    assertThat(VisitTest.answer(world, refused)).startsWith("HTTP/1.1 503 ");
    assertThat(world.sessions().size()).isEqualTo(2);
  }

  // ---- helpers

  /** A client in a room. */
  private JsonPeer known(String name, String room) {
    JsonPeer peer = new JsonPeer(world, name, room);
    answers(peer);
    world.asked().answer();
    assertThat(types(peer)).containsExactly("welcome", "joined");
    return peer;
  }

  private JsonPeer owner(String name) {
    JsonPeer peer = new JsonPeer(world);
    peer.say(
        "{'type':'hello','v':2,'name':'%s','client':'%s','token':'%s'}"
            .formatted(name, JsonPeer.client(name), owners.token(name)));
    answers(peer);
    return peer;
  }

  private static String epoch(List<String> answers) {
    return answers.stream()
        .filter(json -> json.contains("'joined'"))
        .findFirst()
        .orElseThrow()
        .replaceFirst(".*'epoch':'([^']*)'.*", "$1");
  }

  /** The types of all received objects. */
  private List<String> types(JsonPeer peer) {
    return answers(peer).stream()
        .map(json -> json.replaceFirst(".*?'type':'([^']*)'.*", "$1"))
        .toList();
  }

  /** All objects received until no more arrive, with single quotes and without presence. */
  private List<String> answers(JsonPeer peer) {
    for (int i = 0; i < 20; i++) {
      world.round();
      peer.hear();
    }
    return peer.objects.stream()
        .map(json -> json.replace('"', '\''))
        .filter(json -> !json.contains("'presence'"))
        .toList();
  }
}
