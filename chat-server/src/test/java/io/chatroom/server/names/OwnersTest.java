package io.chatroom.server.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromClient.Hello;
import io.chatroom.protocol.session.FromClient.TokenAction;
import io.chatroom.protocol.session.FromClient.Tokens;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A name belongs to the one who has claimed it. */
class OwnersTest {

  private static final int DAYS = 30;
  private static final InetAddress HERE = address(1);

  /** Facts in memory, which can be made to fail. */
  private static final class FailingFacts implements Facts {
    private final MemoryFacts kept = new MemoryFacts();
    private boolean fails;
    private int changes;

    @Override
    public List<Fact> read(String kind, String after, int limit) {
      return kept.read(kind, after, limit);
    }

    @Override
    public CompletionStage<Void> change(List<Fact> facts) {
      changes++;
      return fails
          ? CompletableFuture.failedStage(new IOException("the disk is full"))
          : kept.change(facts);
    }
  }

  private final FailingFacts facts = new FailingFacts();
  private Instant now = Instant.parse("2026-11-26T12:00:00Z");
  private long nanos;
  private People people = open();

  private People open() {
    try {
      return new People(Owners.open(facts, () -> now, () -> nanos, DAYS));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, (byte) (last >> 8), (byte) last});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static Hello hello(String name, int client, @Nullable String token) {
    return new Hello(name, "%032x".formatted(client), token, null, null, List.of());
  }

  private Admission admit(String name, int client, @Nullable String token) {
    return people.admit(hello(name, client, token), HERE);
  }

  private Person come(String name, int client, @Nullable String token) {
    Admission admission = admit(name, client, token);
    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    return ((Admission.Admitted) admission).person();
  }

  private Denial refused(String name, int client, @Nullable String token) {
    return refusal(admit(name, client, token));
  }

  private static Denial refusal(Admission admission) {
    assertThat(admission).isInstanceOf(Admission.Denied.class);
    return ((Admission.Denied) admission).why();
  }

  private Claim claim(Person person) {
    return people.claim(person).toCompletableFuture().join();
  }

  private Denial refusedClaim(Person person) {
    return ((Claim.Refused) claim(person)).why();
  }

  private String token(Person person) {
    return ((Claim.Granted) claim(person)).token();
  }

  /** A client connects, claims its name, and leaves. */
  private String own(String name, int client) {
    Person person = come(name, client, null);
    String token = token(person);
    people.leaves(person);
    return token;
  }

  private Owner owner(String name) {
    return Objects.requireNonNull(people.owners().ownerOf(name));
  }

  private String code(Person person) {
    return ((Link.Code) people.link(person)).code();
  }

