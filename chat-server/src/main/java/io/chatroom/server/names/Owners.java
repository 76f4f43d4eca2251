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
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owned names, and their tokens. Queries are answered from memory; a change completes once it
 * is stored as facts. Thread-safe.
 */
public final class Owners implements Ownership {

  private static final Logger log = LoggerFactory.getLogger(Owners.class);

  private static final int ID_BYTES = 8;

  /** The most owned names, which take about 50 MB. */
  private static final int MOST_NAMES = 50_000;

  private static final int CLAIMS_AN_HOUR = 20;

  /** The most wrong tokens from one address at once; then one every half minute. */
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

  private final NameIndex names = new NameIndex();

  private final List<OwnedName> expiredAtOpen = new ArrayList<>();

  /** The former owners of names that were freed when this was opened. */
  private final List<Owner> ended = new ArrayList<>();

  private boolean isOpen;

  private final List<Consumer<Owner>> whenEnded = new CopyOnWriteArrayList<>();
  private final List<Consumer<Owner>> whenLost = new CopyOnWriteArrayList<>();

  /** True for the key of a name that a present session has. */
  private Predicate<String> isHere = key -> false;

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
   * @param keepDays the number of days an unused name is kept; 0 is forever
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  public static Owners open(Facts facts, InstantSource clock, LongSupplier nanos, int keepDays)
      throws IOException {
    Owners owners = new Owners(facts, clock, nanos, keepDays);
    try {
      facts.follow(OwnedName.KIND, owners::apply);
      owners.codes.open();
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    owners.open();
    return owners;
  }

  /** Frees unused names, once all stored names were read. */
  private synchronized void open() {
    isOpen = true;
    List<OwnedName> expired = names.all().stream().filter(this::isExpired).toList();
    if (!expired.isEmpty()) {
      log.info("freed {} owned names that were unused for {} days", expired.size(), keepDays);
      expiredAtOpen.addAll(expired);
      var unused = end(expired);
    }
  }

  /** Adds a stored name, or applies a change of another server. */
  private synchronized void apply(Fact fact) {
    try {
      OwnedName now = fact.value() == null ? null : OwnedName.of(fact);
      OwnedName before = names.get(fact.key());
      if (before != null && (now == null || !before.owner().equals(now.owner()))) {
        remove(before);
        whenLost.forEach(told -> told.accept(before.owner()));
      }
      if (now != null) {
        names.put(now);
      }
    } catch (IllegalArgumentException e) {
      if (!isOpen) {
        throw e;
      }
      log.warn(e.getMessage());
    }
  }

  /**
   * Adds a listener for ownerships that this server has ended since it was opened: exactly one
   * server deletes the data of each. Call it before anybody connects.
   *
   * @param told called on any thread, while a lock is held: must return soon, and not call this
   *     class
   */
  public synchronized void whenEnded(Consumer<Owner> told) {
    whenEnded.add(told);
    ended.forEach(told);
  }

  /** Adds a listener for ownerships that any server ends from now on. */
  synchronized void whenLost(Consumer<Owner> told) {
    whenLost.add(told);
  }

  /**
   * Prevents names in use from being freed.
   *
   * @param isHere true for the key of a name that a present session has; must not call this class
   */
  synchronized void keepWhile(Predicate<String> isHere) {
    this.isHere = isHere;
  }

  /**
   * Marks names in use as used today. Called from time to time where several servers share the
   * names, so that none of them frees a name in use on another one.
   */
  void markUsed() {
    List<OwnedName> used;
    synchronized (this) {
      used =
          names.all().stream()
              .filter(name -> name.lastUsed() < today() && isHere.test(keyOf(name)))
              .toList();
    }
    used.forEach(name -> keepUsed(keyOf(name), name.newest().hash()));
  }

  // ---- owners

  @Override
  public boolean isOwner(@Nullable Owner owner) {
    return owner != null && names.hasOwner(owner.id());
  }

  /** Returns true if this is the id of a present owner. */
  boolean has(String id) {
    return names.hasOwner(id);
  }

  @Override
  public @Nullable Owner ownerOf(String name) {
    OwnedName owned = find(Looks.keyOf(name));
    return owned == null ? null : owned.owner();
  }

  /** Returns true if the present owner of a name owned it at a time, in milliseconds since 1970. */
  boolean belongedAt(String name, long atMillis) {
    OwnedName owned = find(Looks.keyOf(name));
    return owned != null && owned.since() <= atMillis;
  }

  /** All owned names, sorted. */
  public synchronized List<StoredOwners.Listed> list() {
    return StoredOwners.list(names.all().stream());
  }

  /**
   * Frees a name on behalf of an operator, for example because its tokens are lost.
   *
   * @return completes, when stored, with true if it was owned; with an {@link IOException} if it
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

  /** Frees names; they are owned again if that cannot be stored. */
  private synchronized CompletionStage<Void> end(List<OwnedName> expired) {
    expired.forEach(this::remove);
    return facts
        .change(expired.stream().map(name -> Fact.gone(OwnedName.KIND, keyOf(name))).toList())
        .whenComplete((safe, failure) -> ended(expired, failure));
  }

  private synchronized void ended(List<OwnedName> expired, @Nullable Throwable failure) {
    if (failure == null) {
      expired.forEach(this::hasEnded);
      return;
    }
    log.debug("cannot store that names are free", failure);
    for (OwnedName name : expired) {
      if (names.get(keyOf(name)) == null) {
        names.put(name);
      }
    }
  }

  private synchronized void hasEnded(OwnedName owned) {
    if (expiredAtOpen.remove(owned)) {
      ended.add(owned.owner());
    }
    whenEnded.forEach(told -> told.accept(owned.owner()));
    whenLost.forEach(told -> told.accept(owned.owner()));
  }

  // ---- proofs

  /**
   * Checks whether a person without a token may use a name.
   *
   * @param client the client's permanent secret
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
        Code.NAME_OWNED, "This name is owned; choose another, or connect with its token.");
  }

  private @Nullable Denial looksAlike(Looks looks) {
    synchronized (this) {
      for (String look : looks.like()) {
        String key = names.keyWithLook(look);
        if (key != null && !key.equals(looks.key()) && find(key) != null) {
          return Denial.of(
              Code.NAME_LOOKS_ALIKE,
              "This name could be mistaken for an owned one; choose another.");
        }
      }
      return null;
    }
  }

  /**
   * Waits until this server knows a token that another one may have just made.
   *
   * @return null if there is nothing to wait for
   */
  @Nullable CompletionStage<Void> needs(String token) {
    return isKnown(Secret.hash(token)) || codes.has(token) || !unknown.isNew(token)
        ? null
        : facts.catchUp();
  }

  private synchronized boolean isKnown(Hash token) {
    return names.withToken(token) != null;
  }

  /**
   * Checks that a token, or a code in its place, belongs to a name. A free name gets the same
   * answer as a wrong token, after the same time.
   *
   * @return the owner; or why the token is refused
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
   * @return the owner; or why the token is refused
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
            "The server does not know this token; claim a name to get one, or ask an operator."));
  }

  private synchronized @Nullable Owner ownerWith(Hash token) {
    OwnedName owned = names.withToken(token);
    OwnedName.Token found = owned == null ? null : owned.find(token);
    return owned == null || found == null ? null : use(owned, found);
  }

  /** Records the use of a token that has proved an ownership. */
  private Owner use(OwnedName owned, OwnedName.Token token) {
    if (token.used() < today() || owned.claimant() != null) {
      keepUsed(keyOf(owned), token.hash());
    }
    return owned.owner();
  }

  /** Stores the use of a name; if that fails, a later use is stored. */
  private void keepUsed(String key, Hash token) {
    ConflictException.tryAgain(() -> tryToKeepUsed(key, token))
        .exceptionally(
            failure -> {
              log.debug("cannot store the use of a name", failure);
              return null;
            });
  }

  private synchronized CompletionStage<Void> tryToKeepUsed(String key, Hash token) {
    OwnedName owned = names.get(key);
    if (owned == null || owned.find(token) == null) {
      return CompletableFuture.completedStage(null);
    }
    OwnedName used = owned.used(token, today());
    names.put(used);
    return facts.change(List.of(used.asFact()));
  }

  private static Denial tooOften(long waitMillis) {
    return new Denial(Code.RATE, waitMillis, "Too many wrong tokens; wait a moment and try again.");
  }

  private synchronized Proof proved(String key, String token) {
    OwnedName owned = names.get(key);
    OwnedName.Token found = (owned == null ? FREE_NAME : owned).find(Secret.hash(token));
    if (owned == null || found == null) {
      return provedByCode(key, owned, token);
    }
    return new Proof.Right(use(owned, found));
  }

  /**
   * Limits guesses for each name: codes are short, and many addresses could guess together. Owners
   * with a token are not affected, so that no stranger can lock them out.
   */
  private Proof provedByCode(String key, @Nullable OwnedName owned, String code) {
    long wait = wrongCodesOfName.waitMillis(key);
    if (wait > 0) {
      return new Proof.Wrong(tooOften(wait));
    }
    boolean right = codes.use(code, (owned == null ? FREE_NAME : owned).owner().id());
    if (right && owned != null) {
      return new Proof.Right(owned.owner());
    }
    wrongCodesOfName.take(key);
    return new Proof.Wrong(
        Denial.of(
            Code.TOKEN_WRONG,
            "This is not the token of this name; choose another name, or ask an operator."));
  }

  /** Stands in for a free name, so that a wrong token takes the same time for it. */
  private static final OwnedName FREE_NAME =
      new OwnedName(
          new Owner("", ""),
          0,
          List.of(new OwnedName.Token(Secret.hash(Secret.token()), 0, 0)),
          null);

  /** Records that a session of an owner has ended: the name was used until today. */
  synchronized void recordUse(Owner owner) {
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
              Code.RATE, wait, "Too many names were claimed from your address; wait a while."));
    }
    String token = Secret.token();
    return ConflictException.tryAgain(() -> tryToClaim(person, token))
        .exceptionally(
            failure -> {
              log.debug("cannot store a claim", failure);
              return new Claim.Refused(
                  Denial.of(
                      Code.UNAVAILABLE, "The server cannot store names for now; try again later."));
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
    names.put(claimed);
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
          Code.FORBIDDEN, "This server cannot store more owned names; ask an operator.");
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
   * Undoes a claim that failed. Nobody has received its token, so the token must not stay.
   *
   * @param before the name before the claim; null if it was free
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
        names.put(left);
      }
    }
  }

  /** Makes a code for another device. */
  Link link(Person person) {
    Owner owner = person.owner();
    if (owner == null || person.bot() != null || !isOwner(owner)) {
      return new Link.Refused(
          Denial.of(
              Code.FORBIDDEN, "Only the owner of a name can link a device to it; claim it first."));
    }
    return new Link.Code(codes.make(owner.id()), LinkCodes.VALID.toSeconds());
  }

  // ---- the stored names

  /** The owned name with this key, or null. Frees a name that was unused for too long. */
  private synchronized @Nullable OwnedName find(String key) {
    OwnedName owned = names.get(key);
    if (owned == null || !isExpired(owned) || isHere.test(key)) {
      return owned;
    }
    log.info(
        "freed the name {}, which was unused for {} days",
        VisibleText.of(owned.owner().name()),
        keepDays);
    var unused = end(List.of(owned));
    return names.get(key);
  }

  /** True if a name was unused for too long. */
  private boolean isExpired(OwnedName name) {
    return keepDays > 0 && today() - name.lastUsed() > keepDays;
  }

  private long today() {
    return LocalDate.ofInstant(Instant.ofEpochMilli(clock.millis()), ZoneOffset.UTC).toEpochDay();
  }

  private void remove(OwnedName name) {
    names.remove(name);
    codes.forget(name.owner().id());
  }

  private static String keyOf(OwnedName name) {
    return Looks.keyOf(name.owner().name());
  }
}
