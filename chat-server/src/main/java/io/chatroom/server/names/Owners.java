package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Code;
import io.chatroom.server.facts.ConflictException;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owned names, and their tokens. Queries are answered from memory; changes are stored as facts,
 * and answered when stored. Thread-safe.
 */
public final class Owners implements Ownership {

  /** An owned name, for operators. */
  public record Listed(String name, int devices, LocalDate lastUsed) {}

  private static final Logger log = LoggerFactory.getLogger(Owners.class);

  private static final int PAGE = 1_000;
  private static final int ID_BYTES = 8;

  /** The most owned names, which take about 50 MB. */
  private static final int MOST_NAMES = 50_000;

  private static final int CLAIMS_AN_HOUR = 20;

  /** How many wrong tokens an address may show at once; then one every half minute. */
  private static final int WRONG_TOKENS = 10;

  private static final Duration WRONG_TOKENS_IN = Duration.ofMinutes(5);

  private final Facts facts;
  private final InstantSource clock;
  private final int keepDays;
  private final Allowance claims;
  private final Allowance wrongFromAddress;
  private final Allowance wrongCodesOfName;
  private final LinkCodes codes;
  private final UnknownTokens unknown;

  /** By name key. */
  private final Map<String, OwnedName> names = new HashMap<>();

  /** Name keys by token. */
  private final Map<Hash, String> keysByToken = new HashMap<>();

  /** Name keys by look. */
  private final Map<String, String> keysByLook = new HashMap<>();

  private final List<OwnedName> overAtOpen = new ArrayList<>();

  /** The ids of former owners. */
  private final List<Owner> ended = new ArrayList<>();

  private boolean isOpen;

  private final List<Consumer<Owner>> whenEnded = new CopyOnWriteArrayList<>();
  private final List<Consumer<Owner>> whenLost = new CopyOnWriteArrayList<>();

  /** Whether a present session has the name with a key. */
  private Predicate<String> isHere = key -> false;

  /** The ids of present owners. */
  private final Set<String> ids = ConcurrentHashMap.newKeySet();

  private Owners(Facts facts, InstantSource clock, LongSupplier nanos, int keepDays) {
    this.facts = facts;
    this.clock = clock;
    this.keepDays = keepDays;
    this.claims = new Allowance(CLAIMS_AN_HOUR, Duration.ofHours(1), nanos);
    this.wrongFromAddress = new Allowance(WRONG_TOKENS, WRONG_TOKENS_IN, nanos);
    this.wrongCodesOfName = new Allowance(WRONG_TOKENS, WRONG_TOKENS_IN, nanos);
    this.codes = new LinkCodes(facts, clock, nanos);
    this.unknown = new UnknownTokens(nanos);
  }

  /**
   * Reads the stored names. Those that were unused for too long are freed.
   *
   * @param clock tells the day
   * @param nanos the clock of the rate limits
   * @param keepDays how many days an unused name is kept; 0 is forever
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  public static Owners open(Facts facts, InstantSource clock, LongSupplier nanos, int keepDays)
      throws IOException {
    Owners owners = new Owners(facts, clock, nanos, keepDays);
    try {
      facts.follow(OwnedName.KIND, owners::isTold);
      owners.codes.open();
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    owners.open();
    return owners;
  }

  /** All stored names are known now. */
  private synchronized void open() {
    isOpen = true;
    List<OwnedName> over = names.values().stream().filter(this::isOver).toList();
    if (!over.isEmpty()) {
      log.info("{} owned names were not used for {} days and are free", over.size(), keepDays);
      overAtOpen.addAll(over);
      var unused = end(over);
    }
  }

  /** Adds a stored name, or applies a change of another server. */
  private synchronized void isTold(Fact fact) {
    try {
      OwnedName now = fact.value() == null ? null : OwnedName.of(fact);
      OwnedName before = names.get(fact.key());
      if (before != null && (now == null || !before.owner().equals(now.owner()))) {
        remove(before);
        whenLost.forEach(told -> told.accept(before.owner()));
      }
      if (now != null) {
        put(now);
      }
    } catch (IllegalArgumentException e) {
      if (!isOpen) {
        throw e;
      }
      log.warn(e.getMessage());
    }
  }

