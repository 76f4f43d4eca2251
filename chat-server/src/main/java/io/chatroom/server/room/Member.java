package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * Somebody in the room: a connection with a name. All methods belong to the event loop of its
 * channel.
 */
public final class Member {

  private static final AttributeKey<Member> KEY = AttributeKey.valueOf(Member.class, "member");

  private final Channel channel;
  private final ChannelHandlerContext out;
  private final Outlet outlet;
  private final String name;
  private final byte[] nameFrame;
  private final Broadcaster broadcaster;
  private final Intake intake;
  private @Nullable Backlog backlog;
  private boolean listens = true;
  private int place = -1;
  private boolean spokenTooLate;
  private long notHeardBytes;

  Member(
      ChannelHandlerContext out,
      Outlet outlet,
      String name,
      ByteBuf nameFrame,
      Broadcaster broadcaster) {
    this.channel = out.channel();
    this.out = out;
    this.outlet = outlet;
    this.name = name;
    this.nameFrame = ByteBufUtil.getBytes(nameFrame);
    this.broadcaster = broadcaster;
    this.intake = new Intake(out);
    this.channel.attr(KEY).set(this);
  }

  /** The member of a channel that has joined. */
  static Member of(Channel channel) {
    return channel.attr(KEY).get();
  }

  /** What it calls itself: a stranger's text, not unique, not an identity. */
  public String name() {
    return name;
  }

  /** Whether it is read from. */
  public Intake intake() {
    return intake;
  }

  /**
   * Says something to everybody else.
   *
   * @param messageFrame the message as it goes over the wire; copied
   * @return whether it stands in the room's order, or will; not when the room closes
   */
  public boolean say(ByteBuf messageFrame) {
    return broadcaster.accept(this, messageFrame);
  }

  /** It has said something that was not taken any more. */
  void spokeTooLate() {
    spokenTooLate = true;
  }

  boolean hasSpokenTooLate() {
    return spokenTooLate;
  }

  /**
   * Gives it nothing more, because it is about to leave: it has ended its stream, and only what it
   * said before has still to be relayed.
   */
  public void listensNoMore() {
    listens = false;
    broadcaster.letGo(this);
  }

  boolean listens() {
    return listens;
  }

  /**
   * Must be called when the channel has closed: a member that is gone slows nobody, and does not
   * become a follower when its arrival has its turn only now.
   */
  public void left() {
    listens = false;
    broadcaster.leave(this);
  }

  Channel channel() {
    return channel;
  }

  /** Where what is for it is written. */
  ChannelHandlerContext out() {
    return out;
  }

  /** Whether the network has taken all it was given; also when it has gone. */
  boolean hasTakenAll() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return (waiting == null || waiting.isEmpty()) && outlet.hasPassedOnAll();
  }

  /** Tells it that nothing follows what it was given. */
  void endStream() {
    outlet.endStream(channel);
  }

  /** Its place among the followers of its event loop; -1 when it is none. */
  int place() {
    return place;
  }

  void followsAt(int place) {
    this.place = place;
  }

  /** Whether this broadcaster gives it what is said when it is said; asked on its event loop. */
  boolean follows(Broadcaster asking) {
    return broadcaster == asking && place >= 0; // the place of a member of another loop is not ours
  }

  /** It will not hear so many bytes of the order: they came before it, or it said them itself. */
  void doesNotHear(long bytes) {
    notHeardBytes += bytes;
  }

  /** What it is given is counted from this place in the order on. */
  void hearsFrom(long place) {
    notHeardBytes = place;
  }

  /** How many bytes it was given up to a place in the order. */
  long heardUntil(long place) {
    return place - notHeardBytes;
  }

  byte[] nameFrame() {
    return nameFrame;
  }

  /** Null until it falls behind for the first time. */
  @Nullable Backlog backlog() {
    return backlog;
  }

  Backlog openBacklog(SlowMembers slowMembers) {
    if (backlog == null) {
      backlog = new Backlog(this, slowMembers);
    }
    return backlog;
  }
}
