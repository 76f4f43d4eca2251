package io.chatroom.server.seed;

import io.chatroom.server.front.Intake;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.room.Kind;
import io.chatroom.server.room.Member;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.room.Presence;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.room.Seat;
import io.chatroom.server.transport.Abort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * A member that speaks the seed protocol: a connection with a name, in one room for its whole life.
 * All methods belong to the event loop of its channel.
 */
public final class SeedMember implements Member {

  private final Channel channel;
  private final Outlet outlet;
  private final String name;
  private final Intake intake;
  private final Presence presence;
  private @Nullable Backlog backlog;
  private boolean sentTooLate;
  private boolean refused;
  private boolean removed;

  /**
   * Makes a connection join a room.
   *
   * @param in where reading resumes
   * @param outlet writes to it
   * @param kind the seed's kind, a {@code SeedKind}
   * @param room the room's name
   * @param name its name, for people; need not be unique
   * @param nameFrame the name in the format of the protocol, as it precedes each of its messages;
   *     copied
   */
  @SuppressWarnings("this-escape") // the room calls back from this event loop only, and later
  public SeedMember(
      ChannelHandlerContext in,
      Outlet outlet,
      Kind kind,
      Rooms rooms,
      String room,
      String name,
      ByteBuf nameFrame) {
    this.channel = in.channel();
    this.outlet = outlet;
    this.name = name;
    this.intake = new Intake(in);
    this.presence = rooms.join(room, this, kind, ByteBufUtil.getBytes(nameFrame));
  }

  /** Its name: a stranger's text, neither unique nor an identity. */
  public String name() {
    return name;
  }

  /** Stops and resumes reading from it. */
  public Intake intake() {
    return intake;
  }

  /**
   * Sends a message to everybody else.
   *
   * @param messageFrame the message in the format of the protocol; copied
   * @return true if it is, or will be, in the room's order; false if the server is stopping
   */
  public boolean send(ByteBuf messageFrame) {
    if (removed) {
      return false;
    }
    boolean taken = presence.send(messageFrame);
    sentTooLate |= !taken;
    return taken;
  }

  /** Accepts nothing more from it, because it is being removed. */
  void acceptNothingMore() {
    removed = true;
  }

  /**
   * Stops deliveries to it, because it is leaving: it has ended its stream, and only its earlier
   * messages are still to be delivered.
   */
  public void stopListening() {
    presence.stopListening();
  }

  /**
   * Leaves the room. Must be called when the channel has closed: after that it slows nobody, and
   * does not become a follower if its arrival is still queued.
   */
  public void left() {
    presence.leave();
  }

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public Outlet outlet() {
    return outlet;
  }

  @Override
  public boolean hold() {
    return !intake.isStoppedFor(Intake.Reason.ROOM) && intake.stop(Intake.Reason.ROOM);
  }

  @Override
  public void goOn() {
    refused = false;
    intake.resume(Intake.Reason.ROOM);
  }

  /** Its protocol cannot express a refusal, so it waits. */
  @Override
  public boolean refused(String room, int messages, Refusal why) {
    refused = true;
    return hold();
  }

  /** Never called: its messages have no ids. */
  @Override
  public void repeated(String room, Post post, long seq, long atMillis) {
    throw new UnsupportedOperationException("messages of seed members have no id");
  }

  @Override
  public void reused(String room, Post post) {
    throw new UnsupportedOperationException("messages of seed members have no id");
  }

  @Override
  public void reset(String room, Position to) {}

  @Override
  public void stop() {
    intake.stop(Intake.Reason.STOPPING);
  }

  @Override
  public boolean lags() {
    return presence.lags();
  }

  /**
   * Ends its stream. A member that has not taken all it was given is closed at once, as its time is
   * over; that can cut its last message short (P-19). A member with unprocessed messages, which
   * were delayed by its rate, is aborted.
   */
  @Override
  public void sayGoodbye() {
    if (!presence.seat().listens()
        || intake.isStoppedFor(Intake.Reason.RATE)
        || intake.isStoppedFor(Intake.Reason.TURN)) {
      Abort.close(channel); // a FIN would mean that everything it sent was read (P-20)
    } else if (!presence.lags() && outlet.hasTakenAll()) {
      intake.drain(); // to see the end of its own stream
      if (sentTooLate || refused) {
        Abort.close(channel); // for the same reason: messages were read and are lost
      } else {
        outlet.endStream();
      }
    } else {
      channel.close();
    }
  }

  @Override
  public void failed(Throwable cause) {
    channel.pipeline().fireExceptionCaught(cause);
  }

  /** Its seat in its room. */
  Seat seat() {
    return presence.seat();
  }

  /** Null until it falls behind for the first time. */
  @Nullable Backlog backlog() {
    return backlog;
  }

  Backlog openBacklog(Seat seat, Backlog.Keeper keeper) {
    if (backlog == null) {
      backlog = new Backlog(seat, keeper);
    }
    return backlog;
  }
}
