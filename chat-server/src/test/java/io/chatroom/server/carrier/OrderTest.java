package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.carrier.World.Line;
import io.chatroom.server.names.GuardCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Moderation of sessions and seed members. */
class OrderTest {

  private final LogCapture log = new LogCapture();
  private final MemoryWorld world = new MemoryWorld(1, 20, 100, new Limits(64, 4_000));

  /** The founder of the room, who owns the name. */
  private final JsonPeer alice = owner("alice", "tea");

  /** The transport of the sessions. */
  Carriage carriage() {
    return new TcpCarriage();
  }

  @AfterEach
  void close() {
    world.close();
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  private JsonPeer hello(String name, String client, String rooms) {
    JsonPeer peer = new JsonPeer(world, carriage());
    peer.say(
        "{'type':'hello','v':2,'name':'%s','client':'%s','rooms':[%s]}"
            .formatted(name, JsonPeer.client(client), rooms));
    return peer;
  }

  private static String room(String name) {
    return "{'room':'" + name + "'}";
  }

  /** Claims its name, then joins a room. */
  private JsonPeer owner(String name, String room) {
    JsonPeer peer = hello(name, name, "");
    peer.say("{'type':'claim','q':'c'}");
    assertThat(answers(peer)).last().asString().contains("'owned','q':'c'");
    peer.say("{'type':'join','room':'" + room + "'}");
    answers(peer);
    return peer;
  }

  private JsonPeer operator(String room) {
    JsonPeer boss = owner("boss", room);
    try {
      assertThat(new GuardCommands(world.people).run(List.of("operator", "add", "BOSS")))
          .containsExactly("boss is now an operator of this server.");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return boss;
  }

  private JsonPeer guest(String name, String room) {
    JsonPeer peer = hello(name, name, room(room));
    answers(peer);
    return peer;
  }

  /** The objects received since the last call, with single quotes. */
  private List<String> answers(JsonPeer peer) {
    for (int i = 0; i < 10; i++) {
      world.round();
    }
    peer.objects.clear();
    peer.hear();
    return peer.objects.stream().map(json -> json.replace('"', '\'')).toList();
  }

  private void moderate(JsonPeer by, String fields) {
    by.say("{'type':'moderate','q':'m'," + fields + "}");
  }

  private List<String> answersTo(JsonPeer by, String fields) {
    moderate(by, fields);
    return answers(by);
  }

  private static List<String> withoutPresence(List<String> objects) {
    return objects.stream().filter(json -> !json.contains("'presence'")).toList();
  }

  @Test
  void theFounderOfARoomIsItsOperator() {
    alice.say("{'type':'join','q':'j','room':'tea'}");
    assertThat(answers(alice)).last().asString().contains("'role':'op'");

    JsonPeer bob = owner("bob", "tea");
    bob.say("{'type':'join','q':'j','room':'tea'}");
    assertThat(answers(bob)).last().asString().contains("'role':'member'");
    JsonPeer carol = owner("carol", "lobby");
    carol.say("{'type':'join','q':'j','room':'lobby'}");
    assertThat(answers(carol)).last().asString().contains("'role':'member'");
  }

  @Test
  void announcesActionsInTheRoom() {
    JsonPeer bob = guest("bob", "tea");
    List<String> heard = answersTo(alice, "'action':'mute','room':'tea','target':'bob','why':'x'");

    String event = "'kind':'moderated','by':'alice','target':'bob','text':'mute x'";
    assertThat(withoutPresence(heard)).singleElement().asString().contains("'seq':1,", event);
    assertThat(answers(bob)).anyMatch(json -> json.contains(event));
  }

  @Test
  void aMutedPersonsPostsGetNoSequenceNumber() {
    JsonPeer bob = guest("bob", "tea");
    bob.post("tea", "one");
    answers(bob);
    answersTo(alice, "'action':'mute','room':'tea','target':'bob'");
    answers(bob);
    bob.post("tea", "two");
    bob.say("{'type':'topic','q':'t','room':'tea','text':'mine'}");

    List<String> told = withoutPresence(answers(bob));
    assertThat(told).hasSize(2);
    assertThat(told.get(0)).contains("'error','id':'1','code':'muted','do':'ask'");
    assertThat(told.get(1)).contains("'error','q':'t','code':'muted'");
    bob.say("{'type':'ping','q':'p'}");
    assertThat(answers(bob)).last().asString().contains("'heads':{'tea':2}");

    answersTo(alice, "'action':'unmute','room':'tea','target':'bob'");
    bob.post("tea", "three");
    assertThat(answers(bob)).last().asString().contains("'ack','id':'2','room':'tea','seq':4,");
  }

  @Test
  void aKickedMemberReceivesNothingMoreOfTheRoom() {
    JsonPeer bob = guest("bob", "tea");
    bob.say("{'type':'join','room':'attic'}");
    answers(bob);
    moderate(alice, "'action':'kick','room':'tea','target':'BOB','why':'enough'");
    alice.post("tea", "gone");

    List<String> told = withoutPresence(answers(bob));
    assertThat(told)
        .last()
        .asString()
        .isEqualTo("{'type':'left','room':'tea','text':'You were removed from tea: enough'}");
    alice.post("tea", "still gone");
    answers(alice);
    bob.post("tea", "me");
    assertThat(withoutPresence(answers(bob))).singleElement().asString().contains("'not-joined'");

    bob.say("{'type':'join','q':'j','room':'tea'}");
    assertThat(answers(bob)).anyMatch(json -> json.contains("'joined','q':'j'"));
  }

  @Test
  void aClosedRoomShowsItsTopicOnlyToThoseWhoMayJoin() {
    JsonPeer inside = guest("inside", "tea");
    alice.say("{'type':'topic','q':'t','room':'tea','text':'plans'}");
    answersTo(alice, "'action':'close','room':'tea'");
    JsonPeer invited = owner("bob", "attic");
    answersTo(alice, "'action':'invite','room':'tea','target':'bob'");
    JsonPeer outside = guest("outside", "attic");
    for (JsonPeer peer : List.of(alice, inside, invited, outside)) {
      answers(peer);
      peer.say("{'type':'rooms','q':'r','limit':1,'room':'b'}");
    }
    for (JsonPeer peer : List.of(alice, inside, invited)) {
      assertThat(answers(peer)).last().asString().contains("'room':'tea'", "'topic':'plans'");
    }
    assertThat(answers(outside)).last().asString().contains("'room':'tea'").doesNotContain("plans");
  }

  @Test
  void aPersonBannedFromARoomCannotRejoin() {
    JsonPeer bob = guest("bob", "tea");
    answersTo(alice, "'action':'ban','room':'tea','target':'bob','seconds':60,'why':'spam'");
    bob.say("{'type':'join','q':'j','room':'tea'}");

    assertThat(answers(bob))
        .last()
        .asString()
        .contains("'error','q':'j','code':'forbidden','do':'ask'")
        .contains("You are banned from tea until 20")
        .contains("spam");
    bob.line.cut();
    answers(bob);
    JsonPeer rob = hello("rob", "bob", room("tea"));
    assertThat(answers(rob)).last().asString().contains("'error','room':'tea','code':'forbidden'");

    answersTo(alice, "'action':'unban','room':'tea','target':'bob'");
    rob.say("{'type':'join','q':'j','room':'tea'}");
    assertThat(answers(rob)).anyMatch(json -> json.contains("'joined','q':'j'"));
  }

  /** Its session was not notified yet. */
  @Test
  void aFormerOwnerCannotModerate() {
    JsonPeer bob = guest("bob", "tea");
    answers(alice);
    assertThat(world.people.owners().free("alice").toCompletableFuture().join()).isTrue();

    assertThat(answersTo(alice, "'action':'kick','room':'tea','target':'bob'"))
        .singleElement()
        .asString()
        .contains("'error','q':'m','code':'forbidden'");
    assertThat(answers(bob)).isEmpty();
  }

  @Test
  void aPersonKickedFromTheServerReceivesTheReason() {
    JsonPeer boss = operator("lobby");
    JsonPeer bob = guest("bob", "tea");
    List<String> heard = answersTo(boss, "'action':'kick','target':'bob','why':'enough'");

    assertThat(withoutPresence(heard))
        .containsExactly("{'type':'moderated','q':'m','action':'kick','target':'bob'}");
    assertThat(answers(bob))
        .last()
        .asString()
        .contains("'bye','code':'kicked','do':'stop'", "You were removed from this server: enough");
    assertThat(bob.line.hasEnded()).isTrue();
    assertThat(guest("bob", "tea").line.hasEnded()).isFalse();
  }

  @Test
  void aBannedPersonIsRefusedAtEachHello() {
    JsonPeer boss = operator("lobby");
    JsonPeer bob = guest("bob", "tea");
    answersTo(boss, "'action':'ban','target':'bob'");
    assertThat(answers(bob)).last().asString().contains("'bye','code':'banned','do':'stop'");
    bob.line.cut();

    JsonPeer again = hello("bob", "bob", room("tea"));
    assertThat(answers(again)).singleElement().asString().contains("'bye','code':'banned'");
    assertThat(again.line.hasEnded()).isTrue();
  }

  @Test
  void aKickRefusesAWaitingPage() {
    JsonPeer bob = guest("bob", "tea");
    for (int i = 0; i < 5; i++) {
      alice.post("tea", "hello");
    }
    answers(alice);
    answers(bob);
    moderate(alice, "'action':'kick','room':'tea','target':'bob'");
    bob.say("{'type':'history','q':'h','room':'tea','before':9,'limit':5}");
    for (int i = 0; i < 10; i++) {
      world.roundWithoutReads();
    }

    List<String> told = withoutPresence(answers(bob));
    assertThat(told).filteredOn(json -> json.contains("'q':'h'")).hasSize(1);
    assertThat(told.toString()).contains("'error','q':'h','code':'not-joined'");
  }

  @Test
  void aClosedRoomAdmitsNobodyNew() {
    JsonPeer bob = owner("bob", "tea");
    answersTo(alice, "'action':'close','room':'tea'");
    JsonPeer carol = owner("carol", "attic");
    carol.say("{'type':'join','q':'j','room':'tea'}");
    assertThat(answers(carol)).last().asString().contains("'q':'j','code':'closed','do':'ask'");

    answersTo(alice, "'action':'invite','room':'tea','target':'carol'");
    carol.say("{'type':'join','q':'k','room':'tea'}");
    assertThat(answers(carol)).anyMatch(json -> json.contains("'joined','q':'k'"));
    bob.line.cut();
    answers(bob);
    bob = owner("bob", "attic");
    bob.say("{'type':'join','q':'l','room':'tea'}");
    assertThat(answers(bob)).anyMatch(json -> json.contains("'joined','q':'l'"));
  }

  @Test
  void aSlowRoomReportsWhenToTryAgain() {
    JsonPeer bob = guest("bob", "tea");
    answersTo(alice, "'action':'slow','room':'tea','seconds':1000");
    bob.post("tea", "one");
    bob.post("tea", "two");

    List<String> told = withoutPresence(answers(bob));
    assertThat(told.toString()).contains("'ack','id':'0'");
    assertThat(told.toString()).contains("'id':'1','code':'rate','do':'retry','afterMillis':");
  }

  @Test
  void onlyOperatorsPostInARestrictedRoom() {
    JsonPeer bob = guest("bob", "tea");
    answersTo(alice, "'action':'restrict','room':'tea'");
    bob.post("tea", "one");
    alice.post("tea", "two");

    assertThat(answers(bob).toString()).contains("'id':'0','code':'muted'");
    assertThat(answers(alice).toString()).contains("'ack'");
  }

  @Test
  void refusesThoseWithoutPermission() {
    JsonPeer bob = guest("bob", "tea");

    assertThat(answersTo(bob, "'action':'kick','room':'tea','target':'alice'"))
        .last()
        .asString()
        .contains("'error','q':'m','code':'forbidden','do':'ask'");
    assertThat(answersTo(alice, "'action':'kick','room':'attic','target':'bob'"))
        .last()
        .asString()
        .contains("'code':'not-joined'");
    assertThat(answersTo(alice, "'action':'kick','target':'bob'"))
        .last()
        .asString()
        .contains("'code':'forbidden'");
    String longer = "x".repeat(65);
    assertThat(answersTo(alice, "'action':'ban','room':'tea','target':'" + longer + "'"))
        .last()
        .asString()
        .contains("'code':'bad-request'", "has 65 bytes");
  }

  /** All its requests are answered before the end. */
  @Test
  void isAnsweredBeforeItsEnd() {
    guest("bob", "tea");
    moderate(alice, "'action':'mute','room':'tea','target':'bob'");
    alice.say("{'type':'bye'}");

    assertThat(answers(alice).toString()).contains("'kind':'moderated'");
    assertThat(alice.line.hasEnded()).isTrue();
  }

  // ---- programs of the seed's protocol

  private final class Seed {
    private final Line line = Objects.requireNonNull(world.connect());
    private final Carriage.Unwrapper unwrapper = new TcpCarriage().unwrapper();

    Seed(String name) {
      say(name);
    }

    void say(String text) {
      line.send(TcpCarriage.frame(text.getBytes(StandardCharsets.UTF_8)));
    }

    List<String> hears() {
      List<String> heard = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        world.round();
      }
      unwrapper
          .unwrap(line.receive())
          .forEach(frame -> heard.add(new String(frame, StandardCharsets.UTF_8)));
      return heard;
    }
  }

  @Test
  void aKickedSeedMemberIsDisconnected() {
    JsonPeer boss = operator("lobby");
    Seed bob = new Seed("bob");
    bob.hears();
    answersTo(boss, "'action':'kick','room':'lobby','target':'bob'");
    boss.post("lobby", "gone");

    assertThat(bob.hears()).doesNotContain("gone");
    assertThat(bob.line.hasEnded()).isTrue();
    assertThat(log.lines()).anyMatch(line -> line.contains("You were removed from lobby"));
    assertThat(new Seed("bob").line.hasEnded()).isFalse();
  }

  @Test
  void aBannedSeedMemberIsDisconnectedAtItsName() {
    JsonPeer boss = operator("lobby");
    answersTo(boss, "'action':'ban','target':'bob'");
    Seed bob = new Seed("Bob");

    assertThat(bob.hears()).isEmpty();
    assertThat(bob.line.hasEnded()).isTrue();
  }

  @Test
  void aMutedSeedMembersMessagesAreDropped() {
    JsonPeer boss = operator("lobby");
    Seed bob = new Seed("bob");
    bob.hears();
    answersTo(boss, "'action':'mute','room':'lobby','target':'bob'");
    bob.say("hear me");
    assertThat(answers(boss).toString()).doesNotContain("hear me");

    answersTo(boss, "'action':'unmute','room':'lobby','target':'bob'");
    bob.say("and now");
    assertThat(answers(boss).toString()).contains("and now").doesNotContain("hear me");
  }

  @Test
  void aSlowRoomDelaysReadingFromASeedMember() {
    JsonPeer boss = operator("lobby");
    Seed bob = new Seed("bob");
    bob.hears();
    answersTo(boss, "'action':'slow','room':'lobby','seconds':1000");
    bob.say("one");
    bob.say("two");
    assertThat(answers(boss).toString()).contains("one").doesNotContain("two");

    answersTo(boss, "'action':'unslow','room':'lobby'");
    world.later(2_000);
    assertThat(answers(boss).toString()).contains("two");
  }
}