  private static List<Fact> all(Facts facts) throws IOException {
    List<Fact> all = new ArrayList<>();
    String after = "";
    List<Fact> page;
    do {
      page = facts.read(OwnedName.KIND, after, PAGE);
      all.addAll(page);
      after = page.isEmpty() ? after : page.get(page.size() - 1).key();
    } while (!page.isEmpty());
    return all;
  }

  /**
   * Sets the listener for each ownership that this server has ended since it was opened, so that
   * exactly one server deletes what belongs to it. Call it before anybody connects.
   *
   * @param told called on any thread, while a lock is held: must return soon, and not call this
   *     class
   */
  public synchronized void whenEnded(Consumer<Owner> told) {
    whenEnded.add(told);
    ended.forEach(told);
  }

  /** The same for ownerships that any server ends from now on. */
  synchronized void whenLost(Consumer<Owner> told) {
    whenLost.add(told);
  }

  /**
   * Prevents names in use from being freed.
   *
   * @param isHere whether a present session has the name with a key; must not call this class
   */
  synchronized void keepWhile(Predicate<String> isHere) {
    this.isHere = isHere;
  }

  /**
   * Marks names in use as used today. Called now and then where several servers share the names, so
   * that none of them frees a name in use on another one.
   */
  void useThoseHere() {
    List<OwnedName> used;
    synchronized (this) {
      used =
          names.values().stream()
              .filter(name -> name.lastUsed() < today() && isHere.test(keyOf(name)))
              .toList();
    }
    used.forEach(name -> keepUsed(keyOf(name), name.newest().hash()));
  }

  // ---- owners

  @Override
  public boolean isOwner(@Nullable Owner owner) {
    return owner != null && ids.contains(owner.id());
  }

  /** Whether this is the id of a present owner. */
  boolean has(String id) {
    return ids.contains(id);
  }

  @Override
  public @Nullable Owner ownerOf(String name) {
    OwnedName owned = find(Looks.keyOf(name));
    return owned == null ? null : owned.owner();
  }

  /** Whether the present owner of a name owned it at a time, in milliseconds since 1970. */
  boolean belongedAt(String name, long atMillis) {
    OwnedName owned = find(Looks.keyOf(name));
    return owned != null && owned.since() <= atMillis;
  }

  /** All owned names, sorted. */
  public synchronized List<Listed> list() {
    return names.values().stream().map(Owners::listed).sorted(byName()).toList();
  }

  /**
   * The same from facts, even while a server uses them.
   *
   * @param read reads all facts of {@link #factsKind}
   */
  public static List<Listed> list(List<Fact> read) {
    return read.stream().map(OwnedName::of).map(Owners::listed).sorted(byName()).toList();
  }

  /** The kind of the facts about owned names. */
  public static String factsKind() {
    return OwnedName.KIND;
  }

  /** The owner of a name while no server uses the facts; null also if its fact is damaged. */
  static @Nullable Owner ownerOf(Facts facts, String name) throws IOException {
    String key = Looks.keyOf(name);
    for (Fact fact : all(facts)) {
      if (fact.key().equals(key)) {
        try {
          return OwnedName.of(fact).owner();
        } catch (IllegalArgumentException e) {
          log.debug("it is freed all the same", e);
        }
      }
    }
    return null;
  }

  /**
   * Frees a name while no server uses the facts.
   *
   * @return whether somebody owned it
   * @throws IOException if that cannot be; the message is one sentence for people
   */
  public static boolean free(Facts facts, String name) throws IOException {
    String key = Looks.keyOf(name);
    if (all(facts).stream().noneMatch(fact -> fact.key().equals(key))) {
      return false;
    }
    try {
      facts.change(List.of(Fact.gone(OwnedName.KIND, key))).toCompletableFuture().join();
      return true;
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException trouble ? trouble : new IOException(e);
    }
  }

  private static Listed listed(OwnedName name) {
    return new Listed(
        name.owner().name(), name.tokens().size(), LocalDate.ofEpochDay(name.lastUsed()));
  }

  private static Comparator<Listed> byName() {
    return Comparator.comparing(Listed::name);
  }

