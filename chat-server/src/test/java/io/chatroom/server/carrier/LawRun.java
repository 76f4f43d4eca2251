package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromClient.Side;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.carrier.World.Line;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One random conversation of sessions and seed members, whose every object is held against the laws
 * of SESSIONS.md (S-50 to S-56) when it comes.
 *
 * <p>An observer is in all rooms from the beginning and reads always: what it hears is the order.
 * Everybody else comes, goes, breaks off at any byte, stops reading, resumes from what a client
 * would have kept, and posts again what was not answered.
 */
final class LawRun {

  private static final List<String> ROOMS = List.of("lobby", "tea", "attic");
  private static final List<Side> SIDES = List.of(Side.values());
  private static final int PEOPLE = 5;
  private static final int EXACTLY = 11;
  private static final int SEEDS = 2;

  /** How many steps there are between two restarts, where there are any. */
  private static final int RESTARTS = 300;

  /** How often the world is pumped until something that is due has to have come. */
  private static final int PATIENCE = 200_000;

  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final String seed;
  private final Random random;
  private final World world;
  private final Carriage carriage;
  private final int historyMessages;
  private final int longest;

  /** What stands where, by room, as whoever heard it first was told. */
  private final Map<String, TreeMap<Long, Said>> order = new HashMap<>();

  /** Rooms and numbers that were acknowledged to their authors; each can be once. */
  private final Set<String> acknowledged = new HashSet<>();

  private final List<Gone> lagged = new ArrayList<>();
  private final Person observer;
  private final List<Person> people = new ArrayList<>();
  private final List<SeedPerson> seeds = new ArrayList<>();
  private int texts;

  private record Said(String from, @Nullable String text, long at, boolean message) {}

  /** What a gap that lagged told. */
  private record Gone(String room, long to) {}

  LawRun(long seed, World world, Carriage carriage, int historyMessages, int longest) {
    this.seed = "seed " + seed;
    this.random = new Random(seed);
    this.world = world;
    this.carriage = carriage;
    this.historyMessages = historyMessages;
    this.longest = longest;
    ROOMS.forEach(room -> order.put(room, new TreeMap<>()));
    observer = new Person("observer", new Client("f".repeat(32)));
    observer.rooms.addAll(ROOMS);
  }

  /** Does so many random things, then lets everything settle, and looks back. */
  void run(int steps) {
    observer.connect();
    until("the observer is in all rooms", () -> observer.heard.size() == ROOMS.size());
    Client twins = new Client("a".repeat(32));
    for (int i = 0; i < PEOPLE; i++) {
      Client client =
          i < 2 ? twins : new Client(Integer.toHexString(i).repeat(32).substring(0, 32));
      people.add(new Person(i < 2 ? "twin" : "person" + i, client));
    }
    for (int i = 0; i < SEEDS; i++) {
      seeds.add(new SeedPerson("seed" + i));
    }
    for (int i = 0; i < steps; i++) {
      if (random.nextInt(6) == 0) {
        seeds.get(random.nextInt(SEEDS)).talk();
      } else {
        people.get(random.nextInt(PEOPLE)).act();
      }
      if (world.canRestart() && random.nextInt(RESTARTS) == 0) {
        restart();
      }
      if (random.nextInt(3) > 0) {
        pump();
      }
    }
    nobodyWaits();
    settle();
    lookBack();
    drain();
  }

  /** The server ends and begins again. All connections break off, and the observer comes back. */
  private void restart() {
    world.restart();
    people.forEach(Person::gone);
    seeds.forEach(SeedPerson::comeBack);
    observer.gone();
    observer.connect();
    until("the observer is back", () -> observer.heard.size() == ROOMS.size());
  }

  // ---- time

  private void pump() {
    world.pump();
    observer.hear();
    people.forEach(Person::hear);
    seeds.forEach(SeedPerson::hear);
  }

  private interface Condition {
    boolean holds();
  }

  private void until(String what, Condition condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    for (int i = 0; !condition.holds(); i++) {
      assertThat(i < PATIENCE || System.nanoTime() < deadline).as("%s: %s", seed, what).isTrue();
      pump();
    }
  }

