package io.chatroom.server.names;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One of the keys that let people into a closed server. It knows the hash only. Immutable. */
public final class AccessKey {

  private final String label;
  private final byte[] hash;
  private final @Nullable Instant end;

  /**
   * @param label what people call it
   * @param key a secret, which is not kept
   * @param end from then on it lets in no longer; null is never
   */
  AccessKey(String label, String key, @Nullable Instant end) {
    this.label = label;
    this.hash = hash(key);
    this.end = end;
  }

  /** What people call it, and what the log shows. */
  public String label() {
    return label;
  }

  static byte[] hash(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Compares in a time that tells nothing of how much of it is right. */
  boolean hasHash(byte[] other) {
    return MessageDigest.isEqual(hash, other);
  }

  boolean isSameAs(AccessKey other) {
    return hasHash(other.hash);
  }

  boolean isGoodAt(Instant time) {
    return end == null || time.isBefore(end);
  }

  /** Without the hash: a short key could be found by it. */
  @Override
  public String toString() {
    return "AccessKey[label=" + label + "]";
  }
}
