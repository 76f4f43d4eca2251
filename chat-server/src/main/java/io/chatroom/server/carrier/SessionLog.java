package io.chatroom.server.carrier;

import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.MemberLog;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.names.Person;
import io.netty.channel.Channel;
import org.slf4j.LoggerFactory;

/** Logs the events of sessions. Thread-safe. */
public final class SessionLog {

  private final MemberLog members;

  /**
   * Makes a log.
   *
   * @param connections logs the events of all connections
   * @param transcript true to log messages, too
   * @param metrics the counters
   */
  public SessionLog(ConnectionLog connections, boolean transcript, Metrics metrics) {
    this.members =
        new MemberLog(
            LoggerFactory.getLogger(SessionLog.class),
            "sessions",
            connections,
            transcript,
            metrics);
  }

  /** Logs the events of all connections. */
  ConnectionLog connections() {
    return members.connections();
  }

  void welcomed(Channel channel, Person person) {
    members.arrived(channel, person.name(), person.key() == null ? "" : person.key().label());
  }

  void posted(Channel channel, String name, String text) {
    members.said(channel, name, text);
  }

  /** Reading from a session is delayed, because it exceeds its rate. */
  void delayed(long nanos) {
    members.delayed(nanos);
  }

  /**
   * A connection has ended.
   *
   * @param name empty if no hello was accepted
   */
  void left(Channel channel, String name) {
    if (name.isEmpty()) {
      connections().leftUnregistered(channel);
    } else {
      members.left(channel, name);
    }
  }
}
