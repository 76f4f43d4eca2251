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
 * What is told about members of every kind: to the metrics, each of them, and to people, in the
 * words of the seed's console:
 *
 * <pre>
 *   ADDR:PORT, user: NAME          a member arrived; behind it the label of its access key, if it has one
 *   NAME disconnected              a member left
 *   ADDR---NAME:    MESSAGE        a member said something; only with a transcript
 * </pre>
 *
 * <p>What a stranger wrote is made visible before it gets into a line, and no stranger decides how
 * long the log gets: comings and goings are counted instead of written once there are too many of
 * them. A transcript is as long as what is said, and without one no line holds anything of a
 * message. Thread-safe.
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
   * @param log under whose name the lines stand
   * @param what the lines are about, for when they are counted instead of written
   * @param connections what is told about connections of all kinds
   * @param transcript whether messages are logged too
   * @param metrics who counts
   */
  public MemberLog(
      Logger log, String what, ConnectionLog connections, boolean transcript, Metrics metrics) {
    this.log = log;
    this.connections = connections;
    this.transcript = transcript;
    this.metrics = metrics;
    this.memberships = new BoundedLog(log, what, MOST_LINES, WINDOW, GlobalEventExecutor.INSTANCE);
  }

  /** What is told about connections of all kinds. */
  public ConnectionLog connections() {
    return connections;
  }

  /** A connection has said its name. */
  public void arrived(Channel channel, String name) {
    arrived(channel, name, "");
  }

  /**
   * The same.
   *
   * @param key the label of the access key by which it came in; empty if it needed none
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

  /** A member's connection has gone. */
  public void left(Channel channel, String name) {
    connections.ended(channel, Outcome.LEFT);
    memberships.info(() -> VisibleText.of(name) + " disconnected");
  }

  /** A member is read from later, because it says too much. */
  public void delayed(long nanos) {
    metrics.delayed(nanos);
  }

  /** Whether what is said is logged: only then is a text worth making. */
  public boolean hasTranscript() {
    return transcript;
  }

  /** A member's message was taken. */
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
