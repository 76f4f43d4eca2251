package io.chatroom.server.api;

import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.MemberLog;
import io.chatroom.server.front.PeerAddress;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.session.Session;
import io.chatroom.server.session.SessionKind;
import io.chatroom.server.session.SessionMember;
import io.chatroom.server.session.Sessions;
import io.chatroom.server.session.Wire;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries the session of one request. Nothing is read from its client meanwhile, so reading need
 * not be paused. Belongs to the event loop of its channel.
 */
abstract class VisitingMember implements Wire, SessionMember {

  private final Channel channel;
  private final Session session;
  private final MemberLog log;
  private boolean closed;

  @SuppressWarnings("this-escape") // the session calls back later, from this event loop
  VisitingMember(Channel channel, Sessions sessions, SessionKind kind, MemberLog log) {
    this.channel = channel;
    this.log = log;
    this.session = sessions.begin(this, this, kind);
  }

  /**
   * Begins the request. A defect of the server ends the session, and is not reported as a malformed
   * request.
   */
  final void begin(Runnable asking) {
    try {
      asking.run();
    } catch (RuntimeException e) {
      close();
      throw new IllegalStateException("a request could not begin", e);
    }
  }

  /** Closes the session once its client has gone, or has its answer. */
  final void close() {
    if (!closed) {
      closed = true;
      session.closed();
    }
  }

  final boolean isClosed() {
    return closed;
  }

  // ---- Wire

  @Override
  public final void execute(Runnable task) {
    channel.eventLoop().execute(task);
  }

  @Override
  public final void executeLater(Runnable task, long millis) {
    channel.eventLoop().schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public final void posted(String text) {
    log.said(channel, session.name(), text);
  }

  @Override
  public final @Nullable InetAddress address() {
    return PeerAddress.addressOf(channel);
  }

  @Override
  public final void stopReading() {}

  @Override
  public final void readOn() {}

  // ---- Member

  @Override
  public final Session session() {
    return session;
  }

  @Override
  public final Channel channel() {
    return channel;
  }

  @Override
  public final boolean hold() {
    return false;
  }

  @Override
  public final void goOn() {
    session.available();
  }

  @Override
  public final boolean refused(String room, int messages, Refusal why) {
    session.unavailable(room, why);
    return false;
  }

  @Override
  public final void stop() {
    session.stop();
  }

  @Override
  public final void failed(Throwable cause) {
    channel.pipeline().fireExceptionCaught(cause);
  }

  @Override
  public final void end() {
    end(null);
  }

  @Override
  public abstract void end(@Nullable Bye bye);
}
