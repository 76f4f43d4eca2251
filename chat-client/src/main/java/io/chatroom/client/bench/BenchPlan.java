package io.chatroom.client.bench;

import io.chatroom.client.ServerAddress;
import io.chatroom.client.TlsTrust;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The load, the pace and the length of a bench.
 *
 * @param server the server to load
 * @param receivers members that only receive, 1 or more
 * @param senders members that send in turn, 1 or more; they also receive each other's messages
 * @param messageBytes bytes of each message, {@link #MIN_MESSAGE_BYTES} or more
 * @param amount how much to measure
 * @param pace when the senders send
 * @param warmup how long they send before that; may be zero
 * @param sample how many receivers, at most, check every message; the others count bytes
 * @param threads how many event loops serve the members
 * @param patience missing deliveries count as lost once nothing has arrived for this long
 * @param tls which servers to trust over TLS; null means no TLS
 * @param sessions the carrier of sessions; null means the seed's protocol
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

  /** The carrier of sessions. */
  public enum Sessions {
    TCP,
    WS
  }

  /** The shortest message: its stamp alone. */
  public static final int MIN_MESSAGE_BYTES = Script.STAMP_BYTES;

  /** The amount to send. */
  public sealed interface Amount {

    /** A number of messages. */
    record Messages(long count) implements Amount {}

    /** As many as fit into a duration. */
    record Time(Duration duration) implements Amount {}
  }

  /** The rule for when the next message may be sent. */
  public sealed interface Pace {

    /**
     * Closed loop: limits the messages in flight to the slowest sampled receiver. Latency counts
     * from when a message is written to its connection.
     */
    record InFlight(int messages) implements Pace {}

    /**
     * Open loop: a fixed rate of messages a second from all senders together. Latency counts from
     * when a message was due, so it includes the time that the server delays a sender.
     */
    record Rate(int messagesPerSecond) implements Pace {}
  }

  /** A plan for the seed's protocol. */
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
