package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.ConflictException;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom owners of names want to hear nothing of (S-38). A list belongs to an ownership, and so goes
 * with it. Thread-safe.
 */
public final class Blocks {

  /** How many names a list has at most: all of them go into one object. */
  static final int MOST = 200;

  private static final Logger log = LoggerFactory.getLogger(Blocks.class);

  private static final String KIND = "block";

  private final Facts facts;

  /** By the owner's id. The lists do not change. */
  private final Map<String, List<String>> lists = new ConcurrentHashMap<>();

  private volatile boolean isOpen;
  private volatile Consumer<String> whenTold = owner -> {};

  Blocks(Facts facts) {
    this.facts = facts;
  }

  /**
   * Reads what was stored.
   *
   * @throws IOException if that cannot be read; the message is one sentence for people
   */
  public static Blocks open(Facts facts) throws IOException {
    Blocks blocks = new Blocks(facts);
    try {
      facts.follow(KIND, blocks::isTold);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    blocks.isOpen = true;
    return blocks;
  }

  /** There is a list, or another server has changed it. */
  private void isTold(Fact fact) {
    synchronized (this) {
      try {
        put(fact.key(), fact.value() == null ? List.of() : FactJson.names(fact.value()));
      } catch (IllegalArgumentException e) {
        if (!isOpen) {
          throw e;
        }
        log.warn(e.getMessage());
      }
    }
    if (isOpen) {
      whenTold.accept(fact.key());
    }
  }

  /**
   * Tells which owner's list another server has changed.
   *
   * @param told gets the owner's id, by any thread, and must return soon
   */
  public void whenTold(Consumer<String> told) {
    whenTold = told;
  }

  /** Whom an owner has blocked, in the order in which it did. */
  public List<String> of(Owner owner) {
    return of(owner.id());
  }

  /** The same by the owner's id. */
  public List<String> of(String ownerId) {
    return lists.getOrDefault(ownerId, List.of());
  }

  /** Whether an owner has blocked a name. */
  boolean has(String ownerId, String name) {
    List<String> list = lists.get(ownerId);
    return list != null && list.stream().anyMatch(blocked -> fold(blocked).equals(fold(name)));
  }

  /**
   * Whether an owner may block one more.
   *
   * @param maxNameBytes longer names are nobody's
   * @return why not; null if so
   */
  public @Nullable Denial mayBlock(Owner owner, String name, int maxNameBytes) {
    if (name.getBytes(StandardCharsets.UTF_8).length > maxNameBytes) {
      return Denial.of(
          Code.FORBIDDEN, "No name is that long, expected at most " + maxNameBytes + " bytes.");
    }
    if (fold(name).equals(fold(owner.name()))) {
      return Denial.of(Code.FORBIDDEN, "This is your own name, block another one.");
    }
    return of(owner).size() >= MOST && !has(owner.id(), name)
        ? Denial.of(
            Code.FORBIDDEN, "You have blocked " + MOST + " names, take one of them back first.")
        : null;
  }

  /**
   * Blocks a name, or takes that back.
   *
   * @return completed, on any thread, when that is as safe as this server makes it
   */
  public CompletionStage<Void> block(Owner owner, String name, boolean on) {
    return ConflictException.tryAgain(() -> tryToBlock(owner, name, on));
  }

  private synchronized CompletionStage<Void> tryToBlock(Owner owner, String name, boolean on) {
    List<String> list = new ArrayList<>(of(owner)); // the order of changes is that of the facts
    list.removeIf(blocked -> fold(blocked).equals(fold(name)));
    if (on) {
      list.add(name);
    }
    List<String> before = of(owner);
    List<String> now = List.copyOf(list);
    put(owner.id(), now);
    return facts
        .change(List.of(new Fact(KIND, owner.id(), now.isEmpty() ? null : FactJson.names(now))))
        .whenComplete(
            (safe, failure) -> {
              if (failure != null) {
                takeBack(owner, now, before);
              }
            });
  }

  private void put(String ownerId, List<String> list) {
    if (list.isEmpty()) {
      lists.remove(ownerId);
    } else {
      lists.put(ownerId, list);
    }
  }

  /** It was not stored, and who asked for it is told so. What was changed since stands. */
  private synchronized void takeBack(Owner owner, List<String> now, List<String> before) {
    if (of(owner).equals(now)) {
      put(owner.id(), before);
    }
  }

  /** Somebody owns its name no more. */
  synchronized void forget(Owner owner) {
    if (lists.remove(owner.id()) != null) {
      changeUnasked(List.of(Fact.gone(KIND, owner.id())));
    }
  }

  /** Forgets those who own no name any more. */
  synchronized void keepOnly(Predicate<String> isOwner) {
    List<Fact> gone =
        lists.keySet().stream()
            .filter(id -> !isOwner.test(id))
            .map(id -> Fact.gone(KIND, id))
            .toList();
    if (!gone.isEmpty()) {
      gone.forEach(fact -> lists.remove(fact.key()));
      changeUnasked(gone);
    }
  }

  /** What is not forgotten now will be with the next start. */
  private void changeUnasked(List<Fact> changes) {
    facts
        .put(changes)
        .exceptionally(
            failure -> {
              log.debug("not forgotten yet", failure);
              return null;
            });
  }

  /** Names that differ in case or width are one; those of rooms are compared in the same way. */
  private static String fold(String name) {
    RoomName room = Pair.roomOf(name);
    return room != null
        ? room.key()
        : Normalizer.normalize(name, Normalizer.Form.NFKC)
            .toUpperCase(Locale.ROOT)
            .toLowerCase(Locale.ROOT);
  }
}
