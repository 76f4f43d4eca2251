package io.chatroom.server.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient.Action;
import io.chatroom.protocol.session.FromClient.Hello;
import io.chatroom.protocol.session.FromClient.Moderate;
import io.chatroom.protocol.session.FromClient.Scope;
import io.chatroom.protocol.session.FromClient.TokenAction;
import io.chatroom.protocol.session.FromClient.Tokens;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.FactsHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two servers that share their facts: changes on one apply on both. */
class TwoServersTest {

  private static final RoomName TEA = RoomName.of("tea");

  private final FactsHub hub = new FactsHub();
  private volatile Instant now = Instant.parse("2026-11-26T10:00:00Z");
  private final Server here = new Server(0);
  private final Server there = new Server(0);

  @AfterEach
  void close() {
    hub.close();
  }

  /** One of the servers. */
  private final class Server {

    private final Facts facts = hub.server();
    private final Owners owners;
    private final Guard guard;
    private final People people;
    private final AtomicInteger looks = new AtomicInteger();

    Server(int keepDays) {
      try {
        owners = Owners.open(facts, () -> now, System::nanoTime, keepDays);
        guard = Guard.open(facts, () -> now, owners);
        people =
            new People(
                owners,
                Blocks.open(facts),
                ReadMarks.open(facts, Runnable::run),
                Bots.open(facts, owners, () -> now),
                Entrance.open(),
                Guests.free(),
                guard);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      people.whenPermissionsChange(looks::incrementAndGet);
    }

    Admission admit(String name, String client, @Nullable String token) {
      try {
        return people.admit(
            new Hello(name, client, token, null, null, List.of()),
            InetAddress.getByName("192.0.2.7"));
      } catch (UnknownHostException e) {
        throw new AssertionError(e);
      }
    }

    /** The code with which a hello is denied. */
    Code denied(String name, String client, @Nullable String token) {
      return ((Admission.Denied) admit(name, client, token)).why().code();
    }

    Guest come(String name) {
      return come(name, null);
    }

    Guest come(String name, @Nullable String token) {
      Person person = ((Admission.Admitted) admit(name, client(name), token)).person();
      Guest guest = new Guest(person);
      assertThat(people.arrives(guest)).isNull();
      return guest;
    }

    /** A guest claims a name; the other server knows it afterwards. */
    Guest claims(String name) {
      Guest guest = come(name);
      Claim.Granted claim = (Claim.Granted) get(people.claim(guest.person));
      guest.person = claim.person();
      guest.token = claim.token();
      hub.settle();
      return guest;
    }

    Guest operator(String name) {
      Guest guest = claims(name);
      get(guard.moderation().operator(name, owners.ownerOf(name), true));
      hub.settle();
      return guest;
    }

    @Nullable Denial moderate(
        Guest by, Action action, @Nullable RoomName room, @Nullable String target) {
      return get(order(by, action, room, target));
    }

    CompletableFuture<@Nullable Denial> order(
        Guest by, Action action, @Nullable RoomName room, @Nullable String target) {
      CompletableFuture<@Nullable Denial> done = new CompletableFuture<>();
      Moderate asked = new Moderate("q", action, room, target, null, false, "so it is");
      people.moderate(by.person, asked, new Crowd(List.of("bob")), done::complete);
      return done;
    }

    void does(Guest by, Action action, @Nullable RoomName room, @Nullable String target) {
      assertThat(moderate(by, action, room, target)).isNull();
      hub.settle();
    }

    List<String> audit() {
      try {
        return Audit.lines(facts.read(Audit.factsKind(), "", 100), 0);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** A present person. */
  private static final class Guest implements Attendee {
    private volatile Person person;
    private @Nullable String token;
    private final List<String> putOut = new CopyOnWriteArrayList<>();
    private Runnable whenPutOut = () -> {};

    Guest(Person person) {
      this.person = person;
    }

    @Override
    public Person person() {
      return person;
    }

    @Override
    public void disconnect(Denial why) {
      putOut.add(why.code().text());
      whenPutOut.run();
    }

    @Override
    public void removeFrom(RoomName room, String text) {
      putOut.add(room.text() + ": " + text);
    }
  }

  private static String client(String name) {
    return "%032x".formatted(name.hashCode() & 0xFFFFFFFFL);
  }

  private static <T extends @Nullable Object> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static Owner owner(Guest guest) {
    return Objects.requireNonNull(guest.person.owner());
  }

  // ---- names

  @Test
  void aNameClaimedOnOneServerIsOwnedOnBoth() {
    Guest bob = here.claims("bob");

    assertThat(there.denied("BOB", client("eve"), null)).isEqualTo(Code.NAME_OWNED);
    assertThat(there.denied("b0b", client("eve"), null)).isEqualTo(Code.NAME_LOOKS_ALIKE);
    assertThat(there.denied("bob", client("eve"), "wrong")).isEqualTo(Code.TOKEN_WRONG);
    Guest phone = there.come("bob", bob.token);
    assertThat(there.people.owner(phone.person)).isEqualTo(owner(bob));

    Claim.Granted more = (Claim.Granted) get(there.people.claim(phone.person));
    hub.settle();
    assertThat(here.come("bob", more.token()).person.owner()).isEqualTo(owner(bob));
    assertThat(here.come("bob", bob.token).person.owner()).isEqualTo(owner(bob));
  }

  /** The owner connects before this server has learned of the token. */
  @Test
  void anUnknownTokenIsLookedUpOnceBeforeItIsRefused() {
    hub.hold();
    Guest bob = here.claims("bob");
    Hello hello = new Hello("bob", client("phone"), bob.token, null, null, List.of());
    get(Objects.requireNonNull(there.people.needs(hello, null)));
    assertThat(there.people.needs(hello, null)).isNull();
    assertThat(there.come("bob", bob.token).person.owner()).isEqualTo(owner(bob));

    Hello wrong = new Hello("bob", client("phone"), "wrong", null, null, List.of());
    get(Objects.requireNonNull(there.people.needs(wrong, null)));
    assertThat(there.people.needs(wrong, null)).isNull();
  }

  @Test
  void aNameFreedOnOneServerIsFreeOnBoth() {
    Guest bob = here.claims("bob");
    Guest phone = there.come("bob", bob.token);
    assertThat(there.people.mayStay(phone.person)).isNull();
    get(there.people.blocks().block(owner(bob), "eve", true));
    there.looks.set(0);

    assertThat(get(here.owners.free("bob"))).isTrue();
    hub.settle();

    assertThat(there.looks).hasPositiveValue();
    assertThat(Objects.requireNonNull(there.people.mayStay(phone.person)).code())
        .isEqualTo(Code.KICKED);
    assertThat(there.denied("bob", client("x"), bob.token)).isEqualTo(Code.TOKEN_WRONG);
    hub.settle();
    assertThat(there.people.blocks().of(owner(bob))).isEmpty();
    assertThat(get(there.owners.free("bob"))).isFalse();
  }

  @Test
  void onlyOneOfTwoConcurrentClaimsSucceeds() {
    Guest bob = here.come("bob");
    Guest other = there.come("bob");
    hub.hold();
    CompletionStage<Claim> first = here.people.claim(bob.person);
    CompletionStage<Claim> second = there.people.claim(new Person("bob", client("x"), null));
    CompletionStage<Claim> alike = there.people.claim(new Person("b0b", client("y"), null));

    assertThat(get(first)).isInstanceOf(Claim.Granted.class);
    assertThat(((Claim.Refused) get(second)).why().code()).isEqualTo(Code.NAME_OWNED);
    assertThat(((Claim.Refused) get(alike)).why().code()).isEqualTo(Code.NAME_LOOKS_ALIKE);
    hub.release();
    hub.settle();
    Owner owner = Objects.requireNonNull(here.owners.ownerOf("bob"));
    assertThat(there.owners.ownerOf("bob")).isEqualTo(owner);
    assertThat(there.owners.isOwner(owner)).isTrue();
    assertThat(there.people.owner(other.person)).as("is still a guest").isNull();
  }

  @Test
  void concurrentClaimsOfDifferentNamesBothSucceed() {
    hub.hold();
    CompletionStage<Claim> first = here.people.claim(new Person("bob", client("x"), null));
    CompletionStage<Claim> second = there.people.claim(new Person("carol", client("y"), null));
    assertThat(get(first)).isInstanceOf(Claim.Granted.class);
    assertThat(get(second)).isInstanceOf(Claim.Granted.class);
    hub.release();
    hub.settle();
    assertThat(here.owners.list()).hasSize(2).isEqualTo(there.owners.list());
  }

  @Test
  void aNameInUseOnAnotherServerIsNotFreed() {
    Server one = new Server(30);
    Server other = new Server(30);
    Guest bob = one.claims("bob");
    Guest carol = one.claims("carol");
    one.people.goes(carol);
    one.people.leaves(carol.person);
    for (int day = 0; day < 40; day++) {
      now = now.plus(Duration.ofDays(1));
      one.owners.markUsed();
      hub.settle();
    }
    assertThat(other.owners.ownerOf("bob")).isEqualTo(owner(bob));
    assertThat(other.owners.ownerOf("carol")).isNull();
    hub.settle();
    assertThat(one.owners.isOwner(owner(carol))).isFalse();
    assertThat(one.owners.isOwner(owner(bob))).isTrue();
  }

  @Test
  void aCodeLinksADeviceOnAnotherServerOnce() {
    Guest bob = here.claims("bob");
    Link.Code code = (Link.Code) here.people.link(bob.person);
    hub.settle();
    hub.settle(); // the other server knows now

    Guest phone = there.come("bob", code.code());
    assertThat(phone.person.owner()).isEqualTo(owner(bob));
    assertThat(there.denied("bob", client("x"), code.code())).isEqualTo(Code.TOKEN_WRONG);
    hub.settle();
    hub.settle();
    assertThat(here.denied("bob", client("x"), code.code())).isEqualTo(Code.TOKEN_WRONG);
  }

  // ---- order

  @Test
  void aBanRemovesPeopleOnBothServersAndAppliesToTheClient() {
    Guest boss = here.operator("boss");
    Guest bob = there.come("bob");

    here.does(boss, Action.BAN, null, "Bob");
    hub.settle();
    hub.settle(); // the other server has banned the client, too

    assertThat(bob.putOut).isNotEmpty().containsOnly("banned");
    assertThat(there.denied("bob", client("x"), null)).isEqualTo(Code.BANNED);
    assertThat(there.denied("rob", client("bob"), null)).isEqualTo(Code.BANNED);
    assertThat(here.denied("rob", client("bob"), null)).isEqualTo(Code.BANNED);

    here.does(boss, Action.UNBAN, null, "bob");
    hub.settle();
    assertThat(there.admit("rob", client("bob"), null)).isInstanceOf(Admission.Admitted.class);
    there.people.goes(bob);
    there.people.leaves(bob.person);
    assertThat(there.admit("bob", client("x"), null)).isInstanceOf(Admission.Admitted.class);
  }

  /** The last fact of a ban arrives after the person has left. */
  @Test
  void aBanAppliesToAClientThatLeavesAtOnce() {
    Guest boss = here.operator("boss");
    Guest bob = there.come("bob");
    bob.whenPutOut = () -> there.people.goes(bob);

    here.does(boss, Action.BAN, null, "bob");
    hub.settle();
    hub.settle();

    assertThat(there.denied("rob", client("bob"), null)).isEqualTo(Code.BANNED);
    assertThat(here.denied("rob", client("bob"), null)).isEqualTo(Code.BANNED);
  }

  @Test
  void aKickRemovesPeopleOnBothServersOnce() {
    Guest boss = here.operator("boss");
    Guest bob = there.come("bob");
    Guest carol = there.come("carol");

    here.does(boss, Action.KICK, TEA, "bob");
    here.does(boss, Action.KICK, null, "carol");
    here.does(boss, Action.KICK, null, "address:192.0.2.0/24");

    assertThat(bob.putOut)
        .containsExactly("tea: You were removed from tea: so it is", Code.KICKED.text());
    assertThat(carol.putOut).contains(Code.KICKED.text());
    assertThat(boss.putOut).isEmpty();
    int times = carol.putOut.size();
    hub.tellAgain();
    assertThat(carol.putOut).as("told again, as of another database").hasSize(times);
    Server late = new Server(0);
    Guest back = late.come("bob");
    hub.settle();
    assertThat(back.putOut).as("what was done before").isEmpty();
    assertThat(here.audit()).filteredOn(line -> line.contains("\tkick\t")).hasSize(3);
  }

  @Test
  void rulesOfARoomApplyOnBothServers() {
    Guest alice = here.claims("alice");
    Guest bob = there.claims("bob");
    here.people.founds(alice.person, TEA);
    hub.settle();
    Guest phone = there.come("alice", alice.token);
    assertThat(there.people.isOp(phone.person, TEA)).isTrue();
    there.people.founds(bob.person, TEA);
    assertThat(there.people.isOp(bob.person, TEA)).isFalse();

    there.does(phone, Action.MUTE, TEA, "bob");
    assertThat(code(here.people.mayTalk(bob.person, TEA))).isEqualTo(Code.MUTED);
    here.does(alice, Action.UNMUTE, TEA, "bob");
    assertThat(there.people.mayTalk(bob.person, TEA)).isNull();
    here.does(alice, Action.CLOSE, TEA, null);
    Person eve = new Person("eve", client("eve"), null);
    assertThat(code(there.people.mayJoin(eve, TEA))).isEqualTo(Code.CLOSED);
    assertThat(there.people.mayJoin(bob.person, TEA)).as("was there").isNull();
    there.does(phone, Action.OPEN, TEA, null);
    assertThat(here.people.mayJoin(eve, TEA)).isNull();
    there.does(phone, Action.OP, TEA, "bob");
    assertThat(here.people.isOp(bob.person, TEA)).isTrue();
    here.does(alice, Action.RESTRICT, TEA, null);
    assertThat(code(there.people.mayTalk(eve, TEA))).isEqualTo(Code.MUTED);
  }

  @Test
  void concurrentChangesOnBothServersAreMadeAndAuditedOnce() {
    Guest boss = here.operator("boss");
    Guest phone = there.come("boss", boss.token);
    hub.hold();
    List<CompletableFuture<@Nullable Denial>> orders = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      orders.add(here.order(boss, Action.BAN, null, "here" + i));
      orders.add(there.order(phone, Action.BAN, null, "there" + i));
    }
    orders.forEach(order -> assertThat(get(order)).isNull());
    hub.release();
    hub.settle();

    for (int i = 0; i < 5; i++) {
      assertThat(there.denied("here" + i, client("x" + i), null)).isEqualTo(Code.BANNED);
      assertThat(here.denied("there" + i, client("x" + i), null)).isEqualTo(Code.BANNED);
    }
    assertThat(here.audit()).filteredOn(line -> line.contains("\tban\t")).hasSize(10);
  }

  @Test
  void onlyOneOfTwoConcurrentMakersOfARoomIsItsOp() {
    Guest alice = here.claims("alice");
    Guest bob = there.claims("bob");
    hub.hold();
    here.people.founds(alice.person, TEA);
    hub.settle();
    there.people.founds(bob.person, TEA);
    hub.settle();
    hub.release();
    hub.settle();
    for (Server server : List.of(here, there)) {
      assertThat(server.people.isOp(alice.person, TEA)).isTrue();
      assertThat(server.people.isOp(bob.person, TEA)).isFalse();
    }
  }

  private static Code code(@Nullable Denial denial) {
    return Objects.requireNonNull(denial).code();
  }

  // ---- what belongs to a name

  @Test
  void aBotIsAdmittedOnBothServersUntilRevokedOnOne() {
    Guest bob = here.claims("bob");
    Tokens make = new Tokens("q", TokenAction.MAKE, "news", List.of(TEA), Scope.READ);
    Bots.Answer.Done made = (Bots.Answer.Done) get(here.people.bots().answer(bob.person, make));
    hub.settle();
    Guest bot = there.come("bob", made.token());
    assertThat(there.people.mayStay(bot.person)).isNull();
    there.looks.set(0);

    Guest phone = there.come("bob", bob.token);
    Tokens again = new Tokens("q", TokenAction.MAKE, "news", List.of(TEA), Scope.READ);
    assertThat(get(there.people.bots().answer(phone.person, again)))
        .isInstanceOf(Bots.Answer.Refused.class);
    Tokens revoke = new Tokens("q", TokenAction.REVOKE, "news", List.of(), null);
    assertThat(get(here.people.bots().answer(bob.person, revoke)))
        .isInstanceOf(Bots.Answer.Done.class);
    hub.settle();

    assertThat(there.looks).hasPositiveValue();
    assertThat(code(there.people.mayStay(bot.person))).isEqualTo(Code.KICKED);
    assertThat(there.denied("bob", client("bot"), made.token())).isEqualTo(Code.TOKEN_WRONG);
  }

  @Test
  void aBlockAppliesOnBothServers() {
    Guest bob = here.claims("bob");
    List<String> told = new CopyOnWriteArrayList<>();
    there.people.blocks().whenChangedElsewhere(told::add);
    hub.hold();
    CompletionStage<Void> one = here.people.blocks().block(owner(bob), "eve", true);
    CompletionStage<Void> other = there.people.blocks().block(owner(bob), "mallory", true);
    get(one);
    get(other);
    hub.release();
    hub.settle();
    assertThat(here.people.blocks().of(owner(bob))).containsExactly("eve", "mallory");
    assertThat(there.people.blocks().of(owner(bob))).containsExactly("eve", "mallory");
    assertThat(told).containsExactly(owner(bob).id());
  }

  @Test
  void theFurthestMarkWinsOnBothServers() {
    Guest bob = here.claims("bob");
    List<Position> told = new CopyOnWriteArrayList<>();
    there.people.marks().whenChangedElsewhere((owner, room, to) -> told.add(to));
    get(move(here, bob, 5));
    hub.settle();
    assertThat(there.people.marks().mark(owner(bob), "tea", "e")).isEqualTo(5);
    hub.hold();
    get(move(here, bob, 7));
    get(move(there, bob, 9));
    get(move(here, bob, 8)); // stored last
    hub.release();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              Long mark = here.people.marks().mark(owner(bob), "tea", "e");
              return mark != null && mark == 9;
            });
    hub.settle();
    assertThat(there.people.marks().mark(owner(bob), "tea", "e")).isEqualTo(9);
    assertThat(told).containsExactly(new Position("e", 5));
    assertThat(new Server(0).people.marks().mark(owner(bob), "tea", "e")).isEqualTo(9);
  }

  private static CompletionStage<Void> move(Server server, Guest who, long seq) {
    return Objects.requireNonNull(
        server.people.marks().move(owner(who), "tea", new Position("e", seq)));
  }
}
