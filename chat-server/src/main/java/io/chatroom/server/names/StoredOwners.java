package io.chatroom.server.names;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The owned names in stored facts, for commands that need no running server. */
public final class StoredOwners {

  /** An owned name, for operators. */
  public record Listed(String name, int devices, LocalDate lastUsed) {}

  private static final Logger log = LoggerFactory.getLogger(StoredOwners.class);

  private static final int PAGE = 1_000;

  private StoredOwners() {}

  /** The kind of the facts about owned names. */
  public static String factsKind() {
    return OwnedName.KIND;
  }

  /**
   * All owned names from facts, sorted; works even while a server uses them.
   *
   * @param read all facts of {@link #factsKind}
   */
  public static List<Listed> list(List<Fact> read) {
    return list(read.stream().map(OwnedName::of));
  }

  static List<Listed> list(Stream<OwnedName> names) {
    return names.map(StoredOwners::listed).sorted(Comparator.comparing(Listed::name)).toList();
  }

  private static Listed listed(OwnedName name) {
    return new Listed(
        name.owner().name(), name.tokens().size(), LocalDate.ofEpochDay(name.lastUsed()));
  }

  /** The owner of a name while no server uses the facts; null also if its fact is damaged. */
  static @Nullable Owner ownerOf(Facts facts, String name) throws IOException {
    String key = Looks.keyOf(name);
    for (Fact fact : all(facts)) {
      if (fact.key().equals(key)) {
        try {
          return OwnedName.of(fact).owner();
        } catch (IllegalArgumentException e) {
          log.debug("a damaged name can still be freed", e);
        }
      }
    }
    return null;
  }

  /**
   * Frees a name while no server uses the facts.
   *
   * @return true if somebody owned it
   * @throws IOException if that fails; the message is one sentence for people
   */
  static boolean free(Facts facts, String name) throws IOException {
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
}
