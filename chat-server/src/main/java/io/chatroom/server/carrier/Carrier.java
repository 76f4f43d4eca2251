package io.chatroom.server.carrier;

import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.front.Intake;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.PeerAddress;
import io.chatroom.server.front.RateLimit;
import io.chatroom.server.front.TokenBucket;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.names.Person;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.room.Pieces;
import io.chatroom.server.session.Session;
import io.chatroom.server.session.SessionKind;
import io.chatroom.server.session.SessionMember;
import io.chatroom.server.session.Sessions;
import io.chatroom.server.session.Wire;
import io.chatroom.server.transport.Abort;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection that carries a session. It stops reading from the client while a room applies
 * back-pressure, while the client posts too fast, and while it does not read its answers. So a
 * client cannot make memory grow here. Belongs to the event loop of its channel.
 */
abstract class Carrier implements Wire, SessionMember {

  /** Time limit for the client to end its side after ours. */
  private static final int GOODBYE_SECONDS = 5;

  private static final String NO_KEY =
      "its access key is wrong, missing or revoked (accessKeyFile)";

  private final Newcomer newcomer;
  private final Channel channel;
  private final Outlet outlet;
  private final Intake intake;
  private final SessionKind kind;
  private final Sessions sessions;
  private final Session session;
  private final SessionLog log;
  private final Rates rates;
  private @Nullable TokenBucket allowance;
  private @Nullable Future<?> nextPost;
  private boolean ending;

  @SuppressWarnings("this-escape") // the session calls back from this event loop only, and later
  Carrier(Newcomer newcomer, SessionKind kind, Sessions sessions, Rates rates, SessionLog log) {
    this.newcomer = newcomer;
    this.channel = newcomer.place().channel();
    this.outlet = newcomer.outlet();
    this.intake = new Intake(newcomer.place());
    this.kind = kind;
    this.sessions = sessions;
    this.log = log;
    this.rates = rates;
    this.session = sessions.begin(this, this, kind);
  }

  // ---- from the client

  /**
   * An object has arrived.
   *
   * @param json all readable bytes are the object
   */
  public final void received(ByteBuf json) {
    if (ending) {
      return;
    }
    try {
      FromClient object = SessionJson.readClient(json, sessions.terms().limits());
      session.receive(object);
      if (object instanceof FromClient.Post
          || object instanceof FromClient.Topic
          || object instanceof FromClient.Moderate) {
        limit();
      }
    } catch (BadObjectException bad) {
      session.refuse(bad);
    }
    waitUntilTaken();
  }

  /** Stops reading from a client that does not read its answers. */
  final void waitUntilTaken() {
    if (!ending && !outlet.hasTakenAll() && intake.stop(Intake.Reason.OUTLET)) {
      whenTaken(() -> intake.resume(Intake.Reason.OUTLET));
    }
  }