  /** S-56: those who do not read stay as they are, and all others get what is theirs. */
  private void nobodyWaits() {
    observer.post("lobby", text());
    List<Person> readers = people.stream().filter(person -> !person.stuck).toList();
    readers.forEach(Person::ping);
    observer.ping();
    until(
        "those who read are answered while others do not",
        () -> observer.isAnswered() && readers.stream().allMatch(Person::isAnswered));
  }

  private void settle() {
    people.forEach(Person::unstick);
    until(
        "everybody is answered",
        () -> observer.isAnswered() && people.stream().allMatch(Person::isAnswered));
    observer.ping();
    until("the observer has everything", observer::isAnswered);
    for (String room : ROOMS) {
      long newest = observer.heardOf(room).next - 1;
      until(
          "everybody hears all of " + room,
          () ->
              people.stream()
                  .filter(person -> person.line != null && person.heard.containsKey(room))
                  .allMatch(person -> person.heardOf(room).next - 1 >= newest));
    }
    people.forEach(Person::ping);
    observer.ping();
    until(
        "the last pings are answered",
        () -> observer.isAnswered() && people.stream().allMatch(Person::isAnswered));
  }

  /** What can be told only when all is known. */
  private void lookBack() {
    for (Map.Entry<String, TreeMap<Long, Said>> room : order.entrySet()) {
      TreeMap<Long, Said> all = room.getValue();
      if (!all.isEmpty()) {
        assertThat(all.lastKey()).as("%s, %s is dense", seed, room).isEqualTo(all.size());
      }
      long at = 0;
      Map<String, Long> seqs = new HashMap<>();
      for (Map.Entry<Long, Said> one : all.entrySet()) {
        assertThat(one.getValue().at)
            .as("%s, times have the order", seed)
            .isGreaterThanOrEqualTo(at);
        at = one.getValue().at;
        String text = one.getValue().text;
        if (text != null && one.getValue().message && text.startsWith("P")) {
          Long before = seqs.put(text, one.getKey());
          assertThat(before == null || before < one.getKey() - historyMessages)
              .as("%s, S-55: %s stands at %s and %s", seed, text, before, one.getKey())
              .isTrue();
        }
      }
    }
    for (Gone gone : lagged) {
      long newest = heardBy(order, gone.room).size();
      assertThat(gone.to)
          .as("%s, a gap tells what is gone from %s of %s", seed, gone.room, newest)
          .isLessThanOrEqualTo(newest - historyMessages);
    }
    until("seed members hear the end", () -> seeds.stream().allMatch(SeedPerson::hasHeardAll));
    seeds.forEach(SeedPerson::judge);
  }

  /** S-65: what was accepted is answered, then comes the goodbye. */
  private void drain() {
    people.forEach(person -> person.draining = true);
    observer.draining = true;
    if (!world.stop()) {
      return;
    }
    until(
        "everybody is told goodbye",
        () -> observer.line == null && people.stream().allMatch(person -> person.line == null));
  }

  private static <T> T heardBy(Map<String, T> map, String room) {
    return Objects.requireNonNull(map.get(room), room);
  }

  private String text() {
    String text = "P" + texts++ + " é\"";
    int kind = random.nextInt(40);
    if (kind == 0) {
      return text + "x".repeat(longest - 20);
    }
    return kind == 1 ? text + "\u0001".repeat(longest - 20) : text;
  }

  /** Two accounts of one number agree. */
  private void stands(String room, long seq, Said said) {
    Said before = heardBy(order, room).putIfAbsent(seq, said);
    if (before != null) {
      assertThat(said).as("%s, one order: %s of %s", seed, seq, room).isEqualTo(before);
    }
  }

  // ---- sessions

  /** What one client keeps, whichever of its sessions it is. */
  private static final class Client {
    final String secret;
    final List<FromClient.Post> posted = new ArrayList<>();

    Client(String secret) {
      this.secret = secret;
    }
  }

  /** How much of a room a connection has heard. */
  private static final class Heard {
    final String epoch;
    final long joinedAt;
    final boolean mayBeGone;
    long next;
    boolean leaving;

