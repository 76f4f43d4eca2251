package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.carrier.World.Line;
import io.chatroom.server.facts.MemoryFacts;
import io.chatroom.server.names.Blocks;
import io.chatroom.server.names.Bots;
import io.chatroom.server.names.Entrance;
import io.chatroom.server.names.Guard;
import io.chatroom.server.names.GuardCommands;
import io.chatroom.server.names.Guests;
import io.chatroom.server.names.Owners;
import io.chatroom.server.names.People;
import io.chatroom.server.names.ReadMarks;
import io.chatroom.server.names.SeedMembers;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Nobody receives anything that they may not know, in random conversations of owners, bots, guests
 * and impostors: an operator mutes, kicks, closes and opens; people post in private, block, delete,
 * search and read history. A run is reproducible by its seed: {@code -Dlaws.seed=N} runs one,
 * {@code -Dlaws.runs=N} runs more.
 */
class HearingLawsTest {

  private static final int ROUNDS = 60;
  private static final int CONNECTIONS = 60;
  private static final List<String> ROOMS = List.of("lobby", "tea", "den");
  private static final List<String> OWNERS = List.of(HearingModel.OP, "bob", "carol");
  private static final List<String> TARGETS = List.of("bob", "carol", "gus", "gina");
  private static final List<String> ACTIONS =
      List.of(
          "mute",
          "unmute",
          "unmute",
          "kick",
          "ban",
          "unban",
          "unban",
          "close",
          "close",
          "open",
          "invite",
          "uninvite",
          "restrict",
          "unrestrict",
          "unrestrict");
  private static final List<String> ABOUT_NOBODY =
      List.of("close", "open", "restrict", "unrestrict");
  private static final List<String> FALSE_NAMES =
      List.of("alice", "ALICE", "\u0430lice", "bob", "b\u043eb", "\uff22ob", "carol", "car\u043el");
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

  private long texts;
  private long withheld;

  @Test
  @Timeout(3_600) // it waits for nothing: its runs bound it, on however busy a machine
  void nobodyReceivesWhatItMayNotKnow() {
    Long only = Long.getLong("laws.seed");
    int runs = Integer.getInteger("laws.runs", 20);
    for (long seed = only == null ? 0 : only; seed < (only == null ? runs : only + 1); seed++) {
      try (LogCapture log = new LogCapture()) {
        new Run(seed).run();
        assertThat(log.errors()).as("seed %d", seed).isEmpty();
      }
    }
    assertThat(texts).isGreaterThan(withheld);
    assertThat(withheld).isGreaterThan(runs);
  }

  /** A single run. */
  private final class Run {

    private final long seed;
    private final Random random;
    private final HearingModel model = new HearingModel(ROOMS);
    private final List<HearingPeer> peers = new ArrayList<>();
    private final MemoryWorld world;
    private int connected;

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.world = new MemoryWorld(seed, CONNECTIONS, new Limits(64, 1_000), people());
    }

