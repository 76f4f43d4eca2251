package io.chatroom.server.names;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The owned names in memory, found by key, token and look. The lock of {@link Owners} guards it,
 * except for {@link #hasOwner}.
 */
final class NameIndex {

  /** By name key. */
  private final Map<String, OwnedName> names = new HashMap<>();

  /** Name keys by token. */
  private final Map<Hash, String> keysByToken = new HashMap<>();

  /** Name keys by look. */
  private final Map<String, String> keysByLook = new HashMap<>();

  /** The ids of present owners. */
  private final Set<String> ids = ConcurrentHashMap.newKeySet();

  /** The name with a key, or null. */
  @Nullable OwnedName get(String key) {
    return names.get(key);
  }

  /** The name with a token, or null. */
  @Nullable OwnedName withToken(Hash token) {
    String key = keysByToken.get(token);
    return key == null ? null : names.get(key);
  }

  /** The key of a name with this look, or null. */
  @Nullable String keyWithLook(String look) {
    return keysByLook.get(look);
  }

  /** All names, in no order. */
  Collection<OwnedName> all() {
    return Collections.unmodifiableCollection(names.values());
  }

  int size() {
    return names.size();
  }

  /** Returns true if this is the id of a present owner. Called from any thread. */
  boolean hasOwner(String id) {
    return ids.contains(id);
  }

  /** Adds a name, or replaces the one with the same key. */
  void put(OwnedName name) {
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

  void remove(OwnedName name) {
    Looks looks = Looks.of(name.owner().name());
    names.remove(looks.key());
    name.tokens().forEach(token -> keysByToken.remove(token.hash()));
    ids.remove(name.owner().id());
    looks.like().forEach(look -> keysByLook.remove(look, looks.key()));
  }
}
