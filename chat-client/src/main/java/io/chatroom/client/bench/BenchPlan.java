package io.chatroom.client.bench;

import io.chatroom.client.ServerAddress;
import io.chatroom.client.TlsTrust;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a bench does.
 *
 * @param server whom it loads
 * @param receivers members that only listen, 1 or more
 * @param senders members that take turns in talking, 1 or more; they hear each other too
 * @param messageBytes length of each message, {@link #MIN_MESSAGE_BYTES} or more
 * @param amount how much is measured
 * @param pace how fast the senders talk
 * @param warmup how long they talk before that; may be zero
 * @param sample at most so many receivers are checked message by message, the others count bytes
 * @param threads how many event loops carry the members
 * @param patience what is missing counts as lost when nothing has arrived for so long
 * @param tls talks TLS and trusts so; null is without
 * @param sessions speaks sessions, carried so; null is the seed's protocol
 */
public record BenchPlan(
    ServerAddress server,
    int receivers,
    int senders,
    int messageBytes,
    Amount amount,
    Pace pace,
    Duration warmup,
    int sample,
    int threads,
    Duration patience,
    @Nullable TlsTrust tls,
    @Nullable Sessions sessions) {

  /** What carries sessions. */
  public enum Sessions {
    TCP,
    WS
  }

  /** A shorter message has no room for the stamp that tells it from the others. */
  public static final int MIN_MESSAGE_BYTES = Script.STAMP_BYTES;

  /** How much to say. */
  public sealed interface Amount {

    /** So many messages. */
    record Messages(long count) implements Amount {}

    /** As many as there are in this time. */
    record Time(Duration duration) implements Amount {}
  }

  /** When the next message may be said. */
  public sealed interface Pace {

    /**
     * Closed loop: at most so many messages are on their way to the slowest sampled receiver.
     * Latency counts from the moment a message was handed to its connection.
     */
    record InFlight(int messages) implements Pace {}

    /**
     * So many messages a second from all senders together, whatever comes back. Latency counts from
     * the moment a message was due: when the server holds the senders up, the time that messages
     * wait for their turn is part of it.
     */
    record Rate(int messagesPerSecond) implements Pace {}
  }

  /** A plan to speak the seed's protocol. */
  public BenchPlan(
      ServerAddress server,
      int receivers,
      int senders,
      int messageBytes,
      Amount amount,
      Pace pace,
      Duration warmup,
      int sample,
      int threads,
      Duration patience,
      @Nullable TlsTrust tls) {
    this(
        server,
        receivers,
        senders,
        messageBytes,
        amount,
        pace,
        warmup,
        sample,
        threads,
        patience,
        tls,
        null);
  }

  int members() {
    return senders + receivers;
  }
}