    private People people() {
      MemoryFacts facts = new MemoryFacts();
      try {
        Owners owners = Owners.open(facts, InstantSource.system(), System::nanoTime, 0);
        return new People(
            owners,
            Blocks.open(facts),
            ReadMarks.open(facts, Runnable::run),
            Bots.open(facts, owners, InstantSource.system()),
            new Entrance(null, SeedMembers.AUTO, System::nanoTime),
            new Guests(true, 0, System::nanoTime),
            Guard.open(facts, InstantSource.system(), owners));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    void run() {
      try (world) {
        begin();
        Line ear = Objects.requireNonNull(world.connect());
        ear.send(TcpCarriage.frame("seed".getBytes(UTF_8)));
        for (int round = 0; round < ROUNDS; round++) {
          round(1 + random.nextInt(4), ear);
        }
      }
      texts += model.texts();
      withheld += model.withheld();
    }

    private void begin() {
      for (String name : OWNERS) {
        JsonPeer peer = new JsonPeer(world, name, "hall");
        peer.say("{'type':'claim','q':'c'}");
        peer.await(world, "'owned','q':'c'");
        String token = token(peer);
        HearingPeer owner = HearingPeer.owner(name, token);
        owned(owner, token);
        if (name.equals("bob")) {
          bot(peer, owner, "reader", false, List.of("tea"));
          bot(peer, owner, "writer", true, List.of("lobby", "den"));
        }
        peer.line.cut();
        connected++;
      }
      peers.add(HearingPeer.guest("gus"));
      peers.add(HearingPeer.guest("gina"));
      try {
        new GuardCommands(world.people).run(List.of("operator", "add", HearingModel.OP));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private void owned(HearingPeer peer, String token) {
      peers.add(peer);
      model.keepSecret(token, peer);
    }

    private void bot(
        JsonPeer peer, HearingPeer owner, String label, boolean writes, List<String> rooms) {
      peer.say(
          "{'type':'tokens','q':'%s','action':'make','label':'%s','rooms':['%s'],'scope':'%s'}"
              .formatted(label, label, String.join("','", rooms), writes ? "write" : "read"));
      peer.await(world, "'tokens','q':'" + label + "'");
      String token = token(peer);
      owned(HearingPeer.bot(owner.name(), token, writes, rooms), token);
    }

    private static String token(JsonPeer peer) {
      Matcher token = TOKEN.matcher(peer.last("\"token\""));
      assertThat(token.find()).isTrue();
      return token.group(1);
    }

    private <T> T any(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }

    private Carriage carriage() {
      return random.nextBoolean() ? new TcpCarriage() : new WebSocketCarriage(random);
    }

    private void round(int acts, Line ear) {
      peers.forEach(HearingPeer::begin);
      HearingPeer op = peers.get(0);
      if (!op.isConnected()) {
        connect(op, ROOMS);
      }
      List<Runnable> sent = new ArrayList<>();
      for (int i = 0; i < acts; i++) {
        act(any(peers), sent);
      }
      sent.forEach(Runnable::run);
      for (int i = 0; i < 30; i++) {
        world.round();
      }
      if (random.nextInt(4) == 0) {
        world.later(1_100); // presence is due
        world.round();
      }
      for (HearingPeer peer : peers) {
        for (String json : peer.hear()) {
          try {
            model.judge(peer, json);
          } catch (AssertionError wrong) {
            throw new AssertionError("seed " + seed + ", " + peer + ": " + json, wrong);
          }
        }
      }
      model.judgeSeed(new String(ear.receive(), UTF_8));
      model.end(peers);
      peers.removeIf(HearingPeer::isImpostor);
    }

    private void connect(HearingPeer peer, List<String> wishes) {
      if (connected++ < CONNECTIONS - 2) {
        peer.connect(world, carriage(), wishes);
        model.keepSecret(peer.client(), peer);
      }
    }

    /**
     * A random action, allowed or not. The model learns of effects on others before anything is
     * sent.
     */
    private void act(HearingPeer peer, List<Runnable> sent) {
      boolean isOp = peer.isWitness();
      if (!peer.isConnected()) {
        connect(peer, random.nextBoolean() ? ROOMS : List.of(any(ROOMS)));
        return;
      }
      String room = random.nextInt(4) == 0 ? "@" + any(OWNERS) : any(ROOMS);
      switch (random.nextInt(isOp ? 14 : 20)) {
        case 0, 1, 2, 3 -> sent.add(() -> peer.post(room, model.say(peer, room)));
        case 4 -> sent.add(() -> topic(peer, room));
        case 5 -> sent.add(() -> delete(peer, room));
        case 6 -> ask(peer, sent, "'history','room':'" + room + "','after':0,'limit':200");
        case 7 -> ask(peer, sent, "'search','query':'cake','limit':50");
        case 8 -> look(peer, room, sent);
        case 9, 10, 11, 12 -> order(peer, isOp, sent);
        case 13 -> block(peer, sent);
        case 14, 15, 16 -> join(peer, room, sent);
        case 17 -> ask(peer, sent, "'leave','room':'" + room + "'");
        case 18 -> pretend(sent);
        default -> peer.cut();
      }
    }

    private void ask(HearingPeer peer, List<Runnable> sent, String request) {
      sent.add(() -> peer.say("{'q':'" + peer.newQ() + "','type':" + request + "}"));
    }

    private void topic(HearingPeer peer, String room) {
      String text = model.say(peer, room);
      peer.say(
          "{'type':'topic','q':'%s','room':'%s','text':'%s'}".formatted(peer.newQ(), room, text));
    }

    private void delete(HearingPeer peer, String room) {
      int seq = 1 + random.nextInt(12);
      peer.say("{'type':'delete','q':'%s','room':'%s','seq':%d}".formatted(peer.newQ(), room, seq));
    }

    private void look(HearingPeer peer, String room, List<Runnable> sent) {
      ask(
          peer,
          sent,
          any(
              List.of(
                  "'rooms'",
                  "'members'",
                  "'members','room':'" + room + "'",
                  "'ping'",
                  "'link'",
                  peer.isOwner() ? "'claim'" : "'blocked'",
                  "'tokens','action':'list'",
                  "'read','room':'" + room + "','seq':1")));
    }

    private void join(HearingPeer peer, String room, List<Runnable> sent) {
      peer.asks(room);
      String how =
          any(List.of("", ",'last':50", ",'after':{'epoch':'other','seq':3}", ",'last':1"));
      ask(peer, sent, "'join','room':'" + room + "'" + how);
    }

    /** People without permission try it, too. */
    private void order(HearingPeer peer, boolean isOp, List<Runnable> sent) {
      String action = any(ACTIONS);
      String target = ABOUT_NOBODY.contains(action) ? null : any(TARGETS);
      boolean everywhere =
          List.of("kick", "ban", "unban").contains(action) && random.nextInt(3) == 0;
      String room = everywhere ? null : any(List.of("tea", "den"));
      if (isOp) {
        model.does(action, room, target);
      }
      ask(
          peer,
          sent,
          "'moderate','action':'"
              + action
              + (room == null ? "" : "','room':'" + room)
              + (target == null ? "'" : "','target':'" + target + "'"));
    }

    private void block(HearingPeer peer, List<Runnable> sent) {
      boolean on = random.nextInt(3) == 0;
      String name = any(OWNERS);
      if (!on) {
        model.does("unblock", peer.name(), name);
      }
      ask(peer, sent, "'block','name':'" + name + "','on':" + on);
    }

    /** An impostor connects under somebody else's name. */
    private void pretend(List<Runnable> sent) {
      String token = random.nextBoolean() ? null : "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
      HearingPeer impostor = HearingPeer.impostor(any(FALSE_NAMES), token);
      peers.add(impostor);
      impostor.begin();
      connect(impostor, ROOMS);
      ask(impostor, sent, "'history','room':'@bob','after':0,'limit':200");
    }
  }
}
