package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whom a server lets in at all, before it hears a name. On a closed one everybody shows a key, but
 * for the programs of the seed's protocol, which can show none. Wrong keys are slowed down for
 * those who come from one address: while it has to wait, a right one is not looked at either.
 * Thread-safe.
 */
public final class Entrance {

  private static final int WRONG_KEYS = 10;
  private static final Duration OVER = Duration.ofMinutes(1);

  /** The same words whether it is wrong, missing or too old. */
  private static final String WRONG =
      "This server needs an access key, and this one is wrong or missing; ask who runs it for one.";

  private final @Nullable AccessKeys keys;
  private final SeedMembers seedMembers;
  private final Allowance wrongKeys;

  /**
   * Says who may come in.
   *
   * @param keys null is a server that needs none
   * @param nanos the time now, for what is slowed down
   */
  public Entrance(@Nullable AccessKeys keys, SeedMembers seedMembers, LongSupplier nanos) {
    this.keys = keys;
    this.seedMembers = seedMembers.on(keys != null);
    this.wrongKeys = new Allowance(WRONG_KEYS, OVER, nanos);
  }

  /** One through which anybody comes in. */
  static Entrance open() {
    return new Entrance(null, SeedMembers.ANYBODY, System::nanoTime);
  }

  /**
   * What a key opens.
   *
   * @param key by which somebody comes in; null where none is needed
   * @param denial why it does not come in; null if it does
   */
  record Entry(@Nullable AccessKey key, @Nullable Denial denial) {}

  /** Looks at the key that somebody shows, or does not. */
  Entry enter(@Nullable String key, @Nullable InetAddress address) {
    if (keys == null) {
      return new Entry(null, null);
    }
    Object where = Neighbours.of(address);
    long waitMillis = wrongKeys.waitMillis(where);
    if (waitMillis > 0) {
      String text = "Too many wrong access keys came from this address, try again later.";
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

  /** Whether a key would open now; nothing is counted. */
  boolean lets(@Nullable String key, @Nullable InetAddress address) {
    return keys == null
        || (wrongKeys.waitMillis(Neighbours.of(address)) == 0
            && key != null
            && keys.find(key) != null);
  }

  /** What is run when a key has changed or gone. */
  void whenAKeyHasGone(Runnable task) {
    if (keys != null) {
      keys.whenOneHasGone(task);
    }
  }

  /** Whether the key by which somebody came in has gone since. */
  boolean hasClosedFor(Person person) {
    AccessKey key = person.key();
    return keys != null && (key == null || !keys.stillHolds(key));
  }

  /**
   * Whether somebody is let in who speaks the seed's protocol.
   *
   * @return why not, for the log; null if so
   */
  @Nullable String deniesSeed(@Nullable InetAddress address) {
    return seedMembers.lets(address)
        ? null
        : "it speaks the seed's protocol (seedMembers is "
            + seedMembers.name().toLowerCase(Locale.ROOT)
            + ")";
  }
}
