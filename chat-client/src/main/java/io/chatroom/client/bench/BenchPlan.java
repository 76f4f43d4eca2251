package io.chatroom.client.bench;

import io.chatroom.client.ServerAddress;
import io.chatroom.client.TlsTrust;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a bench.
 *
 * @param server the server to load
 * @param receivers members that only listen, 1 or more
 * @param senders members that take turns in talking, 1 or more; they hear each other too
 * @param messageBytes length of each message, {@link #MIN_MESSAGE_BYTES} or more
 * @param amount how much is measured
 * @param pace how fast the senders talk
 * @param warmup how long they talk before that; may be zero
 * @param sample how many receivers, at most, are checked message by message; the others count bytes
 * @param threads how many event loops carry the members
 * @param patience missing deliveries count as lost when nothing has arrived for this long
 * @param tls which servers to trust over TLS; null is without TLS
 * @param sessions what carries sessions; null is the seed's protocol
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

  /** A shorter message has no room for its stamp. */
  public static final int MIN_MESSAGE_BYTES = Script.STAMP_BYTES;

  /** How much to send. */
  public sealed interface Amount {

    /** A number of messages. */
    record Messages(long count) implements Amount {}

    /** As many as fit into a time. */
    record Time(Duration duration) implements Amount {}
  }

  /** When the next message may be sent. */
  public sealed interface Pace {

    /**
     * Closed loop: limits the messages in flight to the slowest sampled receiver. Latency counts
     * from the moment a message is handed to its connection.
     */
    record InFlight(int messages) implements Pace {}

    /**
     * Open loop: a fixed rate of messages a second from all senders together. Latency counts from
     * the moment a message was due: when the server delays the senders, the waiting time is part of
     * it.
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
