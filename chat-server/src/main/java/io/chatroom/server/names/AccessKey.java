package io.chatroom.server.names;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An access key of a closed server. Keeps only its hash. Immutable. */
public final class AccessKey {

  private final String label;
  private final byte[] hash;
  private final @Nullable Instant end;

  /**
   * @param label its name for people
   * @param key the secret, which is not kept
   * @param end when it expires; null is never
   */
  AccessKey(String label, String key, @Nullable Instant end) {
    this.label = label;
    this.hash = hash(key);
    this.end = end;
  }

  /** Its name for people, which the log shows. */
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

  /** Compares in constant time. */
  boolean hasHash(byte[] other) {
    return MessageDigest.isEqual(hash, other);
  }

  boolean isSameAs(AccessKey other) {
    return hasHash(other.hash);
  }

  boolean isValidAt(Instant time) {
    return end == null || time.isBefore(end);
  }

  /** Without the hash, from which a short key could be guessed. */
  @Override
  public String toString() {
    return "AccessKey[label=" + label + "]";
  }
}
