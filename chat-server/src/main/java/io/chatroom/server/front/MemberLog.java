package io.chatroom.server.front;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.logging.BoundedLog;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.Outcome;
import io.netty.channel.Channel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import org.slf4j.Logger;

/**
 * Reports members of every kind: counts each in the metrics, and writes log lines for people, in
 * the format of the seed's console:
 *
 * <pre>
 *   ADDR:PORT, user: NAME          a member arrived; followed by the label of its access key, if it has one
 *   NAME disconnected              a member left
 *   ADDR---NAME:    MESSAGE        a member posted a message; only with a transcript
 * </pre>
 *
 * <p>Text from strangers is made printable first, and strangers cannot flood the log: above a
 * limit, arrivals and departures are only counted. A transcript has no limit; without one, no line
 * contains any part of a message. Thread-safe.
 */
public final class MemberLog {

  private static final int MOST_LINES = 2_000;
  private static final Duration WINDOW = Duration.ofSeconds(10);

  private final Logger log;
  private final ConnectionLog connections;
  private final boolean transcript;
  private final Metrics metrics;
  private final BoundedLog memberships;

  /**
   * Makes the log of one kind of members.
   *
   * @param log the logger of the lines
   * @param what what the lines report, for the line that counts those left out
   * @param connections the log about connections of all kinds
   * @param transcript true to log messages, too
   * @param metrics the counters
   */
  public MemberLog(
      Logger log, String what, ConnectionLog connections, boolean transcript, Metrics metrics) {
    this.log = log;
    this.connections = connections;
    this.transcript = transcript;
    this.metrics = metrics;
    this.memberships = new BoundedLog(log, what, MOST_LINES, WINDOW, GlobalEventExecutor.INSTANCE);
  }

  /** The log about connections of all kinds. */
  public ConnectionLog connections() {
    return connections;
  }

  /** Records a connection that has registered under a name. */
  public void arrived(Channel channel, String name) {
    arrived(channel, name, "");
  }

  /**
   * Records a connection that has registered under a name.
   *
   * @param key the label of its access key; empty if it needed none
   */
  public void arrived(Channel channel, String name, String key) {
    metrics.joined();
    memberships.info(
        () ->
            PeerAddress.withPort(channel)
                + ", user: "
                + VisibleText.of(name)
                + (key.isEmpty() ? "" : ", key: " + VisibleText.of(key)));
  }

  /** Records the end of a member's connection. */
  public void left(Channel channel, String name) {
    connections.ended(channel, Outcome.LEFT);
    memberships.info(() -> VisibleText.of(name) + " disconnected");
  }

  /** Records that reading from a member is delayed, because it exceeds its rate. */
  public void delayed(long nanos) {
    metrics.delayed(nanos);
  }

  /** Returns true if messages are logged; otherwise callers need not decode them. */
  public boolean hasTranscript() {
    return transcript;
  }

  /** Logs an accepted message, with a transcript only. */
  public void said(Channel channel, String name, String text) {
    if (transcript) {
      log.info(
          "{}---{}:    {}",
          PeerAddress.withoutPort(channel),
          VisibleText.of(name),
          VisibleText.of(text));
    }
  }
}