  /**
   * Frees a name, because its tokens are lost, or an operator wants it.
   *
   * @return completes, when stored, with whether it was owned; with an {@link IOException} if it
   *     cannot be stored
   */
  public CompletionStage<Boolean> free(String name) {
    return ConflictException.tryAgain(() -> tryToFree(Looks.keyOf(name)));
  }

  private synchronized CompletionStage<Boolean> tryToFree(String key) {
    OwnedName owned = names.get(key);
    return owned == null
        ? CompletableFuture.completedStage(false)
        : end(List.of(owned)).thenApply(nothing -> true);
  }

  /** Frees names, unless that cannot be stored. */
  private synchronized CompletionStage<Void> end(List<OwnedName> over) {
    over.forEach(this::remove);
    return facts
        .change(over.stream().map(name -> Fact.gone(OwnedName.KIND, keyOf(name))).toList())
        .whenComplete((safe, failure) -> ended(over, failure));
  }

  private synchronized void ended(List<OwnedName> over, @Nullable Throwable failure) {
    if (failure == null) {
      over.forEach(this::hasEnded);
      return;
    }
    log.debug("not kept", failure);
    for (OwnedName name : over) {
      if (!names.containsKey(keyOf(name))) {
        put(name);
      }
    }
  }

  private synchronized void hasEnded(OwnedName owned) {
    if (overAtOpen.remove(owned)) {
      ended.add(owned.owner());
    }
    whenEnded.forEach(told -> told.accept(owned.owner()));
    whenLost.forEach(told -> told.accept(owned.owner()));
  }

  // ---- coming in

  /**
   * Whether a person without a token may have a name.
   *
   * @param client the client's lasting secret
   * @return why not; null if they may
   */
  @Nullable Denial mayHave(String name, String client) {
    Looks looks = Looks.of(name);
    OwnedName owned = find(looks.key());
    if (owned == null) {
      return looksAlike(looks);
    }
    return owned.waitsFor(client) ? null : ownedDenial();
  }

  private static Denial ownedDenial() {
    return Denial.of(
        Code.NAME_OWNED, "This name is owned, choose another or connect with its token.");
  }

  private @Nullable Denial looksAlike(Looks looks) {
    synchronized (this) {
      for (String look : looks.like()) {
        String key = keysByLook.get(look);
        if (key != null && !key.equals(looks.key()) && find(key) != null) {
          return Denial.of(
              Code.NAME_LOOKS_ALIKE,
              "This name could be mistaken for an owned one, choose another.");
        }
      }
      return null;
    }
  }

  /**
   * Makes sure that this server knows a token that another one may have made just now.
   *
   * @return null if there is nothing left to wait for
   */
  @Nullable CompletionStage<Void> needs(String token) {
    return isKnown(Secret.hash(token)) || codes.has(token) || !unknown.isNew(token)
        ? null
        : facts.catchUp();
  }

  private synchronized boolean isKnown(Hash token) {
    return keysByToken.containsKey(token);
  }

  /**
   * Checks whether a token, or a code in its place, belongs to a name. For a free name the answer
   * is the same, and takes the same time.
   *
   * @return the owner; or why it does not
   */
  Proof prove(String name, String token, @Nullable InetAddress address) {
    Object from = Neighbours.of(address);
    long wait = wrongFromAddress.waitMillis(from);
    if (wait > 0) {
      return new Proof.Wrong(tooOften(wait));
    }
    String key = Looks.keyOf(name);
    Proof proof = proved(key, token);
    if (proof instanceof Proof.Wrong) {
      wrongFromAddress.take(from);
    }
    return proof;
  }

  /**
   * Finds the owner of a token.
   *
   * @return the owner; or why there is none
   */
  Proof prove(String token, @Nullable InetAddress address) {
    Object from = Neighbours.of(address);
    long wait = wrongFromAddress.waitMillis(from);
    if (wait > 0) {
      return new Proof.Wrong(tooOften(wait));
    }
    Owner owner = ownerWith(Secret.hash(token));
    if (owner != null) {
      return new Proof.Right(owner);
    }
    wrongFromAddress.take(from);
    return new Proof.Wrong(
        Denial.of(
            Code.TOKEN_WRONG,
            "This is no token that the server knows, claim a name to get one or ask an operator."));
  }

