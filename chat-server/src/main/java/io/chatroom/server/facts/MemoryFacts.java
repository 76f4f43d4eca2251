package io.chatroom.server.facts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Facts in memory, which last as long as the server. */
public final class MemoryFacts implements Facts {

  private final Map<String, NavigableMap<String, Fact>> byKind = new HashMap<>();

  @Override
  public synchronized List<Fact> read(String kind, String after, int limit) {
    NavigableMap<String, Fact> all = byKind.get(kind);
    List<Fact> found = new ArrayList<>();
    if (all != null) {
      for (Fact fact : all.tailMap(after, false).values()) {
        if (found.size() == limit) {
          break;
        }
        found.add(fact);
      }
    }
    return found;
  }

  @Override
  public synchronized CompletionStage<Void> change(List<Fact> changes) {
    for (Fact change : changes) {
      NavigableMap<String, Fact> all =
          byKind.computeIfAbsent(change.kind(), kind -> new TreeMap<>(MemoryFacts::byCodePoint));
      if (change.value() == null) {
        all.remove(change.key());
      } else {
        all.put(change.key(), change);
      }
    }
    return CompletableFuture.completedStage(null);
  }

  /** The order of UTF-8 in databases, which differs from Java's own beyond U+FFFF. */
  private static int byCodePoint(String one, String other) {
    int at = 0;
    while (at < one.length() && at < other.length()) {
      int a = one.codePointAt(at);
      int b = other.codePointAt(at);
      if (a != b) {
        return Integer.compare(a, b);
      }
      at += Character.charCount(a);
    }
    return Integer.compare(one.length(), other.length());
  }
}
