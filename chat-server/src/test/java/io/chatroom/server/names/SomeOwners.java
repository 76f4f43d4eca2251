package io.chatroom.server.names;

import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Owned names for tests, and the tokens that prove the ownership. */
public final class SomeOwners {

  private final Facts facts;
  private final Map<String, String> tokens = new HashMap<>();
  private final AtomicLong nanos = new AtomicLong();
  private Owners owners;
  private int clients;

  /** Without owners. */
  public SomeOwners(Facts facts) {
    this.facts = facts;
    this.owners = open();
  }

  private Owners open() {
    try { // the clock advances an hour at each reading, so that no claim is rate-limited
      return Owners.open(
          facts, InstantSource.system(), () -> nanos.addAndGet(Duration.ofHours(1).toNanos()), 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The owners, for the server. */
  public Owners owners() {
    return owners;
  }

  /** Restarts the server. */
  public void restart() {
    owners = open();
  }

  /** Gives a name a new owner. */
  public void own(String name) {
    owners.free(name);
    Person person = new Person(name, "%032x".formatted(clients++), null);
    Claim claim = owners.claim(person).toCompletableFuture().join();
    tokens.put(key(name), ((Claim.Granted) claim).token());
  }

  /** Frees a name. */
  public void free(String name) {
    owners.free(name);
    tokens.remove(key(name));
  }

  /** The token of a name; empty if nobody owns it. */
  public String token(String name) {
    String token = tokens.get(key(name));
    return token == null ? "" : token;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