    Heard(String epoch, long joinedAt, long next, boolean mayBeGone) {
      this.epoch = epoch;
      this.joinedAt = joinedAt;
      this.next = next;
      this.mayBeGone = mayBeGone;
    }
  }

  private final class Person {

    final String name;
    final Client client;
    final Set<String> rooms = new HashSet<>();

    // What outlives a connection.
    final Map<String, Position> kept = new HashMap<>();
    final LinkedHashMap<String, FromClient.Post> unanswered = new LinkedHashMap<>();

    // Of this connection.
    @Nullable Line line;
    Carriage.Unwrapper unwrapper = carriage.unwrapper();
    final Map<String, Heard> heard = new HashMap<>();

    /** By room, what its next joined answers. */
    final Map<String, List<FromClient.Join>> joins = new HashMap<>();

    final Map<String, List<FromClient.Post>> asked = new HashMap<>();
    final Map<String, FromClient> questions = new HashMap<>();

    /** Posts that were repeated though their room was not asked for. */
    final Set<String> unwanted = new HashSet<>();

    int events;
    boolean welcome;
    boolean finishing;
    boolean stuck;
    boolean draining;
    boolean goodbye;
    int ids;

    Person(String name, Client client) {
      this.name = name;
      this.client = client;
    }

    Heard heardOf(String room) {
      return heardBy(heard, room);
    }

    boolean isAnswered() {
      return line == null
          || (!finishing
              && welcome
              && asked.isEmpty()
              && questions.isEmpty()
              && joins.isEmpty()
              && events == 0);
    }

    void act() {
      if (line == null) {
        if (random.nextInt(3) == 0) {
          connect();
        }
        return;
      }
      if (finishing) {
        return;
      }
      String room = ROOMS.get(random.nextInt(ROOMS.size()));
      switch (random.nextInt(24)) {
        case 0, 1 -> join(room);
        case 2 -> leave(room);
        case 3 -> topic(room);
        case 4 -> ping();
        case 5, 6 -> history(room);
        case 7 -> again();
        case 8 -> {
          if (!stuck) {
            stuck = true;
            line.stick();
          }
        }
        case 9, 10 -> unstick();
        case 11 -> {
          if (random.nextInt(4) == 0) {
            breakOff();
          }
        }
        case 12 -> {
          if (random.nextInt(6) == 0) {
            finish();
          }
        }
        default -> {
          for (int i = 1 + random.nextInt(5); i > 0; i--) {
            post(room, text());
          }
        }
      }
    }

    void unstick() {
      if (stuck && line != null) {
        line.unstick();
      }
      stuck = false;
    }

    void connect() {
      line = world.connect();
      if (line == null) {
        return;
      }
      unwrapper = carriage.unwrapper();
      List<FromClient.Wish> wishes = new ArrayList<>();
      for (String room : rooms) {
        FromClient.Join join = start(room);
        joins.computeIfAbsent(room, key -> new ArrayList<>()).add(join);
        wishes.add(new FromClient.Wish(join.room(), join.after(), join.last()));
      }
      line.send(carriage.opening());
      say(new FromClient.Hello(name, client.secret, null, null, "laws", wishes));
      for (FromClient.Post post : List.copyOf(unanswered.values())) {
        if (!rooms.contains(post.room().key())) {
          unwanted.add(post.id());
        }
        ask(post); // S-73
      }
    }

    /** From where it goes on; a program may also have forgotten, or mistake another log for it. */
    private FromClient.Join start(String room) {
      Position from = kept.get(room);
      int way = this == observer ? EXACTLY : random.nextInt(12);
      RoomName named = RoomName.of(random.nextBoolean() ? room : room.toUpperCase(Locale.ROOT));
      if (way == 0) {
        return new FromClient.Join(null, named, null, (long) random.nextInt(20));
      }
      if (way == 1) {
        return new FromClient.Join(null, named, new Position("another", 3), null);
      }
      return new FromClient.Join(null, named, way == 2 ? null : from, null);
    }

    private void say(FromClient object) {
      Objects.requireNonNull(line).send(wire(object));
    }

