package io.chatroom.server.names;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Codes that stand for a token, each once and for ten minutes: so a name comes to another device.
 * They live as long as the server. Thread-safe.
 */
final class LinkCodes {

  static final Duration VALID = Duration.ofMinutes(10);

  private static final int MOST_OF_ONE = 4;
  private static final int MOST = 10_000;

  private record Code(String owner, long untilNanos) {}

  private final LongSupplier nanos;

  /** The oldest first. */
  private final Map<Hash, Code> codes = new LinkedHashMap<>();

  LinkCodes(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Another one; the oldest of the same owner goes where there are too many. */
  synchronized String make(String owner) {
    dropOld();
    Iterator<Code> all = codes.values().iterator();
    long has = codes.values().stream().filter(one -> one.owner.equals(owner)).count();
    while (all.hasNext() && (has >= MOST_OF_ONE || codes.size() >= MOST)) {
      boolean own = all.next().owner.equals(owner);
      if (own || codes.size() >= MOST) {
        all.remove();
        has -= own ? 1 : 0;
      }
    }
    String code = Secret.code();
    codes.put(Secret.hashOfCode(code), new Code(owner, nanos.getAsLong() + VALID.toNanos()));
    return code;
  }

  private void dropOld() {
    long now = nanos.getAsLong();
    codes.values().removeIf(one -> one.untilNanos - now <= 0);
  }

  /** Whether it is a code of this owner, which it is no more afterwards. */
  synchronized boolean use(String code, String owner) {
    dropOld();
    Hash hash = Secret.hashOfCode(code);
    Code found = codes.get(hash);
    return found != null && found.owner.equals(owner) && codes.remove(hash, found);
  }

  /** An owner is one no more. */
  synchronized void forget(String owner) {
    codes.values().removeIf(one -> one.owner.equals(owner));
  }
}