  private void limit() {
    if (allowance == null) {
      return;
    }
    long waitNanos = allowance.take(channel.eventLoop().ticker().nanoTime());
    if (waitNanos > 0 && intake.stop(Intake.Reason.RATE)) {
      log.delayed(waitNanos);
      nextPost =
          channel
              .eventLoop()
              .schedule(() -> intake.resume(Intake.Reason.RATE), waitNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** The client has ended its stream. */
  public final void inputEnded() {
    if (ending) {
      whenTaken(channel::close); // the answer to our end, or the client's own
    } else {
      session.inputEnded();
    }
  }

  /** The connection has ended. */
  public final void closed() {
    if (nextPost != null) {
      nextPost.cancel(false);
    }
    newcomer.endDeadline();
    sessions.unread().taken(this);
    session.closed();
    log.left(channel, session.name());
  }

  /** True unless reading from the client is paused for one of our reasons. */
  public final boolean isRead() {
    return channel.config().isAutoRead();
  }

  public final boolean isWelcome() {
    return !session.name().isEmpty();
  }

  /** True once the last object is sent, and the end of the stream follows. */
  public final boolean isEnding() {
    return ending;
  }

  final Channel connection() {
    return channel;
  }

  final SessionLog log() {
    return log;
  }

  // ---- Wire

  @Override
  public final void send(List<FromServer> objects) {
    ByteBuf out = channel.alloc().directBuffer();
    try {
      for (FromServer object : objects) {
        kind.framing().write(object, out);
      }
      send(out);
    } finally {
      out.release();
    }
  }

  /** Sends bytes after all earlier ones. The caller keeps its reference. */
  final void send(ByteBuf bytes) {
    Pieces pieces = new Pieces();
    pieces.add(bytes, bytes.readerIndex(), bytes.writerIndex());
    try {
      outlet.send(pieces);
      waits(bytes.readableBytes());
    } finally {
      pieces.clear();
    }
  }

  private void waits(int bytes) {
    if (!outlet.hasTakenAll() && sessions.unread().add(this, bytes)) {
      outlet.taken().addListener(taken -> sessions.unread().taken(this));
    }
  }

  @Override
  public final void cutOff() {
    execute(() -> Abort.close(channel));
  }

  @Override
  public final void whenTaken(Runnable task) {
    if (outlet.hasTakenAll()) {
      execute(task);
    } else {
      outlet
          .taken()
          .addListener(
              taken -> {
                if (taken.isSuccess()) {
                  task.run();
                }
              });
    }
  }

  @Override
  public final void execute(Runnable task) {
    channel.eventLoop().execute(task);
  }

  @Override
  public final void executeLater(Runnable task, long millis) {
    channel.eventLoop().schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public final void welcomed(Person person) {
    newcomer.endDeadline();
    RateLimit rate = rates.of(person);
    allowance = rate.isOn() ? rate.bucket(channel.eventLoop().ticker().nanoTime()) : null;
    log.welcomed(channel, person);
  }

  @Override
  public final @Nullable InetAddress address() {
    return PeerAddress.addressOf(channel);
  }

  @Override
  public final void posted(String text) {
    log.posted(channel, session.name(), text);
  }

  @Override
  public final void stopReading() {
    intake.stop(Intake.Reason.ANSWERS);
  }

  @Override
  public final void readOn() {
    intake.resume(Intake.Reason.ANSWERS);
  }

  @Override
  public final void end() {
    end(null);
  }

  @Override
  public final void end(@Nullable Bye bye) {
    if (ending) {
      return;
    }
    ending = true;
    if (bye != null) {
      if (bye.code().equals(Code.KEY_WRONG.text())) {
        log.connections().refusedLate(channel, Outcome.REFUSED_KEY, NO_KEY);
      }
      send(List.of(bye));
    }
    sayLast(bye);
    channel.eventLoop().schedule(() -> Abort.close(channel), GOODBYE_SECONDS, TimeUnit.SECONDS);
    // Not at once: draining resumes the decoder, which may be the caller.
    outlet.taken().addListener(taken -> execute(this::endStream));
  }

  private void endStream() {
    if (channel.isActive()) {
      intake.drain(); // to notice the end of the client's stream
      if (channel instanceof DuplexChannel both && both.isInputShutdown()) {
        channel.close(); // it has ended its side already
      } else {
        outlet.endStream();
      }
    }
  }

  /** Writes what follows the last object, such as the close frame of a WebSocket. */
  abstract void sayLast(@Nullable Bye bye);

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
  public final Outlet outlet() {
    return outlet;
  }

  @Override
  public final boolean hold() {
    return !intake.isStoppedFor(Intake.Reason.ROOM) && intake.stop(Intake.Reason.ROOM);
  }

  @Override
  public final void goOn() {
    session.available();
    intake.resume(Intake.Reason.ROOM);
  }

  /**
   * The session refuses posts for now. Reading continues, because further posts are answered, too.
   */
  @Override
  public final boolean refused(String room, int messages, Refusal why) {
    intake.resume(Intake.Reason.ROOM);
    return session.unavailable(room, why);
  }

  @Override
  public final void stop() {
    intake.stop(Intake.Reason.STOPPING);
    session.stop();
  }

  @Override
  public final void failed(Throwable cause) {
    channel.pipeline().fireExceptionCaught(cause);
  }
}