    private byte[] wire(FromClient object) {
      ByteBuf json = Unpooled.buffer();
      SessionJson.write(object, json);
      return carriage.wrap(ByteBufUtil.getBytes(json));
    }

    private void join(String room) {
      rooms.add(room);
      FromClient.Join join = start(room);
      joins.computeIfAbsent(room, key -> new ArrayList<>()).add(join);
      say(join);
    }

    private void leave(String room) {
      Heard there = heard.get(room);
      if (there == null || there.leaving || joins.containsKey(room) || this == observer) {
        return;
      }
      there.leaving = true;
      rooms.remove(room);
      say(new FromClient.Leave(null, RoomName.of(room)));
    }

    private boolean isIn(String room) {
      Heard there = heard.get(room);
      return there != null && !there.leaving;
    }

    void post(String room, String text) {
      if (isIn(room)) {
        String id = name + "-" + client.posted.size() + "-" + ids++;
        FromClient.Post post = new FromClient.Post(id, RoomName.of(room), text, null);
        client.posted.add(post);
        ask(post);
      }
    }

    private void ask(FromClient.Post post) {
      asked.computeIfAbsent(post.id(), key -> new ArrayList<>()).add(post);
      unanswered.putIfAbsent(post.id(), post);
      say(post);
    }

    /** The same post once more, or its id for another. */
    private void again() {
      if (client.posted.isEmpty()) {
        return;
      }
      FromClient.Post post = client.posted.get(random.nextInt(client.posted.size()));
      if (isIn(post.room().key()) && !asked.containsKey(post.id())) {
        boolean other = random.nextInt(4) == 0;
        ask(other ? new FromClient.Post(post.id(), post.room(), "Q" + texts++, null) : post);
      }
    }

    private void topic(String room) {
      if (isIn(room)) {
        events++;
        say(new FromClient.Topic("t", RoomName.of(room), name + " " + texts++));
      }
    }

    void ping() {
      if (line != null && !finishing) {
        ask(new FromClient.Ping("p" + ids++));
      }
    }

    private void ask(FromClient.Ping ping) {
      questions.put("" + ping.q(), ping);
      say(ping);
    }

    private void history(String room) {
      if (isIn(room)) {
        Side side = SIDES.get(random.nextInt(SIDES.size()));
        int seq = random.nextInt(2 + heardBy(order, room).size());
        FromClient.History asks =
            new FromClient.History(
                "h" + ids++, RoomName.of(room), side, seq, 1 + random.nextInt(20));
        questions.put(asks.q(), asks);
        say(asks);
      }
    }

    /** At any byte of an object. */
    private void breakOff() {
      byte[] last = wire(new FromClient.Ping("cut"));
      Objects.requireNonNull(line).send(Arrays.copyOf(last, random.nextInt(last.length)));
      if (random.nextBoolean()) {
        pump();
      }
      if (line != null) {
        hear();
      }
      if (line != null) {
        line.cut();
        gone();
      }
    }

    private void finish() {
      unstick();
      finishing = true;
      if (random.nextBoolean()) {
        say(new FromClient.Bye());
      } else {
        Objects.requireNonNull(line).endOutput();
      }
    }

    private void gone() {
      line = null;
      heard.clear();
      joins.clear();
      asked.clear();
      questions.clear();
      unwanted.clear();
      events = 0;
      welcome = false;
      finishing = false;
      stuck = false;
      goodbye = false;
    }

    void hear() {
      if (line == null || stuck) {
        return;
      }
      for (byte[] json : unwrapper.unwrap(line.receive())) {
        assertThat(goodbye).as("%s, %s: %s behind bye", seed, name, shown(json)).isFalse();
        try {
          hear(SessionJson.readServer(Unpooled.wrappedBuffer(json)));
        } catch (BadObjectException | AssertionError wrong) {
          throw new AssertionError(
              seed + ", " + name + " of " + client.secret.charAt(0) + ": " + cut(shown(json)),
              wrong);
        }
      }
      if (line.hasEnded()) {
        assertThat(finishing || goodbye).as("%s, %s was put out", seed, name).isTrue();
        assertThat(asked.isEmpty() && events == 0)
            .as("%s, %s: all is answered before the end: %s", seed, name, asked)
            .isTrue();
        line.cut();
        gone();
      }
    }

