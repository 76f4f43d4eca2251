package io.chatroom.server.names;

import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Names that belong to somebody, for tests, and the tokens that prove it. */
public final class SomeOwners {

  private final Facts facts;
  private final Map<String, String> tokens = new HashMap<>();
  private final AtomicLong nanos = new AtomicLong();
  private Owners owners;
  private int clients;

  /** None yet. */
  public SomeOwners(Facts facts) {
    this.facts = facts;
    this.owners = open();
  }

  private Owners open() {
    try { // an hour passes whenever one looks, so that any number of names can be claimed
      return Owners.open(
          facts, InstantSource.system(), () -> nanos.addAndGet(Duration.ofHours(1).toNanos()), 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Who owns what, as the server knows it. */
  public Owners owners() {
    return owners;
  }

  /** The server ends and begins again. */
  public void restart() {
    owners = open();
  }

  /** A name gets an owner, another one if it had one. */
  public void own(String name) {
    owners.free(name);
    Person person = new Person(name, "%032x".formatted(clients++), null);
    Claim claim = owners.claim(person).toCompletableFuture().join();
    tokens.put(key(name), ((Claim.Granted) claim).token());
  }

  /** A name is nobody's. */
  public void free(String name) {
    owners.free(name);
    tokens.remove(key(name));
  }

  /** What proves that a name is its own; empty where nobody owns it. */
  public String token(String name) {
    String token = tokens.get(key(name));
    return token == null ? "" : token;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