  @Test
  void aClaimedNameBelongsToItsClaimantOnly() {
    Person bob = come("Bob", 1, null);
    Claim claim = claim(bob);

    assertThat(claim)
        .isInstanceOfSatisfying(
            Claim.Granted.class,
            granted -> {
              assertThat(granted.person()).isEqualTo(bob.asOwner(owner("bob")));
              assertThat(granted.token()).hasSize(43).matches("[A-Za-z0-9_-]+");
              assertThat(granted.keepDays()).isEqualTo(DAYS);
              assertThat(granted.toString()).doesNotContain(granted.token());
            });
    people.leaves(bob);
    assertThat(refused("Bob", 2, null).code()).isEqualTo(Code.NAME_OWNED);
    String token = ((Claim.Granted) claim).token();
    assertThat(come("bOB", 3, token)).isEqualTo(come("Bob", 3, token));
    assertThat(come("bOB", 4, token).name()).as("as it was claimed").isEqualTo("Bob");
    assertThat(come("Bob", 4, token).owned()).isTrue();
    assertThat(people.owners().ownerOf("ＢＯＢ")).extracting(Owner::name).isEqualTo("Bob");
    assertThat(people.owners().ownerOf("eve")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bob", "BOB", "ｂｏｂ", "b\u200bob", " Bob ", "B\u00adob"})
  void recognisesANameInAnySpelling(String same) {
    own("Bob", 1);
    assertThat(refused(same, 2, null).code()).isEqualTo(Code.NAME_OWNED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"B0b", "Воb", "B\u043eb"})
  void refusesNamesThatLookLikeAnOwnedOne(String like) {
    Person before = come(like, 3, null);
    own("Bob", 1);
    assertThat(refusedClaim(before).code()).isEqualTo(Code.NAME_LOOKS_ALIKE);
    people.leaves(before);
    assertThat(refused(like, 2, null).code()).isEqualTo(Code.NAME_LOOKS_ALIKE);
    assertThat(refused(like, 2, "a token").code()).isEqualTo(Code.TOKEN_WRONG);
    assertThat(come("Bobby", 2, null).owned()).isFalse();
  }

  @Test
  void storesOnlyAHashOfATokenAndNoClient() {
    String token = own("Bob", 0xabcdef);
    Fact fact = facts.read("owner", "", 10).get(0);
    assertThat(fact.key()).isEqualTo("bob");
    assertThat(fact.value())
        .contains(Secret.hash(token).hex())
        .doesNotContain(token)
        .doesNotContain("%032x".formatted(0xabcdef));
    come("Bob", 2, token);
    assertThat(facts.read("owner", "", 10).get(0).value()).doesNotContain("claimant");
  }

  @Test
  void ownersSurviveARestart() {
    String token = own("Bob", 1);
    Owner owner = people.owners().ownerOf("bob");
    people = open();
    assertThat(people.owners().ownerOf("bob")).isEqualTo(owner);
    assertThat(refused("Bob", 2, null).code()).isEqualTo(Code.NAME_OWNED);
    assertThat(refused("B0b", 2, null).code()).isEqualTo(Code.NAME_LOOKS_ALIKE);
    assertThat(come("Bob", 2, token).owned()).isTrue();
  }

  @Test
  void answersAWrongTokenAndAFreeNameAlike() {
    own("Bob", 1);
    Denial wrong = refused("Bob", 2, "no token");
    assertThat(wrong.code()).isEqualTo(Code.TOKEN_WRONG);
    assertThat(refused("Nobody", 2, "no token")).isEqualTo(wrong);
  }

  @Test
  void slowsOnlyAddressesThatSendWrongTokens() {
    String token = own("Bob", 1);
    Denial denial;
    int tries = 0;
    do {
      denial = refused("Bob", 2, "wrong" + tries++);
    } while (denial.code() == Code.TOKEN_WRONG && tries < 100);
    assertThat(tries).isEqualTo(11);
    assertThat(denial.code()).isEqualTo(Code.RATE);
    assertThat(denial.afterMillis()).isBetween(1L, 30_000L);
    assertThat(refused("Bob", 2, token).code()).as("also with a right one").isEqualTo(Code.RATE);
    assertThat(refused("Eve", 2, token).code()).as("any name").isEqualTo(Code.RATE);
    assertThat(people.admit(hello("Bob", 3, token), address(2)))
        .as("from elsewhere")
        .isInstanceOf(Admission.Admitted.class);
    pass(Duration.ofMillis(denial.afterMillis() == null ? 0 : denial.afterMillis()));
    assertThat(come("Bob", 2, token).owned()).isTrue();
  }

  @Test
  void manyAddressesCannotGuessACodeOrLockAnOwnerOut() {
    String token = own("Bob", 1);
    Person bob = come("Bob", 1, token);
    String code = code(bob);
    Denial denial = Denial.of(Code.TOKEN_WRONG, "");
    for (int i = 10; denial.code() == Code.TOKEN_WRONG && i < 100; i++) {
      denial = refusal(people.admit(hello("Bob", i, "2222-2222-2222"), address(i)));
    }
    assertThat(denial.code()).isEqualTo(Code.RATE);
    assertThat(refusal(people.admit(hello("Bob", 300, code), address(300))).code())
        .isEqualTo(Code.RATE);
    assertThat(people.admit(hello("Bob", 301, token), address(301)))
        .isInstanceOf(Admission.Admitted.class);
    pass(Duration.ofSeconds(31));
    assertThat(people.admit(hello("Bob", 302, code), address(302)))
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void limitsTheClaimsOfAnAddress() {
    for (int i = 0; i < 20; i++) {
      own("name " + i, i);
    }
    Person next = come("one more", 99, null);
    Denial denial = refusedClaim(next);
    assertThat(denial.code()).isEqualTo(Code.RATE);
    assertThat(denial.afterMillis()).isBetween(1L, 3_600_000L);
    assertThat(claim(new Person("another", next.client(), address(2))))
        .isInstanceOf(Claim.Granted.class);
    pass(Duration.ofHours(1));
    assertThat(claim(next)).isInstanceOf(Claim.Granted.class);
  }

  @Test
  void givesEachDeviceATokenAndDropsTheLeastRecentlyUsed() {
    String first = own("Bob", 1);
    List<String> others = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      pass(Duration.ofDays(1));
      others.add(token(come("Bob", 1, first)));
    }
    assertThat(people.owners().list().get(0).devices()).isEqualTo(16);
    pass(Duration.ofDays(1));
    String last = token(come("Bob", 1, first));
    assertThat(people.owners().list().get(0).devices()).isEqualTo(16);
    assertThat(refused("Bob", 2, others.get(0)).code()).isEqualTo(Code.TOKEN_WRONG);
    for (String token : List.of(first, others.get(1), last)) {
      assertThat(come("Bob", 2, token).owned()).isTrue();
    }
  }

  // ---- without a hello

  private Admission visit(@Nullable String name, @Nullable String token) {
    return people.admit(new Visitor(name, token, null), HERE);
  }

  private static Person visitor(Admission admission) {
    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    return ((Admission.Admitted) admission).person();
  }

  @Test
  void aTokenAloneIdentifiesItsOwner() {
    String first = own("Bob", 1);
    String eves = own("Eve", 2);
    List<String> others = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      pass(Duration.ofDays(1));
      others.add(token(come("Bob", 1, first)));
    }
    Person bob = visitor(visit(null, first));
    assertThat(bob.name()).isEqualTo("Bob");
    assertThat(bob.owner()).isEqualTo(owner("bob"));
    assertThat(bob.client()).matches("[0-9a-f]{32}");
    assertThat(visitor(visit("BOB", others.get(15)))).isEqualTo(bob);
    assertThat(visitor(visit(null, eves)).client()).isNotEqualTo(bob.client());
    assertThat(refusal(visit("Eve", first)).code()).isEqualTo(Code.TOKEN_WRONG);
    assertThat(refusal(visit(null, others.get(0))).code()).isEqualTo(Code.TOKEN_WRONG);

    people = open(); // reads the stored facts
    assertThat(visitor(visit(null, first))).isEqualTo(bob);
    assertThat(people.owners().free("bob").toCompletableFuture().join()).isTrue();
    assertThat(refusal(visit(null, first)).code()).isEqualTo(Code.TOKEN_WRONG);
    assertThat(visitor(visit(null, eves)).name()).isEqualTo("Eve");
  }

  @Test
  void slowsAddressesThatGuessTokensOfAnyName() {
    String token = own("Bob", 1);
    for (int i = 0; i < 10; i++) {
      assertThat(refusal(visit(null, "wrong" + i)).code()).isEqualTo(Code.TOKEN_WRONG);
    }
    assertThat(refusal(visit(null, token)).code()).isEqualTo(Code.RATE);
    assertThat(refused("Bob", 1, token).code()).as("the same in a hello").isEqualTo(Code.RATE);
    pass(Duration.ofSeconds(30));
    assertThat(visitor(visit(null, token)).name()).isEqualTo("Bob");
  }

  @Test
  void aGuestIsTheSameClientInAnySpelling() {
    Person ci = visitor(visit("ci", null));
    assertThat(visitor(visit("ＣI", null)).client()).isEqualTo(ci.client());
    assertThat(visitor(visit("cj", null)).client()).isNotEqualTo(ci.client());
    assertThat(refused("ci", 1, null).code()).as("it is here").isEqualTo(Code.NAME_TAKEN);
    people.leaves(ci);
    people.leaves(ci);
    assertThat(come("ci", 1, null).owned()).isFalse();
    assertThat(refusal(visit("ci", null)).code()).isEqualTo(Code.NAME_TAKEN);
  }

  @Test
  void namelessPeopleCanOnlyRead() {
    Person nameless = visitor(visit(null, null));
    RoomName tea = RoomName.of("tea");
    assertThat(people.mayAsk(nameless, new FromClient.Join(null, tea, null, null))).isNull();
    assertThat(people.mayAsk(nameless, new FromClient.Rooms("", null, null))).isNull();
    assertThat(people.mayAsk(nameless, new FromClient.Post("1", tea, "x", null)))
        .extracting(Denial::code)
        .isEqualTo(Code.NAME_BAD);
    assertThat(people.mayAsk(nameless, new FromClient.Claim("c"))).isNotNull();
    people.leaves(nameless);
    assertThat(refusal(visit("", null)).code()).isEqualTo(Code.NAME_BAD);
  }

  @Test
  void restoresADisplacedTokenIfTheNewOneCannotBeStored() {
    String first = own("Bob", 1);
    List<String> all = new ArrayList<>(List.of(first));
    for (int i = 0; i < 15; i++) {
      pass(Duration.ofDays(1));
      all.add(token(come("Bob", 1, first)));
    }
    pass(Duration.ofDays(1));
    facts.fails = true;
    assertThat(refusedClaim(come("Bob", 1, first)).code()).isEqualTo(Code.UNAVAILABLE);

    assertThat(people.owners().list().get(0).devices()).isEqualTo(16);
    for (String token : all) {
      assertThat(come("Bob", 2, token).owned()).isTrue();
    }
  }

  @Test
  void freesAnUnusedName() {
    String token = own("Bob", 1);
    pass(Duration.ofDays(DAYS));
    assertThat(refused("Bob", 2, null).code()).isEqualTo(Code.NAME_OWNED);
    people.leaves(come("Bob", 1, token));
    pass(Duration.ofDays(DAYS));
    assertThat(refused("Bob", 2, null).code()).as("it was used").isEqualTo(Code.NAME_OWNED);
    pass(Duration.ofDays(1));
    assertThat(come("B0b", 3, null).owned()).as("it looks like a free one").isFalse();
    assertThat(claim(come("Bob", 2, null))).isInstanceOf(Claim.Granted.class);
    assertThat(refused("Bob", 1, token).code()).isEqualTo(Code.TOKEN_WRONG);
  }

  @Test
  void freesUnusedNamesAtTheStart() throws IOException {
    own("Bob", 1);
    pass(Duration.ofDays(DAYS + 1));
    own("Eve", 2);
    people = open();
    assertThat(people.owners().list())
        .containsExactly(new StoredOwners.Listed("Eve", 1, LocalDate.of(2026, 12, 27)));
    assertThat(facts.read("owner", "", 10)).hasSize(1);
    assertThat(claim(come("Bob", 3, null))).isInstanceOf(Claim.Granted.class);
    assertThat(Owners.open(facts, () -> now.plus(Duration.ofDays(9_999)), () -> nanos, 0).list())
        .as("0 is for ever")
        .hasSize(2);
  }

  @Test
  void storesTheDayOfUseOnceADay() {
    String token = own("Bob", 1);
    come("Bob", 1, token);
    int changes = facts.changes;
    come("Bob", 1, token);
    assertThat(facts.changes).isEqualTo(changes);
    pass(Duration.ofDays(1));
    come("Bob", 1, token);
    come("Bob", 1, token);
    assertThat(facts.changes).isEqualTo(changes + 1);
  }

  @Test
  void aClaimFailsIfItCannotBeStored() {
    Person bob = come("Bob", 1, null);
    facts.fails = true;
    assertThat(refusedClaim(bob).code()).isEqualTo(Code.UNAVAILABLE);
    people.leaves(bob);
    Person eve = come("Bob", 2, null);
    facts.fails = false;
    String token = token(eve);
    people.leaves(eve);
    facts.fails = true;
    Person again = come("Bob", 2, token);
    assertThat(refusedClaim(again).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(people.owners().list().get(0).devices()).isEqualTo(1);
    assertThat(come("Bob", 2, token).owned()).isTrue();
  }

  @Test
  void aClientThatHasNotReceivedItsTokenCanClaimAgain() {
    String first = token(come("Bob", 1, null));
    Person again = come("Bob", 1, null);
    assertThat(again.owned()).isFalse();
    assertThat(refused("Bob", 2, null).code()).as("another client").isEqualTo(Code.NAME_OWNED);
    String token = token(again);
    come("Bob", 1, token);
    assertThat(refused("Bob", 1, null).code()).as("it was used").isEqualTo(Code.NAME_OWNED);
    assertThat(refusedClaim(again).code()).isEqualTo(Code.NAME_OWNED);
    assertThat(come("Bob", 1, first).owned()).as("two windows claim at once").isTrue();
  }

  @Test
  void aCodeLinksAnotherDeviceOnce() {
    String token = own("Bob", 1);
    Person bob = come("Bob", 1, token);
    Link link = people.link(bob);
    assertThat(link.toString()).doesNotContain(code(bob));
    assertThat(link).extracting("seconds").isEqualTo(600L);
    String code = code(bob);
    assertThat(code).matches("([2-9a-z]{4}-){2}[2-9a-z]{4}");

    assertThat(refused("Eve", 2, code).code()).isEqualTo(Code.TOKEN_WRONG);
    Person other = come("bob", 2, code.toUpperCase(Locale.ROOT).replace('-', ' '));
    assertThat(other.owned()).isTrue();
    assertThat(refused("bob", 3, code).code()).isEqualTo(Code.TOKEN_WRONG);
    String own = token(other);
    assertThat(come("Bob", 2, own).owned()).isTrue();
    assertThat(come("Bob", 1, token).owned()).isTrue();
  }

  @Test
  void aCodeIsValidForTenMinutesAndWhileTheOwnershipLasts() {
    Person bob = come("Bob", 1, own("Bob", 1));
    String old = code(bob);
    pass(Duration.ofMinutes(10));
    assertThat(refused("Bob", 2, old).code()).isEqualTo(Code.TOKEN_WRONG);
    String first = code(bob);
    for (int i = 0; i < 4; i++) {
      code(bob);
    }
    assertThat(refused("Bob", 2, first).code()).as("of many").isEqualTo(Code.TOKEN_WRONG);
    String last = code(bob);
    assertThat(people.owners().free("bob").toCompletableFuture().join()).isTrue();
    people.leaves(bob);
    own("Bob", 3);
    assertThat(refused("Bob", 2, last).code()).isEqualTo(Code.TOKEN_WRONG);
  }

  @Test
  void givesCodesOnlyToOwners() {
    assertThat(people.link(come("Bob", 1, null)))
        .isInstanceOfSatisfying(
            Link.Refused.class, no -> assertThat(no.why().code()).isEqualTo(Code.FORBIDDEN));
  }

  @Test
  void anOperatorFreesAName() {
    String token = own("Bob", 1);
    assertThat(people.owners().free("BOB").toCompletableFuture().join()).isTrue();
    assertThat(people.owners().free("BOB").toCompletableFuture().join()).isFalse();
    assertThat(refused("Bob", 1, token).code()).isEqualTo(Code.TOKEN_WRONG);
    assertThat(facts.read("owner", "", 10)).isEmpty();
    String next = own("Bob", 2);
    facts.fails = true;
    assertThat(people.owners().free("BOB").toCompletableFuture()).isCompletedExceptionally();
    assertThat(come("Bob", 2, next).owned()).isTrue();
  }

  /** A name is freed because its token was stolen, while the thief is connected. */
  @Test
  void aFormerOwnerGetsNothingOfTheNextOwner() {
    String token = own("Bob", 1);
    Person thief = come("Bob", 2, token);
    Person victim = come("Bob", 1, token);
    RoomName tea = RoomName.of("tea");
    people.owners().free("Bob").toCompletableFuture().join();
    Person next = ((Claim.Granted) claim(victim)).person();
    people.founds(next, tea);

    assertThat(refusedClaim(thief).code()).isEqualTo(Code.NAME_OWNED);
    assertThat(people.link(thief)).isInstanceOf(Link.Refused.class);
    Tokens list = new Tokens("q", TokenAction.LIST, null, List.of(), null);
    assertThat(people.bots().answer(thief, list).toCompletableFuture().join())
        .isInstanceOf(Bots.Answer.Refused.class);
    assertThat(people.isOp(thief, tea)).isFalse();
    assertThat(people.mayDelete(thief, tea, "Bob", true, now.toEpochMilli())).isNotNull();
    assertThat(people.owner(thief)).isNull();
    assertThat(people.mayStay(thief))
        .extracting(Denial::code, Denial::text)
        .containsExactly(
            Code.KICKED,
            "This name was freed and is no longer yours; reconnect and claim it, or choose"
                + " another.");
    assertThat(people.isOp(next, tea)).isTrue();
    assertThat(people.mayDelete(next, tea, "Bob", true, now.toEpochMilli())).isNull();
    assertThat(people.link(next)).isInstanceOf(Link.Code.class);
    assertThat(people.mayStay(next)).isNull();
  }

  /** The data of an owner is deleted, even if the name was freed while no server ran. */
  @Test
  void deletesTheDataOfAnOwnerWithTheOwnership() throws IOException {
    own("Ann", 1);
    own("Bob", 2);
    Owner ann = owner("ann");
    Blocks blocks = Blocks.open(facts);
    ReadMarks marks = ReadMarks.open(facts, Runnable::run);
    people = new People(people.owners(), blocks, marks);
    for (Owner each : List.of(ann, owner("bob"))) {
      blocks.block(each, "eve", true).toCompletableFuture().join();
      marks.move(each, "tea", new Position("e", 7));
    }
    people.owners().free("bob").toCompletableFuture().join();
    assertThat(facts.read("block", "", 10)).extracting(Fact::key).containsExactly(ann.id());
    assertThat(facts.read("read", "", 10)).extracting(Fact::key).containsExactly(ann.id() + " tea");
    assertThat(blocks.of(ann)).containsExactly("eve");

    assertThat(StoredOwners.free(facts, "ann")).isTrue();
    people =
        new People(
            Owners.open(facts, () -> now, () -> nanos, DAYS),
            Blocks.open(facts),
            ReadMarks.open(facts, Runnable::run));
    assertThat(facts.read("block", "", 10)).isEmpty();
    assertThat(facts.read("read", "", 10)).isEmpty();
  }

  /** A repeated request is not answered as stored while the mark is not stored yet. */
  @Test
  void aMarkCompletesWhenStored() throws IOException {
    own("Ann", 1);
    Owner ann = owner("ann");
    List<Runnable> later = new ArrayList<>();
    ReadMarks marks = ReadMarks.open(facts, later::add);
    Position seven = new Position("e", 7);
    facts.fails = true;
    CompletionStage<Void> first = marks.move(ann, "tea", seven);
    assertThat(marks.move(ann, "tea", new Position("e", 6))).isSameAs(first);
    later.remove(0).run();
    assertThat(first).isCompletedExceptionally();

    facts.fails = false;
    CompletionStage<Void> again = marks.move(ann, "tea", seven);
    assertThat(again).isNotNull().isNotCompleted();
    later.remove(0).run();
    assertThat(again).isCompleted();
    assertThat(facts.read("read", "", 10)).hasSize(1);
    assertThat(marks.move(ann, "tea", seven)).isNull();
    assertThat(later).isEmpty();
  }

  @Test
  void aBlockFailsIfItCannotBeStored() throws IOException {
    own("Ann", 1);
    Owner ann = owner("ann");
    Blocks blocks = Blocks.open(facts);
    blocks.block(ann, "eve", true).toCompletableFuture().join();
    facts.fails = true;
    assertThat(blocks.block(ann, "bob", true).toCompletableFuture()).isCompletedExceptionally();
    assertThat(blocks.of(ann)).containsExactly("eve");
    assertThat(blocks.block(ann, "eve", false).toCompletableFuture()).isCompletedExceptionally();
    assertThat(blocks.of(ann)).containsExactly("eve");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat-server", "CHAT-SERVER", "сhat-server", "chat-\u200bserver"})
  void reservesTheNameOfTheServersOwnCommands(String name) {
    assertThat(refused(name, 1, null).code()).isEqualTo(Code.NAME_BAD);
  }

  @Test
  void theNextOwnerOfANameCannotDeleteEarlierMessages() {
    RoomName tea = RoomName.of("tea");
    String token = own("Bob", 1);
    long said = now.toEpochMilli();
    Person bob = come("Bob", 1, token);
    assertThat(people.mayDelete(bob, tea, "Bob", true, said)).isNull();
    people.leaves(bob);
    people.owners().free("Bob").toCompletableFuture().join();
    pass(Duration.ofMinutes(1));

    String next = own("Bob", 2);
    people = open();
    Person another = come("Bob", 2, next);
    assertThat(people.mayDelete(another, tea, "Bob", true, now.toEpochMilli())).isNull();
    assertThat(people.mayDelete(another, tea, "Bob", true, said))
        .extracting(Denial::code)
        .isEqualTo(Code.FORBIDDEN);
  }

  @Test
  void aNameIsInUseWhileItsOwnerIsPresent() {
    String token = own("Bob", 1);
    Person bob = come("Bob", 1, token);
    Owner owner = people.owner(bob);
    pass(Duration.ofDays(DAYS + 1));
    assertThat(refused("B0b", 2, null).code()).isEqualTo(Code.NAME_LOOKS_ALIKE);
    assertThat(people.owns(owner)).isTrue();
    people.leaves(bob);
    pass(Duration.ofDays(DAYS));
    assertThat(refused("Bob", 2, null).code()).isEqualTo(Code.NAME_OWNED);
    pass(Duration.ofDays(1));
    come("Bob", 2, null);
    assertThat(people.owns(owner)).isFalse();
    assertThat(people.owns(null)).isFalse();
  }

  @Test
  void notifiesAFormerOwner() throws IOException {
    own("Ann", 1);
    own("Bob", 2);
    Owner ann = people.owners().ownerOf("ann");
    Owner bob = people.owners().ownerOf("bob");
    List<Owner> told = new ArrayList<>();
    people.owners().whenEnded(told::add);
    facts.fails = true;
    assertThat(people.owners().free("ann").toCompletableFuture()).isCompletedExceptionally();
    assertThat(told).isEmpty();
    facts.fails = false;
    people.owners().free("ann").toCompletableFuture().join();
    assertThat(told).containsExactly(ann);
    pass(Duration.ofDays(DAYS + 1));
    own("Bob", 3);
    assertThat(told).containsExactly(ann, bob);
    assertThat(people.owners().ownerOf("bob")).isNotEqualTo(bob);

    Owner again = people.owners().ownerOf("bob");
    pass(Duration.ofDays(DAYS + 1));
    people = open();
    people.owners().whenEnded(told::add);
    assertThat(told).containsExactly(ann, bob, again);
  }

  @Test
  void reportsADamagedNameAndFreesIt() throws IOException {
    own("Bob", 1);
    facts.change(List.of(new Fact("owner", "e\u0007ve", "{\"name\":5}")));
    assertThatThrownBy(() -> Owners.open(facts, () -> now, () -> nanos, DAYS))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the stored record of the owned name e\\x07ve is damaged; free it with chat-server name"
                + " free");
    assertThat(StoredOwners.free(facts, "E\u0007VE")).isTrue();
    assertThat(StoredOwners.free(facts, "E\u0007VE")).isFalse();
    assertThat(Owners.open(facts, () -> now, () -> nanos, DAYS).list()).hasSize(1);
  }

  @Test
  void onlyOneOfTwoConcurrentClaimsGetsLookalikeNames() throws Exception {
    ExecutorService two = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 200; round++) {
        Person bob = new Person("bob" + round + "o", "%032x".formatted(1), address(round));
        Person like = new Person("bob" + round + "0", "%032x".formatted(2), address(round));
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Claim>> claims = new ArrayList<>();
        for (Person one : List.of(bob, like)) {
          claims.add(
              two.submit(
                  () -> {
                    go.await();
                    return claim(one);
                  }));
        }
        go.countDown();
        int granted = 0;
        for (Future<Claim> claim : claims) {
          granted += claim.get(60, TimeUnit.SECONDS) instanceof Claim.Granted ? 1 : 0;
        }
        assertThat(granted).isEqualTo(1);
      }
    } finally {
      two.shutdownNow();
    }
  }

