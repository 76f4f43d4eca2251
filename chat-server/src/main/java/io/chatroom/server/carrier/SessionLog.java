package io.chatroom.server.carrier;

import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.MemberLog;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.names.Person;
import io.netty.channel.Channel;
import org.slf4j.LoggerFactory;

/** What is told about sessions: what is told of all members. Thread-safe. */
public final class SessionLog {

  private final MemberLog members;

  /**
   * Makes a log.
   *
   * @param connections what is told about connections of all kinds
   * @param transcript whether messages are logged too
   * @param metrics who counts
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

  /** What is told about connections of all kinds. */
  ConnectionLog connections() {
    return members.connections();
  }

  void welcomed(Channel channel, Person person) {
    members.arrived(channel, person.name(), person.key() == null ? "" : person.key().label());
  }

  void said(Channel channel, String name, String text) {
    members.said(channel, name, text);
  }

  /** Somebody is read from later, because it says too much. */
  void delayed(long nanos) {
    members.delayed(nanos);
  }

  /** Its connection has gone; its name is empty if its hello was never accepted. */
  void left(Channel channel, String name) {
    if (name.isEmpty()) {
      connections().leftUnregistered(channel);
    } else {
      members.left(channel, name);
    }
  }
}
