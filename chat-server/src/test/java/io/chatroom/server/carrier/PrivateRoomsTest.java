package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.facts.MemoryFacts;
import io.chatroom.server.names.Blocks;
import io.chatroom.server.names.Bots;
import io.chatroom.server.names.Entrance;
import io.chatroom.server.names.Guests;
import io.chatroom.server.names.People;
import io.chatroom.server.names.ReadMarks;
import io.chatroom.server.names.SeedMembers;
import io.chatroom.server.names.SomeOwners;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Private messages (S-17), read marks (S-30) and blocks (S-38). Eve owns no name. */
class PrivateRoomsTest {

  private final LogCapture log = new LogCapture();
  private final MemoryFacts facts = new MemoryFacts();
  private final SomeOwners owners = new SomeOwners(facts);
  private MemoryWorld world = world(1);

  private MemoryWorld world(long seed) {
    owners.restart();
    try {
      People people =
          new People(owners.owners(), Blocks.open(facts), ReadMarks.open(facts, Runnable::run));
      return new MemoryWorld(seed, 130, 1_000, new Limits(64, 4_000), Long.MAX_VALUE, people);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void claim() {
    List.of("alice", "Bob", "carol", "J. R.").forEach(owners::own);
  }

  @AfterEach
  void close() {
    world.close();
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  private JsonPeer session(String name) {
    return session(name, "");
  }

  private JsonPeer session(String name, String rooms) {
    JsonPeer peer = new JsonPeer(world);
    peer.say(hello(name, rooms));
    answers(peer);
    return peer;
  }

  private String hello(String name, String rooms) {
    String token = owners.token(name);
    return "{'type':'hello','v':2,'name':'%s','client':'%s',%s'rooms':[%s]}"
        .formatted(
            name,
            JsonPeer.client(name.toLowerCase(Locale.ROOT)),
            token.isEmpty() ? "" : "'token':'" + token + "',",
            rooms);
  }

  /** All objects received until no more arrive, with single quotes. */
  private List<String> answers(JsonPeer peer) {
    for (int i = 0; i < 40; i++) {
      world.round();
      peer.hear();
    }
    return peer.objects.stream().map(json -> json.replace('"', '\'')).toList();
  }

  /** The objects received since the last call. */
  private List<String> news(JsonPeer peer) {
    List<String> news = List.copyOf(answers(peer));
    peer.objects.clear();
    return news;
  }

  @Test
  void reachAllSessionsOfTheTwoAndNobodyElse() {
    JsonPeer alice = session("alice", "{'room':'tea'}");
    JsonPeer alicesPhone = session("ALICE");
    JsonPeer bob = session("bob");
    JsonPeer bobsPhone = session("bob", "{'room':'tea'}");
    JsonPeer carol = session("carol", "{'room':'tea'}");
    JsonPeer eve = session("eve", "{'room':'tea'}");
    List.of(alice, alicesPhone, bob, bobsPhone, carol, eve).forEach(this::news);

    alice.post("@Bob", "psst");

    assertThat(news(alice))
        .hasSize(2)
        .first()
        .asString()
        .contains("'joined','room':'@Bob','epoch'")
        .contains("'seq':0,'first':1,'count':2,'members':['")
        .contains("'alice'")
        .contains("'Bob'");
    assertThat(news(alicesPhone))
        .hasSize(2)
        .last()
        .asString()
        .contains("'message','room':'@Bob','seq':1")
        .contains("'from':'alice'");
    for (JsonPeer one : List.of(bob, bobsPhone)) {
      List<String> heard = news(one);
      assertThat(heard).hasSize(2);
      assertThat(heard.get(0)).contains("'joined','room':'@alice'").contains("'seq':0");
      assertThat(heard.get(1)).contains("'message','room':'@alice','seq':1").contains("psst");
    }
    bobsPhone.post("@alice", "yes?");
    assertThat(news(bobsPhone))
        .singleElement()
        .asString()
        .contains("'ack','id':'0','room':'@alice'");
    assertThat(news(bob)).singleElement().asString().contains("'room':'@alice','seq':2");
    assertThat(news(alice)).singleElement().asString().contains("'room':'@Bob','seq':2");
    assertThat(news(carol)).isEmpty();
    assertThat(news(eve)).isEmpty();
  }

  @Test
  void areHiddenFromOthersListsAndSearchesAndShowNobodysPresence() {
    JsonPeer carol = session("carol", "{'room':'tea'}");
    JsonPeer alice = session("alice");
    session("bob");
    alice.post("@bob", "secret plan");
    alice.say("{'type':'topic','q':'t','room':'@bob','text':'secret topic'}");
    news(alice);
    news(carol);

    carol.say("{'type':'rooms','q':'1'}");
    carol.say("{'type':'rooms','q':'2','room':'@a'}");
    carol.say("{'type':'members','q':'3'}");
    carol.say("{'type':'search','q':'4','query':'secret','limit':9}");
    carol.say("{'type':'search','q':'5','query':'secret in:@bob','limit':9}");
    carol.say("{'type':'search','q':'6','query':'secret','room':'@bob','limit':9}");
    carol.say("{'type':'history','q':'7','room':'@alice','after':0,'limit':9}");
    carol.say("{'type':'members','q':'8','room':'@alice'}");
    carol.say("{'type':'ping','q':'9'}");

    List<String> heard = news(carol);
    assertThat(heard).filteredOn(json -> json.contains("'message'")).isEmpty();
    assertThat(String.join("\n", heard))
        .doesNotContain("secret")
        .doesNotContain("~")
        .doesNotContain("'bob'")
        .contains("'q':'3','members':['carol'],'count':1}")
        .contains("'heads':{'@alice':0,'@Bob':0,'tea':0}");
    assertThat(heard.get(0)).contains("'rooms':[{'room':'tea'");
    alice.say("{'type':'members','q':'m','room':'@bob'}");
    assertThat(news(alice)).last().asString().contains("'members':['").contains("'count':2}");
    assertThat(news(alice)).noneMatch(json -> json.contains("'presence'"));
    assertThat(log.lines()).noneMatch(line -> line.contains("secret") || line.contains("~"));
  }

  @Test
  void areFoundByTheTwo() {
    JsonPeer alice = session("alice", "{'room':'tea'}");
    JsonPeer bob = session("bob", "{'room':'tea'}");
    alice.post("@bob", "the word is here");
    alice.post("tea", "another word");
    news(alice);
    news(bob);

    bob.say("{'type':'search','q':'1','query':'word','limit':9}");
    bob.say("{'type':'search','q':'2','query':'word in:@ALICE','limit':9}");
    bob.say("{'type':'search','q':'3','query':'word','room':'@alice','limit':9}");
    bob.say("{'type':'history','q':'4','room':'@alice','after':0,'limit':9}");
    bob.say("{'type':'search','q':'5','query':'word in:tea','limit':9}");

    List<String> heard = news(bob);
    assertThat(answer(heard, "1")).contains("'room':'@alice'").contains("'room':'tea'");
    assertThat(answer(heard, "2")).contains("'room':'@alice'").doesNotContain("'tea'");
    assertThat(answer(heard, "3")).contains("'room':'@alice','epoch'").contains("the word is here");
    assertThat(answer(heard, "4")).contains("'room':'@alice','epoch'").contains("the word is here");
    assertThat(answer(heard, "5")).contains("'room':'tea'").doesNotContain("@alice");
  }

  private static String answer(List<String> heard, String q) {
    return heard.stream()
        .filter(json -> json.contains("'q':'" + q + "'"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(q + " in " + heard));
  }

  @Test
  void areForOwnersOfTheirNamesOnly() {
    JsonPeer eve = session("eve", "{'room':'@alice'}");
    JsonPeer alice = session("alice");
    JsonPeer named = session("J. R.");
    JsonPeer bob = session("bob");
    eve.post("@alice", "hello");
    alice.post("@nobody", "hello");
    named.post("@alice", "hello");
    bob.say("{'type':'leave','q':'l','room':'@alice'}");

    assertThat(news(eve))
        .filteredOn(json -> json.contains("'error'"))
        .hasSize(2)
        .allMatch(json -> json.contains("'code':'forbidden'"));
    assertThat(news(alice)).last().asString().contains("'id':'0','code':'no-room','do':'ask'");
    assertThat(news(named)).last().asString().contains("'id':'0','code':'forbidden'");
    assertThat(news(bob)).last().asString().contains("'not-joined'");
  }

  /** Reading a private room does not notify the other person. */
  @Test
  void areJoinedOnlyAfterTheFirstPost() {
    JsonPeer bob = session("bob");
    JsonPeer alice = session("alice", "{'room':'@bob'}");
    news(bob);
    assertThat(news(alice)).last().asString().contains("'joined','room':'@Bob'");

    assertThat(news(bob)).isEmpty();
    assertThat(news(session("bob"))).singleElement().asString().contains("'welcome'");
  }

  @Test
  void areResumedWhereASessionWas() {
    JsonPeer alice = session("alice");
    alice.post("@bob", "one");
    alice.post("@bob", "two");
    String epoch = news(alice).get(1).replaceFirst(".*'epoch':'([^']*)'.*", "$1");

    JsonPeer bob = session("bob", "{'room':'@alice','after':{'epoch':'" + epoch + "','seq':1}}");
    List<String> heard = news(bob);
    assertThat(heard).hasSize(3);
    assertThat(heard.get(1)).contains("'room':'@alice'").contains("'resume':'complete'");
    assertThat(heard.get(2)).contains("'message','room':'@alice','seq':2").contains("two");
    assertThat(news(session("bob", "{'room':'@alice','last':2}"))).hasSize(4);
    assertThat(news(session("bob")))
        .hasSize(2)
        .last()
        .asString()
        .contains("'joined','room':'@alice'")
        .contains("'seq':2,'first':1");
  }

  /** A session that leaves receives nothing more until the next post. */
  @Test
  void comeBackWithTheNextPost() {
    JsonPeer alice = session("alice");
    JsonPeer bob = session("bob");
    alice.post("@bob", "one");
    news(bob);
    bob.say("{'type':'leave','q':'l','room':'@alice'}");
    assertThat(news(bob)).last().asString().contains("'left','q':'l','room':'@alice'");
    alice.post("@bob", "two");

    assertThat(news(bob))
        .hasSize(2)
        .first()
        .asString()
        .contains("'joined','room':'@alice'")
        .contains("'seq':1,");
  }

  @Test
  void areNotesToOneselfUnderOnesOwnName() {
    JsonPeer alice = session("alice");
    JsonPeer phone = session("alice");
    JsonPeer bob = session("bob");
    List.of(alice, phone, bob).forEach(this::news);
    alice.post("@alice", "buy milk");

    assertThat(news(alice)).first().asString().contains("'count':1,'members':['alice']");
    assertThat(news(phone)).last().asString().contains("'message','room':'@alice','seq':1");
    assertThat(news(bob)).isEmpty();
  }

  /** One owner cannot use up all private rooms of a server. */
  @Test
  void countTowardsTheHourlyLimitOfNewRooms() throws IOException {
    world.close();
    owners.restart();
    Guests guests = new Guests(true, 2, () -> 0);
    People people =
        new People(
            owners.owners(),
            Blocks.open(facts),
            ReadMarks.open(facts, Runnable::run),
            Bots.open(facts, owners.owners(), InstantSource.system()),
            new Entrance(null, SeedMembers.AUTO, System::nanoTime),
            guests);
    world = new MemoryWorld(1, 130, 1_000, new Limits(64, 4_000), Long.MAX_VALUE, people);
    JsonPeer alice = session("alice");
    JsonPeer bob = session("bob", "{'room':'tea'}");
    alice.post("@bob", "one");
    alice.post("@carol", "two");
    alice.post("@alice", "three");
    alice.post("@bob", "four");
    bob.post("@alice", "it is there");

    assertThat(news(alice))
        .anyMatch(json -> json.contains("it is there"))
        .filteredOn(json -> json.contains("'error'"))
        .singleElement()
        .asString()
        .contains("'code':'rate'");
    assertThat(news(bob)).noneMatch(json -> json.contains("'error'"));
  }

  /** The new owner of a name receives none of the former owner's messages. */
  @Test
  void endWithTheOwnership() {
    JsonPeer alice = session("alice");
    JsonPeer bob = session("bob");
    alice.post("@bob", "for the old bob");
    bob.say("{'type':'read','room':'@alice','seq':1}");
    news(alice);
    news(bob);
    owners.free("bob");
    alice.post("@bob", "to nobody");
    bob.post("@alice", "from nobody");
    bob.say("{'type':'block','q':'b'}");
    bob.say("{'type':'read','room':'@alice','seq':1}");
    assertThat(news(alice)).singleElement().asString().contains("'no-room'");
    assertThat(news(bob)).hasSize(3).allMatch(json -> json.contains("'forbidden'"));

    bob.line.cut();
    owners.own("bob");
    JsonPeer another = session("bob", "{'room':'@alice','last':100}");
    another.say("{'type':'history','q':'h','room':'@alice','before':99,'limit':9}");
    another.say("{'type':'search','q':'s','query':'old','limit':9}");
    assertThat(String.join("\n", news(another)))
        .contains("'seq':0,'first':1")
        .doesNotContain("old bob")
        .doesNotContain("'read':");
    another.post("@alice", "here I am");
    List<String> heard = news(alice);
    assertThat(heard.get(0)).contains("'left','room':'@Bob'");
    assertThat(heard.get(1)).contains("'joined','room':'@bob'").contains("'seq':0");
    assertThat(heard.get(2)).contains("'message','room':'@bob','seq':1").contains("here I am");
  }

  /** A session that still uses a name of another owner gets no token and no code. */
  @Test
  void giveAFormerOwnerNothingOfTheNextOne() {
    JsonPeer bob = session("bob", "{'room':'tea'}");
    news(bob);
    owners.own("Bob");
    for (String ask : List.of("'claim'", "'link'", "'tokens','action':'list'", "'block'")) {
      bob.say("{'q':'q','type':%s}".formatted(ask));
      assertThat(news(bob)).as(ask).singleElement().asString().contains("'error','q':'q'");
    }
    bob.post("tea", "still here");
    answers(bob);
    bob.say("{'type':'history','q':'h','room':'tea','before':9,'limit':9}");
    assertThat(news(bob)).last().asString().contains("still here").doesNotContain("'owned'");
  }

  /**
   * Both sides post while more sessions connect: each session receives each message exactly once.
   */
  @Test
  void losePostsForNoSessionThatConnectsMeanwhile() {
    for (int seed = 2; seed < 22; seed++) {
      world.close();
      world = world(seed);
      Random random = new Random(seed);
      List<JsonPeer> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        all.add(hello(i % 2 == 0 ? "alice" : "bob"));
      }
      int said = 0;
      for (int i = 0; i < 20; i++) {
        if (random.nextInt(5) == 0) {
          all.add(hello(random.nextBoolean() ? "alice" : "bob"));
        } else {
          int who = random.nextInt(2);
          all.get(who).post(who == 0 ? "@bob" : "@alice", "text " + said++ + ".");
        }
        if (random.nextInt(3) == 0) {
          world.pump();
        }
      }
      all.forEach(this::answers);
      for (JsonPeer one : all) {
        List<String> heard = answers(one);
        List<Long> seqs = new ArrayList<>();
        long from = -1;
        for (String json : heard) {
          if (json.contains("'joined'")) {
            assertThat(from).as("one joined in %s", heard).isEqualTo(-1);
            from = seq(json);
          } else if (json.contains("'message'") || json.contains("'ack'")) {
            seqs.add(seq(json));
          }
        }
        assertThat(seqs).as("seed %s: %s", seed, heard).hasSize((int) (said - from));
        for (int i = 0; i < seqs.size(); i++) {
          assertThat(seqs.get(i)).as("seed %s: %s", seed, heard).isEqualTo(from + 1 + i);
        }
      }
    }
  }

  /** Sends a hello, and does not wait for the answer. */
  private JsonPeer hello(String name) {
    JsonPeer peer = new JsonPeer(world);
    peer.say(hello(name, ""));
    return peer;
  }

  private static long seq(String json) {
    return Long.parseLong(json.replaceFirst(".*'seq':(\\d+).*", "$1"));
  }

  @Test
  void areLimitedPerSessionAndTheQuietestIsLeft() {
    JsonPeer alice = session("alice", "{'room':'tea'}");
    news(alice);
    for (int i = 0; i <= 101; i++) {
      owners.own("friend" + i);
      alice.post("@friend" + i, "hello");
    }
    List<String> heard = news(alice);
    assertThat(heard).filteredOn(json -> json.contains("'ack'")).hasSize(102);
    assertThat(heard.stream().filter(json -> json.contains("'left'")))
        .hasSize(2)
        .first()
        .asString()
        .contains("'left','room':'@friend0'");
    JsonPeer again = session("alice", "{'room':'tea'}");
    assertThat(news(again))
        .filteredOn(json -> json.contains("'joined','room':'@"))
        .hasSize(100)
        .noneMatch(json -> json.contains("'@friend1'"));
    again.say("{'type':'history','q':'h','room':'@friend1','before':9,'limit':9}");
    assertThat(news(again)).last().asString().contains("'page','q':'h','room':'@friend1'");
    JsonPeer friend = session("friend0");
    friend.post("@alice", "still there?");
    assertThat(news(again))
        .filteredOn(json -> json.contains("friend0"))
        .extracting(json -> json.replaceFirst(",'epoch.*|,'at.*", ""))
        .containsExactly(
            "{'type':'joined','room':'@friend0'", "{'type':'message','room':'@friend0','seq':2");
  }

  // ---- blocks

  @Test
  void takeNoPostsFromTheBlocked() {
    JsonPeer alice = session("alice");
    JsonPeer phone = session("alice");
    JsonPeer bob = session("bob");
    bob.post("@alice", "hello");
    List.of(alice, phone, bob).forEach(this::news);

    alice.say("{'type':'block','q':'1','name':'BOB'}");
    assertThat(news(alice)).containsExactly("{'type':'blocked','q':'1','names':['BOB']}");
    assertThat(news(phone)).containsExactly("{'type':'blocked','names':['BOB']}");
    bob.post("@alice", "please");
    bob.say("{'type':'topic','q':'t','room':'@alice','text':'please'}");
    assertThat(news(bob))
        .hasSize(2)
        .allMatch(json -> json.contains("'forbidden'"))
        .first()
        .asString()
        .contains("alice does not accept private messages from you.");
    alice.post("@bob", "no");
    assertThat(news(alice)).singleElement().asString().contains("You have blocked Bob");
    assertThat(news(phone)).isEmpty();

    world.close();
    world = world(2); // the block is kept
    JsonPeer later = session("alice");
    later.say("{'type':'block','q':'2'}");
    assertThat(news(later)).last().asString().contains("'q':'2','names':['BOB']");
    later.say("{'type':'block','q':'3','name':'bob','on':false}");
    later.say("{'type':'block','q':'4','name':'alice'}");
    later.say("{'type':'block','q':'5','name':'" + "x".repeat(65) + "'}");
    assertThat(news(later))
        .hasSize(3)
        .anyMatch(json -> json.contains("'q':'3','names':[]"))
        .anyMatch(json -> json.contains("'q':'4','code':'forbidden'"))
        .anyMatch(json -> json.contains("'q':'5','code':'forbidden'"));
    later.post("@bob", "welcome back");
    assertThat(news(later)).last().asString().contains("'ack'");
    JsonPeer eve = session("eve");
    eve.say("{'type':'block','q':'6','name':'bob'}");
    assertThat(news(eve)).last().asString().contains("'q':'6','code':'forbidden'");
  }

  @Test
  void limitBlocksToWhatFitsIntoOneObject() {
    JsonPeer alice = session("alice");
    for (int i = 0; i <= 200; i++) {
      alice.say("{'type':'block','q':'" + i + "','name':'x" + i + "'}");
    }
    assertThat(news(alice))
        .hasSize(202)
        .filteredOn(json -> json.contains("'forbidden'"))
        .singleElement()
        .asString()
        .contains("'q':'200'");
  }

  // ---- what was read

  @Test
  void shareReadMarksBetweenTheSessionsOfAName() {
    JsonPeer alice = session("alice", "{'room':'tea'}");
    JsonPeer phone = session("alice");
    JsonPeer bob = session("bob", "{'room':'tea'}");
    for (int i = 0; i < 5; i++) {
      alice.post("tea", "text");
    }
    bob.post("@alice", "psst");
    List.of(alice, phone, bob).forEach(this::news);

    alice.say("{'type':'read','room':'TEA','seq':3}");
    alice.say("{'type':'read','room':'@bob','seq':9}");
    assertThat(news(alice))
        .containsExactly(
            "{'type':'read','room':'tea','seq':3}", "{'type':'read','room':'@Bob','seq':1}");
    assertThat(news(phone))
        .containsExactly(
            "{'type':'read','room':'tea','seq':3}", "{'type':'read','room':'@Bob','seq':1}");
    assertThat(news(bob)).isEmpty();
    alice.say("{'type':'read','room':'tea','seq':2}");
    assertThat(news(alice)).containsExactly("{'type':'read','room':'tea','seq':3}");
    assertThat(news(phone)).isEmpty();
    JsonPeer again = session("alice", "{'room':'tea'},{'room':'@bob'}");
    assertThat(news(again))
        .filteredOn(json -> json.contains("'joined'"))
        .hasSize(2)
        .anyMatch(json -> json.contains("'room':'tea'") && json.contains("'read':3"))
        .anyMatch(json -> json.contains("'room':'@Bob'") && json.contains("'read':1"));

    JsonPeer eve = session("eve", "{'room':'tea'}");
    eve.say("{'type':'read','room':'tea','seq':1}");
    alice.say("{'type':'read','room':'attic','seq':1}");
    assertThat(news(eve)).last().asString().contains("'error','room':'tea','code':'forbidden'");
    assertThat(news(alice))
        .last()
        .asString()
        .contains("'error','room':'attic','code':'not-joined'");
  }
}
