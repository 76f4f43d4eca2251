package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One request of a session after the other. */
class SessionTest {

  private static final int HISTORY = 20;
  private static final Pattern SEQ = Pattern.compile("'seq':(\\d+)");
  private static final Pattern ENTRY = Pattern.compile("'message',('room':'\\w+','seq':\\d+)");
  private static final Pattern NEXT = Pattern.compile("'next':(\\d+)");

  private final LogCapture log = new LogCapture();
  private final MemoryWorld world = new MemoryWorld(1, 20, HISTORY, new Limits(64, 4_000));
  private final JsonPeer alice = new JsonPeer(world, "alice", "tea");

  @AfterEach
  void close() {
    world.close();
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  @Test
  void namesTheRefusedRoomOfAHello() {
    JsonPeer bob = new JsonPeer(world, "bob", "@alice");

    assertThat(answers(bob))
        .last()
        .asString()
        .contains("'error','room':'@alice','code':'forbidden'");
  }

  @Test
  void requiresAHelloFirst() {
    JsonPeer bob = new JsonPeer(world);
    bob.say("{'type':'members','q':'1'}");
    bob.say("{'type':'ping','q':'2'}");
    bob.say("{'type':'hello','v':2,'name':' ','client':'%s'}".formatted(JsonPeer.client("bob")));
    bob.say(
        "{'type':'hello','v':2,'name':'alice','client':'%s'}".formatted(JsonPeer.client("bob")));
    bob.say("{'type':'hello','v':2,'name':'bob','client':'%s'}".formatted(JsonPeer.client("bob")));
    bob.say("{'type':'hello','v':2,'name':'bob','client':'%s'}".formatted(JsonPeer.client("bob")));

    List<String> answers = answers(bob);
    assertThat(answers.get(0)).contains("'q':'1','code':'bad-request'");
    assertThat(answers.get(1)).contains("'pong','q':'2','heads':{}");
    assertThat(answers.get(2)).contains("'name-bad'");
    assertThat(answers.get(3)).contains("'name-taken'");
    assertThat(answers.get(4)).contains("'welcome'");
    assertThat(answers.get(5)).contains("'bad-request'");
  }

  @Test
  void letsSessionsOfOneClientShareItsNameUntilTheLastEnds() {
    JsonPeer again = new JsonPeer(world, "alice", "tea");
    JsonPeer other = new JsonPeer(world);
    assertThat(answers(again).get(0)).contains("'welcome'");
    again.line.cut();
    String hello =
        "{'type':'hello','v':2,'name':'ALICE','client':'%s'}".formatted(JsonPeer.client("other"));
    other.say(hello);
    assertThat(answers(other)).last().asString().contains("'name-taken'");

    alice.line.cut();
    answers(alice);
    other.say(hello);
    assertThat(answers(other)).last().asString().contains("'welcome'");
  }

  @Test
  void refusesMoreRoomsThanMaxRooms() {
    for (int i = 1; i <= 10; i++) {
      alice.say("{'type':'join','q':'" + i + "','room':'room" + i + "'}");
    }

    assertThat(answers(alice)).last().asString().contains("'q':'10','code':'too-many-rooms'");
    alice.say("{'type':'leave','q':'l','room':'room1'}");
    alice.say("{'type':'join','q':'j','room':'room10'}");
    assertThat(answers(alice)).last().asString().contains("'joined','q':'j'");
  }

  @Test
  void sendsNoTopicAfterItsRemoval() {
    alice.say("{'type':'topic','q':'1','room':'tea','text':'Tea'}");
    alice.say("{'type':'topic','q':'2','room':'tea','text':''}");
    alice.say("{'type':'join','q':'3','room':'tea'}");

    assertThat(answers(alice))
        .filteredOn(json -> json.contains("'joined','q':'3'"))
        .singleElement()
        .asString()
        .doesNotContain("'topic'");
  }

  /**
   * A post of an earlier connection is received as a message, and its repetition is acknowledged as
   * a duplicate.
   */
  @Test
  void acknowledgesARepeatedPostBesideItsMessage() {
    alice.say("{'type':'post','id':'a','room':'tea','text':'hello'}");
    String epoch = epoch();
    JsonPeer again =
        new JsonPeer(world, "alice", "tea','after':{'epoch':'" + epoch + "','seq':0},'x':'");
    again.say("{'type':'post','id':'a','room':'tea','text':'hello'}");

    List<String> answers = answers(again);
    assertThat(answers).anyMatch(json -> json.contains("'message','room':'tea','seq':1,"));
    assertThat(answers)
        .filteredOn(json -> json.contains("'ack'"))
        .singleElement()
        .asString()
        .contains("'seq':1,")
        .contains("'duplicate':true");
  }

  /** Two equal requests, which a client should not send, are two requests. */
  @Test
  void answersEachOfTwoEqualRequests() {
    String history = "{'type':'history','q':'h','room':'tea','before':9,'limit':5}";
    alice.say(history);
    alice.say(history);

    assertThat(answers(alice)).filteredOn(json -> json.contains("'page'")).hasSize(2);
  }

  @Test
  void readsHistoryOnAllSides() {
    talk(10);

    assertThat(seqs("'before':6,'limit':3")).isEqualTo("3 4 5, complete, next 3");
    assertThat(seqs("'before':3,'limit':9")).isEqualTo("1 2, complete");
    assertThat(seqs("'before':1,'limit':9")).isEqualTo(", complete");
    assertThat(seqs("'before':99,'limit':2")).isEqualTo("9 10, complete, next 9");
    assertThat(seqs("'after':7,'limit':2")).isEqualTo("8 9, complete, next 9");
    assertThat(seqs("'after':8,'limit':9")).isEqualTo("9 10, complete");
    assertThat(seqs("'after':10,'limit':9")).isEqualTo(", complete");
    assertThat(seqs("'around':5,'limit':3")).isEqualTo("4 5 6, complete");
    assertThat(seqs("'around':10,'limit':4")).isEqualTo("8 9 10, complete");
  }

  @Test
  void reportsHistoryThatIsNotKept() {
    talk(50);

    assertThat(seqs("'after':3,'limit':2")).isEqualTo("31 32, next 32");
    assertThat(seqs("'before':33,'limit':9")).isEqualTo("31 32");
    assertThat(seqs("'before':20,'limit':9")).isEqualTo("");
  }

  /** A page ends early at the maximum size of an object. */
  @Test
  void sendsNoPageLongerThanAnObject() {
    for (int i = 0; i < 18; i++) {
      alice.post("tea", "\\u0001".repeat(3_000) + "long");
    }
    answers(alice);

    assertThat(seqs("'after':0,'limit':15")).isEqualTo("1, complete, next 1");
    assertThat(seqs("'before':9,'limit':5")).isEqualTo("8, complete, next 8");
    assertThat(seqs("'around':9,'limit':5")).isEqualTo("9, complete");
    alice.say("{'type':'search','q':'q','query':'long','room':'TEA','limit':50}");
    assertThat(answers(alice))
        .last()
        .asString()
        .contains("'room':'tea','epoch':'")
        .contains("'seq':18")
        .endsWith("'next':18}");
    assertThat(alice.objects).allMatch(json -> json.length() <= 8 * 4_000);
  }

  @Test
  void findsTheNewestFirstInEveryRoom() {
    talk(5);
    alice.say("{'type':'join','room':'other'}");
    alice.post("other", "Word 9 here");
    alice.say("{'type':'search','q':'1','query':' WORD  here','limit':9}");
    assertThat(answers(alice))
        .last()
        .asString()
        .contains("'room':'other','seq':1")
        .endsWith("'complete':true}");
    alice.say("{'type':'search','q':'2','query':'word','room':'tea','limit':2}");
    assertThat(answers(alice))
        .last()
        .asString()
        .contains("word 3")
        .contains("word 4")
        .doesNotContain("word 2")
        .endsWith("'next':4}");
    alice.say("{'type':'search','q':'3','query':'word','room':'tea','limit':2,'before':2}");
    assertThat(answers(alice)).last().asString().contains("word 0").endsWith("'complete':true}");
  }

  @Test
  void answersRequestsBeforeTheEnd() {
    JsonPeer bob = new JsonPeer(world, "bob", "tea");
    bob.post("tea", "one");
    bob.say("{'type':'history','q':'h','room':'tea','before':9,'limit':5}");
    bob.say("{'type':'bye'}");
    bob.post("tea", "too late");
    List<String> answers = answers(bob);
    assertThat(answers).anyMatch(json -> json.contains("'ack'"));
    assertThat(answers).anyMatch(json -> json.contains("'page'"));
    assertThat(bob.line.hasEnded()).isTrue();

    JsonPeer carl = new JsonPeer(world, "carl", "tea");
    carl.post("tea", "two");
    carl.line.endOutput();
    assertThat(answers(carl)).anyMatch(json -> json.contains("'ack'"));
    assertThat(carl.line.hasEnded()).isTrue();
    assertThat(answers(alice))
        .anyMatch(json -> json.contains("one"))
        .anyMatch(json -> json.contains("two"))
        .noneMatch(json -> json.contains("too late"));
  }

  /** The missed messages are part of the answer to a join, which was sent before the end. */
  @Test
  void deliversMissedMessagesBeforeTheEnd() {
    talk(10);
    JsonPeer bob = new JsonPeer(world, "bob", "tea','last':5,'x':'");
    bob.say("{'type':'bye'}");
    JsonPeer carl = new JsonPeer(world, "carl", "tea','last':5,'x':'");
    carl.line.endOutput();
    JsonPeer dora = new JsonPeer(world, "dora", "tea','last':5,'x':'");
    dora.say("{'type':'leave','q':'l','room':'tea'}");

    assertThat(answers(bob)).filteredOn(json -> json.contains("'message'")).hasSize(5);
    assertThat(bob.line.hasEnded()).isTrue();
    assertThat(answers(carl)).filteredOn(json -> json.contains("'message'")).hasSize(5);
    assertThat(carl.line.hasEnded()).isTrue();
    assertThat(answers(dora)).filteredOn(json -> json.contains("'message'")).hasSize(5);
    assertThat(answers(dora)).last().asString().contains("'left','q':'l'");
  }

  @Test
  void answersAPostBeforeItHasLeft() {
    answers(alice);
    alice.post("tea", "one");
    alice.say("{'type':'leave','q':'l','room':'tea'}");

    List<String> answers = answers(alice);
    int ack = indexOf(answers, "'ack'");
    assertThat(ack).isNotNegative().isLessThan(indexOf(answers, "'left','q':'l'"));
  }

  @Test
  void answersAPageBeforeItHasLeft() {
    talk(10);
    alice.say("{'type':'history','q':'h','room':'tea','before':9,'limit':5}");
    alice.say("{'type':'search','q':'s','query':'word','limit':5}");
    alice.say("{'type':'leave','q':'l','room':'tea'}");

    List<String> answers = answers(alice);
    int left = indexOf(answers, "'left','q':'l'");
    assertThat(indexOf(answers, "'page','q':'h'")).isNotNegative().isLessThan(left);
    assertThat(indexOf(answers, "'page','q':'s'")).isNotNegative().isLessThan(left);
    alice.say("{'type':'join','q':'j','room':'tea'}");
    assertThat(answers(alice)).last().asString().contains("'joined','q':'j'");
  }

  @Test
  void countsTheMembersOfARoom() {
    JsonPeer bob = new JsonPeer(world, "bob", "tea");
    bob.say("{'type':'join','q':'j','room':'other'}");
    JsonPeer carl = new JsonPeer(world);
    carl.say(
        "{'type':'hello','v':2,'name':'carl','client':'%s'}".formatted(JsonPeer.client("carl")));
    answers(bob);
    answers(carl);
    assertThat(members()).endsWith("'count':2}");

    bob.say("{'type':'leave','q':'l','room':'tea'}");
    answers(bob);
    assertThat(members()).endsWith("'count':2}");
    bob.say("{'type':'leave','q':'l','room':'other'}");
    answers(bob);
    assertThat(members()).endsWith("'members':['alice'],'count':1}");
    bob.say("{'type':'join','q':'j','room':'other'}");
    answers(bob);
    assertThat(members()).endsWith("'count':2}");
    bob.line.cut();
    answers(bob);
    assertThat(members()).endsWith("'count':1}");
  }

  private String members() {
    alice.say("{'type':'members','q':'m'}");
    List<String> answers = answers(alice);
    return answers.get(answers.size() - 1);
  }

  /** With thousands of messages per millisecond, a time alone is not a position. */
  @Test
  void continuesASearchWithinAMillisecond() {
    alice.say("{'type':'join','room':'other'}");
    for (int i = 0; i < 8; i++) {
      alice.post("tea", "word " + i);
      alice.post("other", "word " + i);
    }
    answers(alice);
    List<String> found = new ArrayList<>();
    String before = "";
    do {
      alice.say("{'type':'search','q':'s','query':'word','limit':3" + before + "}");
      List<String> answers = answers(alice);
      String page = answers.get(answers.size() - 1);
      Matcher matcher = ENTRY.matcher(page);
      while (matcher.find()) {
        found.add(matcher.group(1));
      }
      Matcher next = NEXT.matcher(page);
      before = next.find() ? ",'before':" + next.group(1) : "";
    } while (!before.isEmpty() && found.size() < 99);

    assertThat(found).hasSize(16).doesNotHaveDuplicates();
  }

  /** The limit of S-04, with long names and short messages. */
  @Test
  void listsNoMoreThanFitsIntoAnObject() {
    int most = 8 * 1_024;
    int crowd = 70;
    try (MemoryWorld small = new MemoryWorld(1, crowd, 5, new Limits(64, 1_024))) {
      List<JsonPeer> peers = new ArrayList<>();
      for (int i = 0; i < crowd; i++) {
        String name = "%02d".formatted(i) + "\\\\".repeat(62);
        JsonPeer peer = new JsonPeer(small, name, "tea");
        peer.say("{'type':'join','room':'r%d'}".formatted(i));
        peers.add(peer);
      }
      JsonPeer last = peers.get(crowd - 1);
      last.say("{'type':'members','q':'1','room':'tea'}");
      last.say("{'type':'members','q':'2'}");
      last.say("{'type':'rooms','q':'3'}");
      List<String> answers = answers(small, last);

      assertThat(answers)
          .anyMatch(json -> json.contains("'joined','room':'tea'") && !json.contains("'members'"))
          .anyMatch(json -> json.contains("'q':'1'") && json.endsWith("],'count':70}"))
          .anyMatch(json -> json.contains("'q':'2'") && json.endsWith("],'count':70}"))
          .anyMatch(json -> json.contains("'q':'3'") && json.endsWith("],'complete':false}"));
      assertThat(last.objects).noneMatch(json -> json.length() > most);
      for (int i = 0; i < 400; i++) {
        small.pump(); // some seconds pass
      }
      assertThat(answers(small, peers.get(0)))
          .anyMatch(json -> json.contains("'presence'") && !json.contains("'came'"));
      assertThat(peers.get(0).objects).noneMatch(json -> json.length() > most);
    }
  }

  /** Thirty-two letters of 64 bytes that are 96 in lower case. */
  @Test
  void refusesARoomWhoseFoldedNameIsTooLong() {
    alice.say("{'type':'join','q':'j','room':'" + "İ".repeat(32) + "'}");

    assertThat(answers(alice)).last().asString().contains("'q':'j','code':'bad-request'");
  }

  /** The bye is the last object, even if reads are running. */
  @Test
  void sendsNothingAfterItsBye() {
    answers(alice);
    alice.say("{'type':'history','q':'h','room':'tea','before':9,'limit':5}");
    alice.line.send("no header".repeat(3).getBytes(UTF_8));

    assertThat(answers(alice))
        .last()
        .asString()
        .contains("'bye','code':'protocol'")
        .contains(
            "'These bytes are not valid in a session, expected 10 bytes of optional spaces, 1 to 10");
  }

  /** Otherwise the pages read for it could fill the memory. */
  @Test
  void limitsConcurrentPagesPerSession() {
    talk(5);
    for (int i = 0; i < 6; i++) {
      alice.say("{'type':'history','q':'h','room':'tea','before':9,'limit':5}");
    }
    roundsWithoutReads();
    assertThat(world.mostReads()).isEqualTo(2).isLessThan(MemoryWorld.READS_AT_ONCE);

    assertThat(answers(alice)).filteredOn(json -> json.contains("'page'")).hasSize(6);
    assertThat(world.mostReads()).isEqualTo(2);
  }

  /** Its answers are kept until it has caught up. */
  @Test
  void limitsUnansweredRequestsPerSession() {
    talk(5);
    JsonPeer bob = new JsonPeer(world, "bob", "tea','last':5,'x':'");
    roundsWithoutReads();
    for (int i = 0; i < 20; i++) {
      bob.post("tea", "more");
    }
    roundsWithoutReads();
    alice.hear();
    assertThat(alice.heard("\"more\"")).isEqualTo(8);

    assertThat(answers(bob)).filteredOn(json -> json.contains("'ack'")).hasSize(20);
    assertThat(answers(alice)).filteredOn(json -> json.contains("'more'")).hasSize(20);
  }

  // ---- what is taken back

  @Test
  void deletesAMessage() {
    JsonPeer bob = new JsonPeer(world, "bob", "tea");
    bob.post("tea", "hello");
    answers(bob);
    bob.post("tea", "oops");
    answers(bob);
    alice.say("{'type':'delete','q':'d','room':'tea','seq':1}");
    String event =
        "{'type':'event','room':'tea','seq':3,'at':AT,'kind':'deleted','by':'alice'"
            + ",'target':1}";
    assertThat(withoutTimes(answers(alice))).endsWith(event);
    assertThat(withoutTimes(answers(bob))).endsWith(event);

    alice.say("{'type':'history','q':'h','room':'tea','around':1,'limit':1}");
    assertThat(withoutTimes(answers(alice)))
        .last()
        .asString()
        .contains("[{'type':'message','room':'tea','seq':1,'at':AT,'from':'bob','deleted':true}]");
    alice.say("{'type':'search','q':'s','query':'hello','limit':9}");
    assertThat(answers(alice)).last().asString().contains("'messages':[],'complete':true");
    alice.say("{'type':'search','q':'t','query':'from:bob','limit':9}");
    assertThat(answers(alice)).last().asString().contains("oops").doesNotContain("'deleted'");

    bob.say("{'type':'post','id':'0','room':'tea','text':'hello'}");
    assertThat(answers(bob))
        .last()
        .asString()
        .contains("'ack','id':'0'", "'seq':1,", "'duplicate'");
    JsonPeer carl = new JsonPeer(world, "carl", "tea','last':9,'x':'");
    assertThat(answers(carl).toString()).contains("'deleted':true").doesNotContain("hello");
  }

  /** A request for future messages must not return earlier ones. */
  @Test
  void returnsNothingBeforeTheRequestedNumberDespiteNewPosts() {
    for (int i = 0; i < 3; i++) {
      alice.post("tea", "message " + i);
    }
    alice.say("{'type':'history','q':'h','room':'tea','after':2,'limit':5}");
    assertThat(answers(alice).toString())
        .contains("'type':'page','q':'h'")
        .doesNotContain("'type':'message','room':'tea','seq':1")
        .doesNotContain("'type':'message','room':'tea','seq':2");
  }

  private static List<String> withoutTimes(List<String> answers) {
    return answers.stream().map(json -> json.replaceAll("'at':\\d+", "'at':AT")).toList();
  }

  @Test
  void explainsWhyAMessageIsNotDeleted() {
    alice.say("{'type':'topic','q':'t','room':'tea','text':'Tea'}");
    talk(1);
    String[][] refused = {
      {"tea", "1", "1 is an event, only messages can be deleted."},
      {"tea", "4", "tea has no message 4 yet."},
      {"attic", "1", "Join attic first."},
    };
    for (String[] one : refused) {
      alice.say("{'type':'delete','q':'d','room':'%s','seq':%s}".formatted(one[0], one[1]));
      assertThat(answers(alice)).last().asString().contains("'error','q':'d'").contains(one[2]);
    }
    alice.say("{'type':'delete','q':'1','room':'tea','seq':2}");
    alice.say("{'type':'leave','q':'2','room':'tea'}");
    List<String> last = answers(alice);
    assertThat(last.get(last.size() - 2)).contains("'deleted'");
    assertThat(last.get(last.size() - 1)).contains("'left','q':'2'");
    alice.say("{'type':'join','q':'3','room':'tea'}");
    answers(alice);
    alice.say("{'type':'delete','q':'4','room':'tea','seq':2}");
    assertThat(answers(alice))
        .last()
        .asString()
        .contains("'q':'4','code':'bad-request'", "Message 2 is deleted already.");
    talk(HISTORY + 64);
    alice.say("{'type':'delete','q':'5','room':'tea','seq':2}");
    assertThat(answers(alice))
        .last()
        .asString()
        .contains("'q':'5','code':'bad-request'", "Message 2 of tea is not kept any more.");
  }

  @Test
  void deletesNothingWithoutPermission() {
    JsonPeer guest = new JsonPeer(world, LawPeople.GUEST, "tea");
    guest.post("tea", "mine");
    answers(guest);
    talk(1);
    guest.say("{'type':'delete','q':'1','room':'tea','seq':1}");
    assertThat(answers(guest)).last().asString().contains("'q':'1','code':'forbidden','do':'ask'");
    guest.say("{'type':'delete','q':'2','room':'tea','seq':2}");
    assertThat(answers(guest)).last().asString().contains("'q':'2','code':'forbidden','do':'ask'");
    assertThat(answers(alice).toString()).contains("mine").doesNotContain("'deleted'");
  }

  /** Neither the recent deliveries nor the log has the text when the client reads again. */
  @Test
  void deliversNoDeletedTextToALateReader() {
    JsonPeer bob = new JsonPeer(world, "bob", "tea");
    answers(bob);
    bob.line.stick();
    for (int i = 0; i < 3; i++) { // this message and some more are on their way to him
      alice.post("tea", "first " + i + "x".repeat(2_000));
      answers(alice);
    }
    alice.post("tea", "oops");
    alice.post("tea", "fine");
    answers(alice);
    alice.say("{'type':'delete','q':'d','room':'tea','seq':4}");
    answers(alice);
    alice.post("tea", "later");
    answers(alice);
    bob.line.unstick();

    assertThat(answers(bob).toString())
        .contains("'seq':4,", "'deleted':true", "fine", "'kind':'deleted'", "later")
        .doesNotContain("oops");
  }

  private void roundsWithoutReads() {
    for (int i = 0; i < 20; i++) {
      world.roundWithoutReads();
    }
  }

  private static int indexOf(List<String> answers, String part) {
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i).contains(part)) {
        return i;
      }
    }
    return -1;
  }

  private void talk(int messages) {
    for (int i = 0; i < messages; i++) {
      alice.post("tea", "word " + i);
    }
    answers(alice);
  }

  private String epoch() {
    return answers(alice).stream()
        .filter(json -> json.contains("'joined'"))
        .findFirst()
        .orElseThrow()
        .replaceFirst(".*'epoch':'", "")
        .replaceFirst("'.*", "");
  }

  /** The messages of a page of history. */
  private String seqs(String which) {
    alice.say("{'type':'history','q':'h','room':'tea'," + which + "}");
    String page =
        answers(alice).stream()
            .filter(json -> json.contains("'page'"))
            .reduce((a, b) -> b)
            .orElseThrow();
    StringBuilder seqs = new StringBuilder();
    Matcher matcher = SEQ.matcher(page);
    while (matcher.find()) {
      seqs.append(seqs.isEmpty() ? "" : " ").append(matcher.group(1));
    }
    return seqs
        + (page.contains("'complete':true") ? ", complete" : "")
        + (page.contains("'next'") ? ", next " + page.replaceFirst(".*'next':(\\d+).*", "$1") : "");
  }

  /** All objects received until no more arrive, with single quotes and without presence. */
  private List<String> answers(JsonPeer peer) {
    return answers(world, peer).stream().filter(json -> !json.contains("'presence'")).toList();
  }

  private static List<String> answers(MemoryWorld world, JsonPeer peer) {
    for (int i = 0; i < 60; i++) {
      world.round();
      peer.hear();
    }
    return peer.objects.stream().map(json -> json.replace('"', '\'')).toList();
  }
}