  /** No guest ever has a name that is, or looks like, an owned one. */
  @Test
  void noRandomGuestNameLooksLikeAnOwnedOne() {
    Random random = new Random(13);
    List<Looks> owned = new ArrayList<>();
    int refused = 0;
    for (int i = 0; i < 5_000; i++) {
      String name = randomName(random);
      if (NamesInUse.faultOf(name) != null) {
        continue;
      }
      Looks looks = Looks.of(name);
      boolean same = owned.stream().anyMatch(one -> one.key().equals(looks.key()));
      boolean alike =
          owned.stream().anyMatch(one -> one.like().stream().anyMatch(looks.like()::contains));
      Admission admission = people.admit(hello(name, i, null), HERE);
      if (admission instanceof Admission.Denied denied) {
        assertThat(denied.why().code()).isEqualTo(same ? Code.NAME_OWNED : Code.NAME_LOOKS_ALIKE);
        assertThat(alike).isTrue();
        refused++;
      } else {
        assertThat(alike).as(name).isFalse();
        Person person = ((Admission.Admitted) admission).person();
        if (random.nextInt(4) == 0
            && people
                    .claim(new Person(name, person.client(), address(i)))
                    .toCompletableFuture()
                    .join()
                instanceof Claim.Granted) {
          owned.add(looks);
        }
        people.leaves(person);
      }
    }
    assertThat(refused).isBetween(100, 4_500);
    people = open();
    assertThat(people.owners().list()).hasSameSizeAs(owned);
  }

  private static String randomName(Random random) {
    String letters = "oO0оabBВlI1i|mr n\u200b\u0301é";
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      if (random.nextInt(20) == 0) {
        int point = random.nextInt(0x1F000);
        name.appendCodePoint(point >= 0xD800 && point < 0xE000 ? 'x' : point);
      } else {
        name.append(letters.charAt(random.nextInt(letters.length())));
      }
    }
    return name.toString();
  }
}