  private synchronized @Nullable Owner ownerWith(Hash token) {
    String key = keysByToken.get(token);
    OwnedName owned = key == null ? null : names.get(key);
    OwnedName.Token found = owned == null ? null : owned.find(token);
    return owned == null || found == null ? null : use(owned, found);
  }

  /** A token has proved the ownership. */
  private Owner use(OwnedName owned, OwnedName.Token token) {
    if (token.used() < today() || owned.claimant() != null) {
      keepUsed(keyOf(owned), token.hash());
    }
    return owned.owner();
  }

  /** If the use cannot be stored now, a later use will be. */
  private void keepUsed(String key, Hash token) {
    ConflictException.tryAgain(() -> tryToKeepUsed(key, token))
        .exceptionally(
            failure -> {
              log.debug("not kept", failure);
              return null;
            });
  }

  private synchronized CompletionStage<Void> tryToKeepUsed(String key, Hash token) {
    OwnedName owned = names.get(key);
    if (owned == null || owned.find(token) == null) {
      return CompletableFuture.completedStage(null);
    }
    OwnedName used = owned.used(token, today());
    put(used);
    return facts.change(List.of(used.asFact()));
  }

  private static Denial tooOften(long waitMillis) {
    return new Denial(
        Code.RATE, waitMillis, "There were too many wrong tokens, wait a moment and try again.");
  }

  private synchronized Proof proved(String key, String token) {
    OwnedName owned = names.get(key);
    OwnedName.Token found = (owned == null ? NOBODYS : owned).find(Secret.hash(token));
    if (owned == null || found == null) {
      return provedByCode(key, owned, token);
    }
    return new Proof.Right(use(owned, found));
  }

  /**
   * Limits guesses: a code is short enough to be guessed by many together. Owners with a token are
   * not affected, so that no stranger can lock them out.
   */
  private Proof provedByCode(String key, @Nullable OwnedName owned, String code) {
    long wait = wrongCodesOfName.waitMillis(key);
    if (wait > 0) {
      return new Proof.Wrong(tooOften(wait));
    }
    boolean right = codes.use(code, (owned == null ? NOBODYS : owned).owner().id());
    if (right && owned != null) {
      return new Proof.Right(owned.owner());
    }
    wrongCodesOfName.take(key);
    return new Proof.Wrong(
        Denial.of(
            Code.TOKEN_WRONG,
            "This is not the token of this name, choose another name or ask an operator."));
  }

  private static final OwnedName NOBODYS =
      new OwnedName(
          new Owner("", ""),
          0,
          List.of(new OwnedName.Token(Secret.hash(Secret.token()), 0, 0)),
          null);

  /** A session of an owner has ended, so the name was used until now. */
  synchronized void wasHere(Owner owner) {
    OwnedName owned = names.get(Looks.keyOf(owner.name()));
    if (owned != null && owned.owner().equals(owner) && owned.lastUsed() < today()) {
      keepUsed(keyOf(owned), owned.newest().hash());
    }
  }

  // ---- claims

  /**
   * Claims the name of a person, or makes a token for another device of its owner.
   *
   * @return completes when stored, or refused; never with an exception
   */
  CompletionStage<Claim> claim(Person person) {
    long wait = claims.waitMillis(Neighbours.of(person.address()));
    if (wait > 0) {
      return refused(
          new Denial(
              Code.RATE, wait, "Too many names were claimed from your address, wait a while."));
    }
    String token = Secret.token();
    return ConflictException.tryAgain(() -> tryToClaim(person, token))
        .exceptionally(
            failure -> {
              log.debug("a claim is not kept", failure);
              return new Claim.Refused(
                  Denial.of(
                      Code.UNAVAILABLE, "The server cannot store names for now, try again later."));
            });
  }

  private synchronized CompletionStage<Claim> tryToClaim(Person person, String token) {
    Hash hash = Secret.hash(token);
    Looks looks = Looks.of(person.name());
    OwnedName owned = find(looks.key());
    Denial denial = owned == null ? mayClaim(looks) : mayHaveAnother(owned, person);
    if (denial != null) {
      return refused(denial);
    }
    claims.take(Neighbours.of(person.address()));
    OwnedName claimed = owned == null ? fresh(person, hash) : owned.with(hash, today());
    put(claimed);
    return facts
        .change(List.of(claimed.asFact()))
        .handle(
            (nothing, failure) -> {
              if (failure != null) {
                takeBack(claimed, hash, owned);
                throw new CompletionException(failure);
              }
              Person now = person.asOwner(claimed.owner());
              return new Claim.Granted(now, token, keepDays == 0 ? null : (long) keepDays);
            });
  }

