package io.chatroom.server.names;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Owners for tests: a name is owned when the test says so, by anybody who has it. */
public final class SomeOwners implements Ownership {

  private final Map<String, Owner> owners = new ConcurrentHashMap<>();
  private int owned;

  /** Of these names. */
  public static SomeOwners of(String... names) {
    SomeOwners some = new SomeOwners();
    for (String name : names) {
      some.own(name);
    }
    return some;
  }

  /** A name gets an owner, another one if it had one. */
  public synchronized Owner own(String name) {
    Owner owner = new Owner("id" + owned++, name);
    owners.put(key(name), owner);
    return owner;
  }

  /** A name is nobody's. */
  public void free(String name) {
    owners.remove(key(name));
  }

  @Override
  public @Nullable Owner ownerOf(String name) {
    return owners.get(key(name));
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
