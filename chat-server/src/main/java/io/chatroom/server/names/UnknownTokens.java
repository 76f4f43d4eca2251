package io.chatroom.server.names;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Shown tokens that this server does not know. Thread-safe. */
final class UnknownTokens {

  /** After this time, this server knows a token that another one has made. */
  private static final long NEW_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int MOST = 10_000;

  private final LongSupplier nanos;

  /** When each was shown; the oldest first. */
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

  /** A token is shown: true if it was not shown in the last seconds. */
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