  private static CompletionStage<Claim> refused(Denial why) {
    return CompletableFuture.completedStage(new Claim.Refused(why));
  }

  private @Nullable Denial mayClaim(Looks looks) {
    if (names.size() >= MOST_NAMES) {
      return Denial.of(
          Code.FORBIDDEN, "As many names have owners as this server takes, ask an operator.");
    }
    return looksAlike(looks);
  }

  private static @Nullable Denial mayHaveAnother(OwnedName owned, Person person) {
    boolean isOwner = owned.owner().equals(person.owner()) && person.bot() == null;
    return isOwner || owned.waitsFor(person.client()) ? null : ownedDenial();
  }

  private OwnedName fresh(Person person, Hash token) {
    long today = today();
    return new OwnedName(
        new Owner(HexFormat.of().formatHex(Secret.random(ID_BYTES)), person.name()),
        clock.millis(),
        List.of(new OwnedName.Token(token, today, today)),
        person.client() == null ? null : Secret.hash(person.client()));
  }

  /**
   * Undoes a claim that failed: its token was told to nobody, so a stored one must not stay.
   *
   * @param before the name before it; null if it was free
   */
  private synchronized void takeBack(OwnedName claimed, Hash token, @Nullable OwnedName before) {
    Owner owner = claimed.owner();
    OwnedName owned = names.get(Looks.keyOf(owner.name()));
    if (owned != null && owned.owner().id().equals(owner.id())) {
      OwnedName left = owned.without(token);
      left = before == null ? left : left.withThoseGoneFrom(before, claimed);
      if (left.tokens().isEmpty()) {
        remove(owned);
        hasEnded(owned);
      } else {
        put(left);
      }
    }
  }

  /** Makes a code for another device. */
  Link link(Person person) {
    Owner owner = person.owner();
    if (owner == null || person.bot() != null || !isOwner(owner)) {
      return new Link.Refused(
          Denial.of(Code.FORBIDDEN, "Only a name that is yours can be linked, claim it first."));
    }
    return new Link.Code(codes.make(owner.id()), LinkCodes.VALID.toSeconds());
  }

  // ---- the stored names

  /** Whether a name was unused for too long. */
  private synchronized @Nullable OwnedName find(String key) {
    OwnedName owned = names.get(key);
    if (owned == null || !isOver(owned) || isHere.test(key)) {
      return owned;
    }
    log.info(
        "the name {} was not used for {} days and is free",
        VisibleText.of(owned.owner().name()),
        keepDays);
    var unused = end(List.of(owned));
    return names.get(key);
  }

  private boolean isOver(OwnedName name) {
    return keepDays > 0 && today() - name.lastUsed() > keepDays;
  }

  private long today() {
    return LocalDate.ofInstant(Instant.ofEpochMilli(clock.millis()), ZoneOffset.UTC).toEpochDay();
  }

  private void put(OwnedName name) {
    Looks looks = Looks.of(name.owner().name());
    OwnedName before = names.put(looks.key(), name);
    if (before != null) {
      before.tokens().forEach(token -> keysByToken.remove(token.hash()));
    }
    name.tokens().forEach(token -> keysByToken.put(token.hash(), looks.key()));
    ids.add(name.owner().id());
    if (before != null && !before.owner().equals(name.owner())) {
      ids.remove(before.owner().id());
    }
    looks.like().forEach(look -> keysByLook.put(look, looks.key()));
  }

  private void remove(OwnedName name) {
    Looks looks = Looks.of(name.owner().name());
    names.remove(looks.key());
    name.tokens().forEach(token -> keysByToken.remove(token.hash()));
    ids.remove(name.owner().id());
    looks.like().forEach(look -> keysByLook.remove(look, looks.key()));
    codes.forget(name.owner().id());
  }

  private static String keyOf(OwnedName name) {
    return Looks.keyOf(name.owner().name());
  }
}
