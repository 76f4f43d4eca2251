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
 * The names that owners have blocked (S-38). A list belongs to an ownership, and is deleted with
 * it. Thread-safe.
 */
public final class Blocks {

  /** The most names in a list, which must fit in one object of the protocol. */
  static final int MOST = 200;

  private static final Logger log = LoggerFactory.getLogger(Blocks.class);

  private static final String KIND = "block";

  private final Facts facts;

  /** By owner id. The lists are immutable. */
  private final Map<String, List<String>> lists = new ConcurrentHashMap<>();

  private volatile boolean isOpen;
  private volatile Consumer<String> whenChangedElsewhere = owner -> {};

  Blocks(Facts facts) {
    this.facts = facts;
  }

  /**
   * Reads the stored lists.
   *
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  public static Blocks open(Facts facts) throws IOException {
    Blocks blocks = new Blocks(facts);
    try {
      facts.follow(KIND, blocks::apply);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    blocks.isOpen = true;
    return blocks;
  }

  /** Adds a stored list, or one that another server has changed. */
  private void apply(Fact fact) {
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
      whenChangedElsewhere.accept(fact.key());
    }
  }

  /**
   * Sets the listener for lists that another server has changed.
   *
   * @param listener called with the owner's id, on any thread; must return soon
   */
  public void whenChangedElsewhere(Consumer<String> listener) {
    whenChangedElsewhere = listener;
  }

  /** The names that an owner has blocked, in the order of blocking. */
  public List<String> of(Owner owner) {
    return of(owner.id());
  }

  /** The names that the owner with an id has blocked, in the order of blocking. */
  public List<String> of(String ownerId) {
    return lists.getOrDefault(ownerId, List.of());
  }

  /** Returns true if an owner has blocked a name. */
  boolean has(String ownerId, String name) {
    List<String> list = lists.get(ownerId);
    return list != null && list.stream().anyMatch(blocked -> fold(blocked).equals(fold(name)));
  }

  /**
   * Checks whether an owner can block one more name.
   *
   * @param maxNameBytes the length of the longest possible name, in bytes of UTF-8
   * @return why not; null if they can
   */
  public @Nullable Denial mayBlock(Owner owner, String name, int maxNameBytes) {
    if (name.getBytes(StandardCharsets.UTF_8).length > maxNameBytes) {
      return Denial.of(
          Code.FORBIDDEN,
          "Names have at most " + maxNameBytes + " bytes; there is no such name to block.");
    }
    if (fold(name).equals(fold(owner.name()))) {
      return Denial.of(Code.FORBIDDEN, "This is your own name; you cannot block yourself.");
    }
    return of(owner).size() >= MOST && !has(owner.id(), name)
        ? Denial.of(
            Code.FORBIDDEN,
            "You have blocked " + MOST + " names, the most allowed; unblock one first.")
        : null;
  }

  /**
   * Blocks or unblocks a name.
   *
   * @return completes, on any thread, when that is as safe as this server makes it
   */
  public CompletionStage<Void> block(Owner owner, String name, boolean on) {
    return ConflictException.tryAgain(() -> tryToBlock(owner, name, on));
  }

  private synchronized CompletionStage<Void> tryToBlock(Owner owner, String name, boolean on) {
    List<String> list = new ArrayList<>(of(owner)); // changes are in the order of the facts
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

  /** Undoes a change that could not be stored; its author is notified. Keeps later changes. */
  private synchronized void takeBack(Owner owner, List<String> now, List<String> before) {
    if (of(owner).equals(now)) {
      put(owner.id(), before);
    }
  }

  /** Deletes the list of an ownership that has ended. */
  synchronized void forget(Owner owner) {
    if (lists.remove(owner.id()) != null) {
      changeUnasked(List.of(Fact.gone(KIND, owner.id())));
    }
  }

  /** Deletes the lists of former owners. */
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

  /** Deletes lists; one that cannot be deleted now will be at the next start. */
  private void changeUnasked(List<Fact> changes) {
    facts
        .put(changes)
        .exceptionally(
            failure -> {
              log.debug("cannot delete the lists of blocked names yet", failure);
              return null;
            });
  }

  /** Compares names like those of rooms: case and width do not count. */
  private static String fold(String name) {
    RoomName room = Pair.roomOf(name);
    return room != null
        ? room.key()
        : Normalizer.normalize(name, Normalizer.Form.NFKC)
            .toUpperCase(Locale.ROOT)
            .toLowerCase(Locale.ROOT);
  }
}