    private static String shown(byte[] json) {
      return new String(json, UTF_8);
    }

    private static String cut(String text) {
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
            message.room().key(),
            message.seq(),
            new Said(message.from(), message.text(), message.at(), true));
      } else if (object instanceof FromServer.Event event) {
        counts(event.room(), event.seq());
        stands(
            event.room().key(), event.seq(), new Said(event.by(), event.text(), event.at(), false));
        if (event.by().equals(name) && events > 0) {
          events--;
        }
      } else if (object instanceof FromServer.Ack ack) {
        ack(ack);
      } else if (object instanceof FromServer.Gap gap) {
        gap(gap);
      } else if (object instanceof FromServer.Left left) {
        Heard there = heard.remove(left.room().key());
        assertThat(there != null && there.leaving).isTrue();
      } else if (object instanceof FromServer.Pong pong) {
        assertThat(questions.remove(pong.q())).isNotNull();
        Map<String, Long> expected = new HashMap<>();
        heard.forEach((room, there) -> expected.put(room, there.next - 1));
        Map<String, Long> heads = new HashMap<>();
        pong.heads().forEach((room, head) -> heads.put(room.key(), head));
        assertThat(heads).as("S-62").isEqualTo(expected);
      } else if (object instanceof FromServer.Page page) {
        page(page);
      } else if (object instanceof FromServer.Error error) {
        error(error);
      } else if (object instanceof FromServer.Bye bye) {
        assertThat(bye.code()).isEqualTo("draining");
        assertThat(draining).isTrue();
        goodbye = true;
      } else {
        assertThat(object).isInstanceOf(FromServer.Presence.class);
      }
    }

    private void joined(FromServer.Joined joined) {
      String room = joined.room().key();
      FromClient.Join join = nextJoin(room);
      if (heard.containsKey(room)) {
        assertThat(joined.resume()).isNull();
        return;
      }
      Position after = join.after();
      long next;
      boolean gap = false;
      if (after == null) {
        assertThat(joined.resume()).isNull();
        next =
            join.last() == null
                ? joined.seq() + 1
                : Math.max(joined.first(), joined.seq() + 1 - join.last());
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
      heard.put(room, new Heard(joined.epoch(), joined.seq(), next, gap));
      keep(room);
    }

    private FromClient.Join nextJoin(String room) {
      List<FromClient.Join> waiting = heardBy(joins, room);
      FromClient.Join join = waiting.remove(0);
      if (waiting.isEmpty()) {
        joins.remove(room);
      }
      return join;
    }

    private void keep(String room) {
      Heard there = heardOf(room);
      kept.put(room, new Position(there.epoch, there.next - 1));
    }

    private void counts(RoomName room, long seq) {
      Heard there = heardOf(room.key());
      assertThat(seq).as("S-50, the next of %s", room.text()).isEqualTo(there.next);
      there.next++;
      keep(room.key());
    }

    private void gap(FromServer.Gap gap) {
      Heard there = heardOf(gap.room().key());
      assertThat(gap.from()).as("S-51, a gap begins where it was").isEqualTo(there.next);
      if (gap.why().equals(FromServer.Gap.LAGGED)) {
        lagged.add(new Gone(gap.room().key(), gap.to()));
      } else {
        assertThat(there.mayBeGone).as("S-51, a gap that resume told").isTrue();
        assertThat(gap.why()).isIn(FromServer.Gap.RETENTION, FromServer.Gap.EPOCH);
      }
      there.next = gap.to() + 1;
      keep(gap.room().key());
    }

    private void ack(FromServer.Ack ack) {
      String room = ack.room().key();
      if (!ack.duplicate()) {
        counts(ack.room(), ack.seq());
        assertThat(ack.seq())
            .as("S-50, what an earlier connection posted comes as a message")
            .isGreaterThan(heardOf(room).joinedAt);
        assertThat(acknowledged.add(room + " " + ack.seq())).as("one author").isTrue();
      }
      List<FromClient.Post> waiting = heardBy(asked, ack.id());
      FromClient.Post post = waiting.remove(0);
      if (waiting.isEmpty()) {
        asked.remove(ack.id());
      }
      unanswered.remove(ack.id());
      assertThat(post.room().key()).isEqualTo(room);
      Said there = heardBy(order, room).get(ack.seq());
      if (there != null || !ack.duplicate()) {
        stands(room, ack.seq(), new Said(name, post.text(), ack.at(), true));
      }
    }

    private void error(FromServer.Error error) {
      RoomName room = error.room();
      if (room != null) { // it was about to leave it
        assertThat(error.code()).isEqualTo("busy");
        assertThat(heardOf(room.key()).leaving).isTrue();
        nextJoin(room.key());
        rooms.remove(room.key());
        return;
      }
      String id = Objects.requireNonNull(error.id(), error.text());
      List<FromClient.Post> waiting = heardBy(asked, id);
      FromClient.Post post = waiting.remove(0);
      if (waiting.isEmpty()) {
        asked.remove(id);
      }
      unanswered.remove(id);
      if (error.code().equals("not-joined")) {
        assertThat(unwanted).contains(id);
      } else {
        assertThat(error.code()).isEqualTo("id-reused");
        FromClient.Post first =
            client.posted.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
        assertThat(post.text().startsWith("Q") || !first.equals(post) || isTaken()).isTrue();
      }
    }

    /** Once the first was forgotten, another text may have taken its id. */
    private boolean isTaken() {
      return order.values().stream()
          .flatMap(all -> all.values().stream())
          .anyMatch(said -> said.text != null && said.text.startsWith("Q"));
    }

    private void page(FromServer.Page page) {
      FromClient.History asks = (FromClient.History) questions.remove(page.q());
      assertThat(asks).isNotNull();
      String room = asks.room().key();
      assertThat(page.room()).isNotNull();
      assertThat(page.messages().size()).isLessThanOrEqualTo(asks.limit());
      long last = 0;
      for (Entry entry : page.messages()) {
        assertThat(last == 0 || entry.seq() == last + 1).as("a page has no hole").isTrue();
        last = entry.seq();
        if (entry instanceof FromServer.Message message) {
          stands(room, last, new Said(message.from(), message.text(), message.at(), true));
        } else if (entry instanceof FromServer.Event event) {
          stands(room, last, new Said(event.by(), event.text(), event.at(), false));
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

  // ---- seed members

  private final class SeedPerson {

    final String name;
    final List<String> heard = new ArrayList<>();
    Line line;
    Carriage.Unwrapper frames = new TcpCarriage().unwrapper();
    @Nullable String from;

    SeedPerson(String name) {
      this.name = name;
      line = connect();
    }

    /** What it heard before is behind it: nobody tells it what it missed. */
    void comeBack() {
      heard.clear();
      from = null;
      frames = new TcpCarriage().unwrapper();
      line = connect();
    }

    private Line connect() {
      Line line = Objects.requireNonNull(world.connect());
      line.send(TcpCarriage.frame(name.getBytes(UTF_8)));
      return line;
    }

    void talk() {
      String text = "S" + texts++;
      line.send(TcpCarriage.frame(text.getBytes(UTF_8)));
    }

    void hear() {
      for (byte[] frame : frames.unwrap(line.receive())) {
        String text = new String(frame, UTF_8);
        if (from == null) {
          from = text;
        } else {
          heard.add(from + ": " + text);
          from = null;
        }
      }
    }

    private List<String> due() {
      return heardBy(order, "lobby").values().stream()
          .filter(said -> said.message && !said.from.equals(name))
          .map(said -> said.from + ": " + said.text)
          .toList();
    }

    boolean hasHeardAll() {
      List<String> due = due();
      return !heard.isEmpty()
          && heard.get(heard.size() - 1).equals(due.get(due.size() - 1))
          && heard.size() <= due.size();
    }

    void judge() {
      List<String> due = due();
      assertThat(heard)
          .as("%s, %s hears the same order", seed, name)
          .isEqualTo(due.subList(due.size() - heard.size(), due.size()));
    }
  }
}
