package io.chatroom.server.names;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The unknown tokens that clients have sent lately. Thread-safe. */
final class UnknownTokens {

  /** Within this time, this server learns of a token that another one has made. */
  private static final long NEW_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int MOST = 10_000;

  private final LongSupplier nanos;

  /** When each was sent; the oldest first. */
  private final Map<Hash, Long> shown =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash, Long> eldest) {
          return size() > MOST;
        }
      };

  UnknownTokens(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Records that a client has sent a token; returns true if none did in the last seconds. */
  synchronized boolean isNew(String token) {
    long now = nanos.getAsLong();
    Hash hash = Secret.hash(token);
    Long before = shown.get(hash);
    boolean isNew = before == null || now - before >= NEW_NANOS;
    if (isNew) {
      shown.remove(hash);
      shown.put(hash, now);
    }
    return isNew;
  }
}
