package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.ConflictException;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bots of all owners, and their tokens. Queries are answered from memory; a change completes
 * once it is stored as facts. Thread-safe.
 */
public final class Bots {

  /** The answer to a request. */
  public sealed interface Answer {

    /**
     * It succeeded.
     *
     * @param bots all bots of the owner, the oldest first
     * @param token the token of a new bot, shown once; null if none was made
     */
    record Done(List<Bot> bots, @Nullable String token) implements Answer {

      /** Without the token. */
      @Override
      public String toString() {
        return "Done[bots=" + bots + "]";
      }
    }

    /** It was refused. */
    record Refused(Denial why) implements Answer {}
  }

  private static final int ID_BYTES = 8;

  /** The most changes of one owner, as each one is stored. */
  private static final int CHANGES_AN_HOUR = 60;

  /** The most bots of one owner. */
  private static final int MOST_OF_ONE = 10;

  /** The most bots in total, which take at most about 50 MB. */
  private static final int MOST = 20_000;

  private static final Logger log = LoggerFactory.getLogger(Bots.class);

  private final Facts facts;
  private final Ownership owners;
  private final InstantSource clock;

  private final Allowance changes =
      new Allowance(CHANGES_AN_HOUR, Duration.ofHours(1), System::nanoTime);

  /** By token. */
  private final Map<Hash, Bot> bots = new HashMap<>();

  /** By owner id, the oldest first. */
  private final Map<String, List<Bot>> ofOwners = new HashMap<>();

  private volatile Runnable whenRevoked = () -> {};
  private volatile boolean isOpen;

  private Bots(Facts facts, Ownership owners, InstantSource clock) {
    this.facts = facts;
    this.owners = owners;
    this.clock = clock;
  }

  /**
   * Reads the stored bots. Those of former owners are deleted.
   *
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  public static Bots open(Facts facts, Ownership owners, InstantSource clock) throws IOException {
    Bots opened = new Bots(facts, owners, clock);
    try {
      facts.follow(Bot.KIND, opened::apply);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    opened.isOpen = true;
    opened.ofOwners.values().forEach(bots -> bots.sort(Comparator.comparing(Bot::madeMillis)));
    opened.forgetOwnerless();
    return opened;
  }

  /** Adds a stored bot, or applies a change of another server. */
  private void apply(Fact fact) {
    try {
      Bot now = fact.value() == null ? null : Bot.of(fact);
      List<Bot> before;
      synchronized (this) {
        before =
            isOpen
                ? bots.values().stream().filter(bot -> bot.id().equals(fact.key())).toList()
                : List.of();
        remove(before);
        if (now != null) {
          add(now);
        }
      }
      if (!before.isEmpty()) {
        whenRevoked.run();
      }
    } catch (IllegalArgumentException e) {
      if (!isOpen) {
        throw e;
      }
      log.warn(e.getMessage());
    }
  }

  /** The bots of a server without a store. */
  static Bots ofMemory(Ownership owners) {
    try {
      return open(new MemoryFacts(), owners, InstantSource.system());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // reading memory cannot fail
    }
  }

  private synchronized void forgetOwnerless() {
    List<Bot> gone = bots.values().stream().filter(bot -> !hasOwner(bot)).toList();
    if (!gone.isEmpty()) {
      remove(gone);
      // If a bot cannot be deleted now, it will be at the next start.
      var unused = facts.put(gone.stream().map(bot -> Fact.gone(Bot.KIND, bot.id())).toList());
    }
  }

  private boolean hasOwner(Bot bot) {
    Owner owner = owners.ownerOf(bot.owner().name());
    return owner != null && owner.id().equals(bot.owner().id());
  }

  /** The bot with this token under this name, or null. */
  @Nullable Bot find(String name, String token) {
    Bot bot = find(token);
    return bot != null && NamesInUse.areSame(name, bot.owner().name()) ? bot : null;
  }

  /** The bot with this token, or null. */
  synchronized @Nullable Bot find(String token) {
    Bot bot = bots.get(Secret.hash(token));
    return bot != null && hasOwner(bot) ? bot : null;
  }

  /** Returns true if a bot is still valid. */
  synchronized boolean isValid(Bot bot) {
    return bots.containsKey(bot.token()) && hasOwner(bot);
  }

  /** Sets the task that runs, on any thread, when a bot is no longer valid. */
  void whenRevoked(Runnable task) {
    whenRevoked = task;
  }

