package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may connect at all, before their name is known. On a closed server everybody must
 * send an access key, except for programs of the seed's protocol, which cannot. Wrong keys are
 * rate-limited for each address: while an address must wait, even a valid key from it is refused.
 * Thread-safe.
 */
public final class Entrance {

  private static final int WRONG_KEYS = 10;
  private static final Duration OVER = Duration.ofMinutes(1);

  /** The same sentence whether the key is wrong, missing or expired. */
  private static final String WRONG =
      "This server needs an access key, and yours is wrong or missing; ask its operator for one.";

  private final @Nullable AccessKeys keys;
  private final SeedMembers seedMembers;
  private final Allowance wrongKeys;

  /**
   * Makes the rules of a server.
   *
   * @param keys null for an open server
   * @param nanos the clock of the rate limit
   */
  public Entrance(@Nullable AccessKeys keys, SeedMembers seedMembers, LongSupplier nanos) {
    this.keys = keys;
    this.seedMembers = seedMembers.on(keys != null);
    this.wrongKeys = new Allowance(WRONG_KEYS, OVER, nanos);
  }

  /** The entrance of an open server. */
  static Entrance open() {
    return new Entrance(null, SeedMembers.ANYBODY, System::nanoTime);
  }

  /**
   * The answer to a key.
   *
   * @param key the accepted key; null if none is needed
   * @param denial why it is refused; null if it is accepted
   */
  record Entry(@Nullable AccessKey key, @Nullable Denial denial) {}

  /** Checks the key that a peer has sent, if any. */
  Entry enter(@Nullable String key, @Nullable InetAddress address) {
    if (keys == null) {
      return new Entry(null, null);
    }
    Object where = Neighbours.of(address);
    long waitMillis = wrongKeys.waitMillis(where);
    if (waitMillis > 0) {
      String text = "Too many wrong access keys came from this address; try again later.";
      return new Entry(null, new Denial(Code.RATE, waitMillis, text));
    }
    AccessKey found = key == null ? null : keys.find(key);
    if (found != null) {
      return new Entry(found, null);
    }
    if (key != null) {
      wrongKeys.take(where);
    }
    return new Entry(null, Denial.of(Code.KEY_WRONG, WRONG));
  }

  /** Returns true if a key would be accepted now; does not count against the limit. */
  boolean accepts(@Nullable String key, @Nullable InetAddress address) {
    return keys == null
        || (wrongKeys.waitMillis(Neighbours.of(address)) == 0
            && key != null
            && keys.find(key) != null);
  }

  /** Sets the task that runs when a key has changed or gone. */
  void whenKeysChange(Runnable task) {
    if (keys != null) {
      keys.whenKeysChange(task);
    }
  }

  /** Returns true if a person's access key is no longer valid. */
  boolean hasInvalidKey(Person person) {
    AccessKey key = person.key();
    return keys != null && (key == null || !keys.isValid(key));
  }

  /**
   * Checks whether a program at an address may use the seed's protocol.
   *
   * @return why not, for the log; null if it may
   */
  @Nullable String deniesSeed(@Nullable InetAddress address) {
    return seedMembers.allows(address)
        ? null
        : "it speaks the seed's protocol (seedMembers is "
            + seedMembers.name().toLowerCase(Locale.ROOT)
            + ")";
  }
}
