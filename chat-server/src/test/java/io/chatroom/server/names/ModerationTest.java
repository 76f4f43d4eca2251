package io.chatroom.server.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient.Action;
import io.chatroom.protocol.session.FromClient.Hello;
import io.chatroom.protocol.session.FromClient.Moderate;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Permissions and effects of moderation. */
class ModerationTest {

  private static final RoomName TEA = RoomName.of("tea");
  private static final boolean OWNER = true;

  private final MemoryFacts kept = new MemoryFacts();
  private Instant now = Instant.parse("2026-11-26T10:00:00Z");
  private boolean full;
  private CompletableFuture<@Nullable Void> held = CompletableFuture.completedFuture(null);
  private Owners owners;
  private Guard guard;
  private People people;
  private Guest boss;
  private Guest alice;
  private Guest bob;

  ModerationTest() throws IOException {
    start();
    boss = come("boss", OWNER, "192.0.2.1");
    alice = come("alice", OWNER, "192.0.2.2");
    bob = come("bob", false, "192.0.2.3");
  }

  @BeforeEach
  void makesOpsAndOperators() {
    assertThat(guard.moderation().operator("boss", owners.ownerOf("boss"), true)).isCompleted();
    people.founds(alice.person, TEA);
  }

  private void start() throws IOException {
    Facts facts = new MayBeFull();
    owners = Owners.open(facts, () -> now, System::nanoTime, 0);
    guard = Guard.open(facts, () -> now, owners);
    people =
        new People(
            owners,
            Blocks.open(facts),
            new ReadMarks(facts, Runnable::run),
            Bots.ofMemory(owners),
            Entrance.open(),
            Guests.free(),
            guard);
  }

  /** Facts in memory, which fail while the disk counts as full. */
  private final class MayBeFull implements Facts {
    @Override
    public List<Fact> read(String kind, String after, int limit) {
      return kept.read(kind, after, limit);
    }

    @Override
    public CompletionStage<Void> change(List<Fact> changes) {
      return full
          ? CompletableFuture.failedStage(new IOException("the disk is full"))
          : held.thenCompose(later -> kept.change(changes));
    }
  }

  /** A present person. */
  private static final class Guest implements Attendee {
    private final Person person;
    private final List<String> putOut = new ArrayList<>();

    Guest(Person person) {
      this.person = person;
    }

    @Override
    public Person person() {
      return person;
    }

    @Override
    public void disconnect(Denial why) {
      putOut.add(why.code().text() + ": " + why.text());
    }

    @Override
    public void removeFrom(RoomName room, String text) {
      putOut.add(room.text() + ": " + text);
    }
  }

  private Admission admit(String name, String address) {
    return admit(name, "%032x".formatted(name.hashCode() & 0xFFFFFFFFL), address);
  }