  /**
   * Makes, lists or revokes bots of a person.
   *
   * @return completes on any thread, when the change is safe or refused; never with an exception
   */
  public CompletionStage<Answer> answer(Person person, FromClient.Tokens request) {
    Owner owner = person.owner();
    if (owner == null || person.bot() != null || !owners.isOwner(owner)) {
      return refused(
          Code.FORBIDDEN, "Only the owner of a name can have bots under it; claim it first.");
    }
    long wait = request.action() == FromClient.TokenAction.LIST ? 0 : changes.take(owner.id());
    if (wait > 0) {
      return CompletableFuture.completedStage(
          new Answer.Refused(new Denial(Code.RATE, wait, "Too many changes; wait a while.")));
    }
    String label = request.label() == null ? "" : request.label();
    return switch (request.action()) {
      case LIST -> CompletableFuture.completedStage(new Answer.Done(of(owner), null));
      case MAKE -> make(owner, label, request);
      case REVOKE -> revoke(owner, label);
    };
  }

  private synchronized List<Bot> of(Owner owner) {
    return List.copyOf(ofOwners.getOrDefault(owner.id(), List.of()));
  }

  private synchronized void add(Bot bot) {
    bots.put(bot.token(), bot);
    ofOwners.computeIfAbsent(bot.owner().id(), id -> new ArrayList<>(1)).add(bot);
  }

  private synchronized void remove(List<Bot> gone) {
    for (Bot bot : gone) {
      bots.remove(bot.token());
      ofOwners.computeIfPresent(
          bot.owner().id(),
          (id, all) -> {
            all.remove(bot);
            return all.isEmpty() ? null : all;
          });
    }
  }

  private CompletionStage<Answer> make(Owner owner, String label, FromClient.Tokens request) {
    List<RoomName> rooms = request.rooms().stream().distinct().toList();
    if (label.isBlank() || label.codePoints().anyMatch(Character::isISOControl)) {
      return refused(
          Code.BAD_REQUEST, "The label is blank or has control characters; choose another.");
    }
    if (rooms.stream().anyMatch(RoomName::isPrivate)) {
      return refused(Code.BAD_REQUEST, "A bot cannot be in a private room; choose other rooms.");
    }
    String token = Secret.token();
    Bot bot =
        new Bot(
            HexFormat.of().formatHex(Secret.random(ID_BYTES)),
            owner,
            label,
            Secret.hash(token),
            rooms,
            request.scope() == null ? FromClient.Scope.READ : request.scope(),
            clock.millis());
    return ConflictException.tryAgain(() -> tryToMake(bot))
        .<Answer>thenApply(
            denial ->
                denial == null
                    ? new Answer.Done(of(owner), token)
                    : new Answer.Refused(Denial.of(Code.FORBIDDEN, denial)))
        .exceptionally(failure -> unavailable());
  }

  /** Completes with the reason why it may not be made, or null. */
  private synchronized CompletionStage<@Nullable String> tryToMake(Bot bot) {
    List<Bot> others = of(bot.owner());
    if (others.stream().anyMatch(other -> other.label().equals(bot.label()))) {
      return CompletableFuture.completedStage(
          "You already have a bot with this label; choose another.");
    }
    if (others.size() >= MOST_OF_ONE) {
      return CompletableFuture.completedStage(
          "You have " + MOST_OF_ONE + " bots, the most allowed; revoke one first.");
    }
    if (bots.size() >= MOST) {
      forgetOwnerless();
    }
    if (bots.size() >= MOST) {
      return CompletableFuture.completedStage(
          "This server cannot store more bots; ask an operator.");
    }
    add(bot);
    return facts
        .change(List.of(bot.asFact()))
        .handle(
            (nothing, failure) -> {
              if (failure != null) {
                remove(List.of(bot));
                throw new CompletionException(failure);
              }
              return null;
            });
  }

  private CompletionStage<Answer> revoke(Owner owner, String label) {
    List<Bot> found = new ArrayList<>();
    CompletionStage<Void> kept;
    synchronized (this) {
      of(owner).stream().filter(bot -> bot.label().equals(label)).forEach(found::add);
      if (found.isEmpty()) {
        return refused(Code.BAD_REQUEST, "You have no bot with this label.");
      }
      remove(found); // even if it cannot be stored: a revocation must apply at once
      kept = facts.put(List.of(Fact.gone(Bot.KIND, found.get(0).id())));
    }
    whenRevoked.run();
    return kept.handle(
        (nothing, failure) -> failure == null ? new Answer.Done(of(owner), null) : restored(found));
  }

  /**
   * Undoes a revocation that could not be stored, as the next start would undo it anyway; the owner
   * is notified and can try again.
   */
  private synchronized Answer restored(List<Bot> found) {
    found.forEach(this::add);
    return unavailable();
  }

  private static Answer unavailable() {
    return new Answer.Refused(
        Denial.of(Code.UNAVAILABLE, "The server cannot store this for now; try again later."));
  }

  private static CompletionStage<Answer> refused(Code code, String text) {
    return CompletableFuture.completedStage(new Answer.Refused(Denial.of(code, text)));
  }
}
