package io.chatroom.server.room;

import io.netty.channel.Channel;
import java.util.EnumSet;
import java.util.Set;

/**
 * Whether a member is read from: only while nobody has a reason against it. What is not read waits
 * with its sender, because TCP slows it down; so nothing is lost by waiting. The one owner of the
 * channel's {@code autoRead}. Belongs to the channel's event loop.
 */
public final class Intake {

  /** Why somebody is not read from. */
  public enum Reason {
    /** The room asks senders to wait for members that are behind. */
    ROOM,
    /** It has said more than its share. */
    RATE,
    /** The server stops. */
    STOPPING
  }

  private final Channel channel;
  private final Set<Reason> reasons = EnumSet.noneOf(Reason.class);

  Intake(Channel channel) {
    this.channel = channel;
  }

  /** Reads no further until this reason, and every other, is taken back. */
  public void stop(Reason reason) {
    reasons.add(reason);
    channel.config().setAutoRead(false);
  }

  /** Takes a reason back; without effect if it was not given. */
  public void resume(Reason reason) {
    if (reasons.remove(reason) && reasons.isEmpty()) {
      channel.config().setAutoRead(true);
    }
  }
}