  private Admission admit(String name, String client, String address) {
    try {
      return people.admit(
          new Hello(name, client, null, null, null, List.of()), InetAddress.getByName(address));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private Guest come(String name, boolean claims, String address) {
    Person person = ((Admission.Admitted) admit(name, address)).person();
    if (claims) {
      Claim claim = people.claim(person).toCompletableFuture().join();
      person = ((Claim.Granted) claim).person();
    }
    Guest guest = new Guest(person);
    assertThat(people.arrives(guest)).isNull();
    return guest;
  }

  private static String client(Guest guest) {
    return Objects.requireNonNull(guest.person.client());
  }

  private static Moderate order(
      Action action, @Nullable RoomName room, @Nullable String target, @Nullable Long seconds) {
    return new Moderate("q", action, room, target, seconds, false, null);
  }

  private @Nullable Denial moderate(Guest by, Moderate asked) {
    return moderate(by, asked, new Crowd(List.of("alice", "bob")));
  }

  private @Nullable Denial moderate(Guest by, Moderate asked, Crowd crowd) {
    List<Denial> denials = new ArrayList<>();
    List<Boolean> done = new ArrayList<>();
    people.moderate(
        by.person,
        asked,
        crowd,
        denial -> {
          done.add(true);
          if (denial != null) {
            denials.add(denial);
          }
        });
    assertThat(done).as("answered once").hasSize(1);
    return denials.isEmpty() ? null : denials.get(0);
  }

  private void does(Guest by, Moderate asked) {
    assertThat(moderate(by, asked)).isNull();
  }

  private static Code code(@Nullable Denial denial) {
    return Objects.requireNonNull(denial).code();
  }

  // ---- who may

  @ParameterizedTest
  @EnumSource(Action.class)
  void ownersWhoAreNotOpsCannotModerate(Action action) {
    Guest carol = come("carol", OWNER, "192.0.2.4");
    Moderate asked = order(action, TEA, action.needsTarget() ? "bob" : null, 5L);

    assertThat(code(moderate(carol, asked))).isEqualTo(Code.FORBIDDEN);
    assertThat(bob.putOut).isEmpty();
  }

  @Test
  void anOpCannotModerateOtherRoomsAddressesOrOperators() {
    RoomName attic = RoomName.of("attic");
    assertThat(code(moderate(alice, order(Action.KICK, attic, "bob", null))))
        .isEqualTo(Code.FORBIDDEN);
    assertThat(code(moderate(alice, order(Action.KICK, null, "bob", null))))
        .isEqualTo(Code.FORBIDDEN);
    assertThat(code(moderate(alice, order(Action.BAN, TEA, "address:192.0.2.3", null))))
        .isEqualTo(Code.FORBIDDEN);
    assertThat(code(moderate(alice, order(Action.BAN, TEA, "BOSS", null))))
        .isEqualTo(Code.FORBIDDEN);
    assertThat(code(moderate(alice, order(Action.BAN, TEA, "Alice", null))))
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(boss.putOut).isEmpty();
  }

  /** A freed name that is claimed again has another owner. */
  @Test
  void claimingTheFreedNameOfAnOpDoesNotMakeAnOp() {
    assertThat(people.isOp(alice.person, TEA)).isTrue();
    assertThat(owners.free("alice").toCompletableFuture().join()).isTrue();
    assertThat(people.isOp(alice.person, TEA)).isFalse();
    people.goes(alice);
    people.leaves(alice.person);
    Guest other = come("alice", OWNER, "192.0.2.9");

    assertThat(people.isOp(other.person, TEA)).isFalse();
    assertThat(code(moderate(other, order(Action.KICK, TEA, "bob", null))))
        .isEqualTo(Code.FORBIDDEN);
    Person seed = ((Admission.Admitted) people.admitSeed("boss", null, TEA)).person();
    assertThat(people.isOp(seed, TEA)).as("it proves nothing").isFalse();
  }

  @Test
  void theOwnerWhoMakesARoomIsItsOp() {
    RoomName attic = RoomName.of("attic");
    people.founds(bob.person, attic);
    assertThat(people.isOp(bob.person, attic)).isFalse();

    people.founds(alice.person, attic);
    people.founds(boss.person, attic);

    assertThat(people.isOp(alice.person, attic)).isTrue();
    assertThat(people.isOp(alice.person, RoomName.of("@bob"))).isFalse();
    assertThat(people.isOp(boss.person, attic)).as("an operator").isTrue();
  }

  @Test
  void onlyOwnersOfNamesCanBeOps() {
    assertThat(code(moderate(alice, order(Action.OP, TEA, "bob", null)))).isEqualTo(Code.FORBIDDEN);
    assertThat(code(moderate(boss, order(Action.OP, null, "alice", null))))
        .isEqualTo(Code.FORBIDDEN);
    Guest carol = come("carol", OWNER, "192.0.2.4");
    does(alice, order(Action.OP, TEA, "CAROL", null));
    does(carol, order(Action.DEOP, TEA, "alice", null));

    assertThat(people.isOp(alice.person, TEA)).isFalse();
    assertThat(people.isOp(carol.person, TEA)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "KICK, 5",
    "OP, 5",
    "UNBAN, 5",
    "INVITE, 5",
    "OPEN, 5",
    "SLOW, 86401",
    "BAN, 9000000000000"
  })
  void meaninglessSecondsAreRefused(Action action, long seconds) {
    Moderate asked = order(action, TEA, action.needsTarget() ? "alice" : null, seconds);

    assertThat(code(moderate(boss, asked))).isEqualTo(Code.BAD_REQUEST);
  }

  // ---- what comes of it

  @Test
  void aBanAppliesToTheNameAndItsClientUntilItExpires() {
    does(boss, order(Action.BAN, null, "Bob", 60L));

    assertThat(bob.putOut).hasSize(1);
    assertThat(bob.putOut.get(0)).startsWith("banned: You are banned from this server");
    people.goes(bob);
    people.leaves(bob.person);
    assertThat(admit("BOB", "192.0.2.99")).isInstanceOf(Admission.Denied.class);
    Admission renamed = admit("rob", client(bob), "192.0.2.99");
    assertThat(((Admission.Denied) renamed).why().code()).isEqualTo(Code.BANNED);
    assertThat(((Admission.Denied) renamed).why().text()).contains("until 2026-11-26T10:01:00Z");
    assertThat(people.admitSeed("bob", null, TEA)).isInstanceOf(Admission.Denied.class);
    assertThat(people.bans(Objects.requireNonNull(bob.person.address()))).isFalse();

    now = now.plusSeconds(60);
    assertThat(admit("bob", "192.0.2.99")).isInstanceOf(Admission.Admitted.class);
  }

  /** A ban is in force once stored, and then removes those who arrived before. */
  @Test
  void aBanRemovesPeopleWhoArrivedWhileItWasStored() {
    held = new CompletableFuture<>();
    List<@Nullable Denial> answers = new ArrayList<>();
    people.moderate(
        boss.person, order(Action.BAN, null, "carol", null), Crowd.NOBODY, answers::add);
    people.moderate(alice.person, order(Action.BAN, TEA, "dave", null), Crowd.NOBODY, answers::add);
    Guest carol = come("carol", false, "192.0.2.4");
    Guest dave = come("dave", false, "192.0.2.5");
    assertThat(answers).isEmpty();
    held.complete(null);

    assertThat(answers).hasSize(2).containsOnlyNulls();
    assertThat(carol.putOut).containsExactly("banned: You are banned from this server.");
    assertThat(dave.putOut).containsExactly("tea: You are banned from tea.");
  }

  /** Anybody can make rooms and mute people there. */
  @Test
  void rulesOfRoomsTakeNoSpaceFromOperators() {
    for (int room = 0; room < Rules.MOST / Rules.MOST_IN_ROOM; room++) {
      List<Rule> mutes = new ArrayList<>();
      for (int i = 0; i < Rules.MOST_IN_ROOM; i++) {
        String name = "name " + i;
        mutes.add(new Rule(Sort.MUTE, "r" + room, name, name, null, 0, "alice", null, 0));
      }
      guard.rules().change(mutes, List.of(), List.of());
    }
    assertThat(code(moderate(alice, order(Action.MUTE, TEA, "bob", null))))
        .isEqualTo(Code.FORBIDDEN);
    does(boss, order(Action.BAN, null, "bob", null));
    assertThat(bob.putOut).hasSize(1);
    people.forgetRoom("r7");
    for (int i = 0; i < Rules.MOST_IN_ROOM - 1; i++) { // she is an op
      does(alice, order(Action.MUTE, TEA, "name " + i % 3, null));
    }
    does(alice, order(Action.MUTE, TEA, "bob", null));
    does(alice, order(Action.UNMUTE, TEA, "bob", null));
    people.keepRooms(List.of());
    assertThat(guard.rules().hasSpaceFor("tea", Rules.MOST_IN_ROOM)).isTrue();
  }

  @Test
  void aBanAppliesToTheAddressOnRequest() throws UnknownHostException {
    Guest neighbour = come("neighbour", false, "192.0.2.3");
    does(boss, new Moderate("q", Action.BAN, null, "bob", null, true, "spam"));

    assertThat(people.bans(InetAddress.getByName("192.0.2.3"))).isTrue();
    assertThat(neighbour.putOut).containsExactly("banned: You are banned from this server: spam");

    does(boss, order(Action.UNBAN, null, "bob", null));
    assertThat(people.bans(InetAddress.getByName("192.0.2.3"))).isFalse();
    assertThat(admit("rob", client(bob), "192.0.2.3")).isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void aBanOfANetworkExemptsOperators() throws UnknownHostException {
    does(boss, order(Action.BAN, null, "address:192.0.2.0/24", null));

    assertThat(bob.putOut).hasSize(1);
    assertThat(alice.putOut).hasSize(1);
    assertThat(boss.putOut).isEmpty();
    assertThat(people.bans(InetAddress.getByName("192.0.2.200"))).isTrue();
    assertThat(people.bans(InetAddress.getByName("192.0.3.1"))).isFalse();
    assertThat(code(moderate(boss, order(Action.BAN, null, "address:example.org", null))))
        .isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void aBanFromARoomAppliesThereOnly() {
    does(alice, order(Action.BAN, TEA, "bob", null));

    assertThat(bob.putOut).containsExactly("tea: You are banned from tea.");
    assertThat(code(people.mayJoin(bob.person, TEA))).isEqualTo(Code.FORBIDDEN);
    assertThat(people.mayJoin(bob.person, RoomName.of("attic"))).isNull();
    assertThat(people.admitSeed("bob", null, TEA)).isInstanceOf(Admission.Denied.class);
    assertThat(people.admitSeed("bob", null, RoomName.of("lobby")))
        .isInstanceOf(Admission.Admitted.class);

    does(alice, order(Action.UNBAN, TEA, "bob", null));
    assertThat(people.mayJoin(bob.person, TEA)).isNull();
  }

  @Test
  void onlyPresentPeopleCanBeKicked() {
    does(alice, new Moderate("q", Action.KICK, TEA, "bob", null, false, "enough"));
    assertThat(bob.putOut).containsExactly("tea: You were removed from tea: enough");
    assertThat(people.mayJoin(bob.person, TEA)).isNull();

    does(alice, order(Action.KICK, TEA, "ＢＯＢ", null));
    assertThat(bob.putOut).hasSize(2);
    come("dave", false, "192.0.2.5");
    assertThat(code(moderate(alice, order(Action.KICK, TEA, "dave", null))))
        .as("here, but not in the room")
        .isEqualTo(Code.FORBIDDEN);

    assertThat(code(moderate(alice, order(Action.KICK, TEA, "carol", null))))
        .isEqualTo(Code.FORBIDDEN);
    assertThat(code(moderate(boss, order(Action.KICK, null, "carol", null))))
        .isEqualTo(Code.FORBIDDEN);
    does(boss, order(Action.KICK, null, "address:192.0.2.3", null));
    assertThat(bob.putOut).last().isEqualTo("kicked: You were removed from this server.");
  }

  @Test
  void aMutedPersonCannotPost() {
    does(alice, order(Action.MUTE, TEA, "bob", 10L));

    assertThat(code(people.mayTalk(bob.person, TEA))).isEqualTo(Code.MUTED);
    assertThat(code(people.maySetTopic(bob.person, TEA))).isEqualTo(Code.MUTED);
    assertThat(people.mayTalk(bob.person, RoomName.of("attic"))).isNull();
    now = now.plusSeconds(10);
    assertThat(people.mayTalk(bob.person, TEA)).isNull();

    does(boss, order(Action.MUTE, null, "bob", null));
    assertThat(code(people.mayTalk(bob.person, RoomName.of("attic")))).isEqualTo(Code.MUTED);
    does(boss, order(Action.UNMUTE, null, "bob", null));
    assertThat(people.mayTalk(bob.person, RoomName.of("attic"))).isNull();
  }

  @Test
  void aClosedRoomAdmitsOpsPresentOwnersAndInvitedOwners() {
    Guest carol = come("carol", OWNER, "192.0.2.4");
    Guest dave = come("dave", OWNER, "192.0.2.5");
    Crowd crowd = new Crowd(List.of("alice", "bob", "dave"));
    assertThat(moderate(alice, order(Action.CLOSE, TEA, null, null), crowd)).isNull();

    assertThat(code(people.mayJoin(bob.person, TEA))).isEqualTo(Code.CLOSED);
    assertThat(code(people.mayJoin(carol.person, TEA))).isEqualTo(Code.CLOSED);
    assertThat(people.mayJoin(dave.person, TEA)).isNull();
    assertThat(people.mayJoin(alice.person, TEA)).isNull();
    assertThat(people.mayJoin(boss.person, TEA)).isNull();

    assertThat(code(moderate(alice, order(Action.INVITE, TEA, "bob", null))))
        .isEqualTo(Code.FORBIDDEN);
    does(alice, order(Action.INVITE, TEA, "carol", null));
    assertThat(people.mayJoin(carol.person, TEA)).isNull();
    does(alice, order(Action.UNINVITE, TEA, "carol", null));
    assertThat(code(people.mayJoin(carol.person, TEA))).isEqualTo(Code.CLOSED);

    does(alice, order(Action.OPEN, TEA, null, null));
    assertThat(people.mayJoin(bob.person, TEA)).isNull();
  }

  @Test
  void onlyOpsPostInARestrictedRoom() {
    does(alice, order(Action.RESTRICT, TEA, null, null));

    assertThat(code(people.mayTalk(bob.person, TEA))).isEqualTo(Code.MUTED);
    assertThat(people.mayTalk(alice.person, TEA)).isNull();
    does(alice, order(Action.UNRESTRICT, TEA, null, null));
    assertThat(people.mayTalk(bob.person, TEA)).isNull();
  }

  @Test
  void peopleTakeTurnsInASlowRoom() {
    does(alice, order(Action.SLOW, TEA, null, 30L));

    assertThat(people.mayTalk(bob.person, TEA)).isNull();
    now = now.plusSeconds(10);
    Denial denial = Objects.requireNonNull(people.mayTalk(bob.person, TEA));
    assertThat(denial.code()).isEqualTo(Code.RATE);
    assertThat(denial.afterMillis()).isEqualTo(20_000);
    assertThat(people.untilTurnMillis(bob.person, TEA)).isEqualTo(20_000);
    assertThat(people.maySetTopic(bob.person, TEA)).isNull();
    assertThat(people.mayTalk(alice.person, TEA)).isNull();
    assertThat(people.mayTalk(alice.person, TEA)).as("an op").isNull();
    now = now.plusSeconds(20);
    assertThat(people.mayTalk(bob.person, TEA)).isNull();
    assertThat(people.mayTalk(bob.person, TEA)).isNotNull();

    does(alice, order(Action.UNSLOW, TEA, null, null));
    assertThat(people.mayTalk(bob.person, TEA)).isNull();
  }

  @Test
  void aGuestHasOneTurnInASlowRoomUnderAnyName() {
    does(alice, order(Action.SLOW, TEA, null, 30L));
    Guest carol = come("carol", OWNER, "192.0.2.3");
    Guest neighbour = come("neighbour", false, "192.0.2.3");
    Admission renamed = admit("rob", client(bob), "192.0.2.99");
    Person rob = ((Admission.Admitted) renamed).person();

    assertThat(people.mayTalk(bob.person, TEA)).isNull();
    assertThat(code(people.mayTalk(rob, TEA))).isEqualTo(Code.RATE);
    assertThat(code(people.mayTalk(neighbour.person, TEA))).isEqualTo(Code.RATE);
    assertThat(people.untilTurnMillis(neighbour.person, TEA)).isEqualTo(30_000);
    assertThat(people.mayTalk(carol.person, TEA)).as("owns its name").isNull();
    assertThat(code(people.mayTalk(carol.person, TEA))).isEqualTo(Code.RATE);
    assertThat(people.mayTalk(come("dave", false, "192.0.2.4").person, TEA)).isNull();
  }

  // ---- the server's own commands

  @Test
  void commandsMakeOperatorsAndPrintTheTokenOfNewNames() throws IOException {
    GuardCommands commands = new GuardCommands(people);
    List<String> lines = commands.run(List.of("operator", "add", "Zoe"));
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).startsWith("Nobody owned this name. Its token, which is shown only");
    String token = lines.get(0).substring(lines.get(0).lastIndexOf(' ') + 1);
    Admission zoe =
        people.admit(new Hello("zoe", "1".repeat(32), token, null, null, List.of()), null);
    assertThat(people.isOp(((Admission.Admitted) zoe).person(), TEA)).isTrue();

    assertThat(commands.run(List.of("operator", "add", "bob"))).hasSize(2);
    assertThat(operators()).containsExactlyInAnyOrder("boss", "Zoe", "bob");
    commands.run(List.of("operator", "remove", "ZOE"));
    assertThat(people.isOp(((Admission.Admitted) zoe).person(), TEA)).isFalse();
    assertThatThrownBy(() -> commands.run(List.of("operator", "remove", "zoe")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not an operator");
    assertThat(Audit.lines(kept.read(Audit.factsKind(), "", 100), 0))
        .contains("2026-11-26T10:00:00Z\tchat-server\toperator\t*\tZoe\t\t");

    assertThat(owners.free("bob").toCompletableFuture().join()).isTrue();
    assertThat(operators()).as("but those whose name was freed").containsExactly("boss");
  }

  private List<String> operators() throws IOException {
    return GuardCommands.operators(
        kept.read(Rule.KIND, "", 100), kept.read(StoredOwners.factsKind(), "", 100));
  }

  @Test
  void aBanOfANameLikeAnAddressExplainsHowToBanTheAddress() throws IOException {
    assertThat(new GuardCommands(people).run(List.of("ban", "192.0.2.7", "0", "false", "")))
        .containsExactly(
            "The name 192.0.2.7 is banned.", "To ban the address, use address:192.0.2.7 instead.");
  }

  @Test
  void commandsBanAndListBans() throws IOException {
    GuardCommands commands = new GuardCommands(people);
    commands.run(List.of("ban", "bob", "60", "true", "spam"));
    commands.run(List.of("ban", "address:198.51.100.0/24", "0", "false", ""));

    assertThat(bob.putOut).hasSize(1);
    assertThat(GuardCommands.bans(kept.read(Rule.KIND, "", 100), now.toEpochMilli()))
        .containsExactlyInAnyOrder(
            "bob\t*\t2026-11-26T10:01:00Z\tchat-server\tspam",
            "address:198.51.100.0/24\t*\t\tchat-server\t");
    commands.run(List.of("unban", "BOB"));
    commands.run(List.of("unban", "address:198.51.100.0/24"));
    assertThat(GuardCommands.bans(kept.read(Rule.KIND, "", 100), now.toEpochMilli())).isEmpty();
    assertThatThrownBy(() -> commands.run(List.of("unban", "bob")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not banned");
    assertThatThrownBy(() -> commands.run(List.of("dance")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a command");
  }

  @Test
  void commandsRefuseToBanAnOperator() {
    GuardCommands commands = new GuardCommands(people);

    assertThatThrownBy(() -> commands.run(List.of("ban", "BOSS", "0", "true", "")))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "BOSS is an operator of this server and cannot be banned; run chat-server operator"
                + " remove first");
    assertThat(GuardCommands.bans(kept.read(Rule.KIND, "", 100), 0)).isEmpty();
  }

  @Test
  void rulesForAnOwnerEndWithTheOwnership() throws IOException {
    new GuardCommands(people).run(List.of("name", "free", "boss"));
    assertThat(kept.read(Rule.KIND, "", 100)).as("of alice").hasSize(1);

    assertThat(GuardCommands.free(kept, () -> now, "Alice")).isTrue();
    assertThat(kept.read(Rule.KIND, "", 100)).isEmpty();
  }

  // ---- what is remembered

  @Test
  void rulesSurviveARestart() throws IOException {
    does(boss, order(Action.BAN, null, "address:198.51.100.0/24", null));
    does(alice, order(Action.BAN, TEA, "bob", null));
    does(alice, order(Action.SLOW, TEA, null, 30L));
    start();
    people.keepRooms(List.of("tea"));

    assertThat(people.bans(InetAddress.getByName("198.51.100.7"))).isTrue();
    assertThat(people.isOp(alice.person, TEA)).isTrue();
    assertThat(code(people.mayJoin(bob.person, TEA))).isEqualTo(Code.FORBIDDEN);
    assertThat(people.mayTalk(bob.person, TEA)).isNull();
    assertThat(people.untilTurnMillis(bob.person, TEA)).isEqualTo(30_000);
    assertThat(kept.read(Rule.KIND, "", 100).toString())
        .as("no secret of a client")
        .doesNotContain(client(bob));
  }

  @Test
  void rulesEndWithTheRoom() throws IOException {
    does(alice, order(Action.BAN, TEA, "bob", null));
    people.forgetRoom("tea");
    assertThat(people.mayJoin(bob.person, TEA)).isNull();
    assertThat(people.isOp(alice.person, TEA)).isFalse();

    people.founds(alice.person, RoomName.of("attic"));
    start();
    people.keepRooms(List.of("lobby"));
    assertThat(people.isOp(alice.person, RoomName.of("attic"))).isFalse();
    assertThat(people.isOp(boss.person, TEA)).as("not a room's").isTrue();
    assertThat(kept.read(Rule.KIND, "", 100)).hasSize(1);
  }

  @Test
  void expiredRulesAreDeleted() {
    does(boss, order(Action.BAN, null, "bob", 10L));
    int before = kept.read(Rule.KIND, "", 100).size();
    now = now.plus(Duration.ofMinutes(2));
    does(boss, order(Action.MUTE, null, "nobody", null));

    assertThat(kept.read(Rule.KIND, "", 100)).hasSize(before - 2 + 1);
  }

  @Test
  void aRuleIsInForceOnlyIfStored() throws IOException {
    full = true;
    assertThat(code(moderate(boss, order(Action.BAN, null, "bob", null))))
        .isEqualTo(Code.UNAVAILABLE);

    assertThat(bob.putOut).isEmpty();
    assertThat(people.mayTalk(bob.person, TEA)).isNull();
    assertThat(Audit.entries(kept.read(Audit.factsKind(), "", 1_000_000))).hasSize(1);
  }

  @Test
  void roomsDoNotGrowWithoutBound() {
    for (int i = 0; i < Rules.MOST_IN_ROOM - 1; i++) {
      does(alice, order(Action.BAN, TEA, "bot" + i, null));
    }
    Denial denial = Objects.requireNonNull(moderate(alice, order(Action.BAN, TEA, "x", null)));

    assertThat(denial.code()).isEqualTo(Code.FORBIDDEN);
    assertThat(denial.text()).contains("2000 in a room");
    does(alice, order(Action.UNBAN, TEA, "bot1", null));
    does(alice, order(Action.BAN, TEA, "x", null));
  }

  @Test
  void auditLogRecordsModeration() throws IOException {
    does(boss, new Moderate("q", Action.BAN, null, "bob", 60L, false, "spam"));
    does(alice, order(Action.SLOW, TEA, null, 30L));
    moderate(alice, order(Action.BAN, null, "boss", null));

    List<Audit.Entry> entries = Audit.entries(kept.read(Audit.factsKind(), "", 1_000_000));
    long at = now.toEpochMilli();
    assertThat(entries)
        .endsWith(
            new Audit.Entry(at, "boss", "ban", null, "bob", 60L, "spam"),
            new Audit.Entry(at, "alice", "slow", "tea", null, 30L, null));
    List<Fact> facts = kept.read(Audit.factsKind(), "", 100);
    assertThat(Audit.lines(facts, at + 1)).isEmpty();
    assertThat(Audit.lines(facts, at))
        .last()
        .isEqualTo("2026-11-26T10:00:00Z\talice\tslow\ttea\t\t30\t");
  }

  @Test
  void auditLogKeepsTheNewestEntries() throws IOException {
    Audit audit = new Audit(kept);
    for (int i = 0; i < Audit.MOST + 5; i++) {
      kept.change(audit.facts(new Audit.Entry(i, "a", "mute", "tea", "b", null, null), false));
    }
    kept.change(audit.facts(new Audit.Entry(7, "boss", "ban", null, "c", null, null), true));
    Audit.Entry last = new Audit.Entry(Audit.MOST + 5, "a", "mute", "tea", "d", null, null);
    kept.change(new Audit(kept).facts(last, false));

    List<Audit.Entry> entries = Audit.entries(kept.read(Audit.factsKind(), "", 1_000_000));
    assertThat(entries).filteredOn(entry -> entry.by().equals("a")).hasSize(Audit.MOST);
    assertThat(entries.get(0).at()).isEqualTo(6);
    assertThat(entries).contains(last);
    assertThat(entries)
        .as("what operators did")
        .filteredOn(entry -> entry.room() == null)
        .hasSize(2);
  }

  @Test
  void auditLogRecordsDeletions() throws IOException {
    people.deletes(alice.person, TEA, "Alice", 3);
    people.deletes(alice.person, TEA, "bob", 4);

    List<Fact> facts = kept.read(Audit.factsKind(), "", 100);
    assertThat(Audit.lines(facts, 0))
        .last()
        .isEqualTo("2026-11-26T10:00:00Z\talice\tdelete\ttea\tbob\t\tmessage 4");
    assertThat(facts).hasSize(2); // one of them: boss is an operator
  }
}
