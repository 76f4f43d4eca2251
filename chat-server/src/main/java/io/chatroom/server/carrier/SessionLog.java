package io.chatroom.server.carrier;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.PeerAddress;
import io.chatroom.server.logging.BoundedLog;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.Outcome;
import io.netty.channel.Channel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is told about sessions: to the metrics, each of them, and to people, within bounds and in
 * the words that tell about the seed's members. No line holds anything of a message, except with a
 * transcript. Thread-safe.
 */
public final class SessionLog {

  private static final Logger log = LoggerFactory.getLogger(SessionLog.class);

  private final ConnectionLog connections;
  private final boolean transcript;
  private final Metrics metrics;
  private final BoundedLog memberships;

  /**
   * Makes a log.
   *
   * @param connections what is told about connections of all kinds
   * @param transcript whether messages are logged too
   * @param metrics who counts
   */
  public SessionLog(ConnectionLog connections, boolean transcript, Metrics metrics) {
    this.connections = connections;
    this.transcript = transcript;
    this.metrics = metrics;
    this.memberships =
        new BoundedLog(
            log, "sessions", 2_000, Duration.ofSeconds(10), GlobalEventExecutor.INSTANCE);
  }

  /** What is told about connections of all kinds. */
  ConnectionLog connections() {
    return connections;
  }

  void welcomed(Channel channel, String name) {
    metrics.joined();
    memberships.info(() -> PeerAddress.withPort(channel) + ", user: " + VisibleText.of(name));
  }

  void said(Channel channel, String name, String text) {
    if (transcript) {
      log.info(
          "{}---{}:    {}",
          PeerAddress.withoutPort(channel),
          VisibleText.of(name),
          VisibleText.of(text));
    }
  }

  /** Somebody is read from later, because it says too much. */
  void delayed(long nanos) {
    metrics.delayed(nanos);
  }

  void left(Channel channel, String name) {
    if (name.isEmpty()) {
      connections.leftUnregistered(channel);
      return;
    }
    connections.ended(channel, Outcome.LEFT);
    memberships.info(() -> VisibleText.of(name) + " disconnected");
  }
}
