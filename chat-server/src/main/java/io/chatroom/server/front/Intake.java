package io.chatroom.server.front;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

/**
 * Whether a member is read from: only while there is no reason against it. The one owner of its
 * channel's {@code autoRead}, so that one reason's end does not undo another's. What is not read
 * waits where TCP holds it and slows its sender; nothing is lost. Belongs to the member's event
 * loop.
 */
public final class Intake {

  /** Why a member is not read from for now. */
  public enum Reason {
    /** The room asks senders to wait. */
    ROOM(1),
    /** It has said too much in too short a time. */
    RATE(2),
    /** The server stops. */
    STOPPING(4),
    /** It asks faster than it can be answered. */
    ANSWERS(8),
    /** It does not read what it is sent. */
    OUTLET(16),
    /** It has to wait for its turn in a slow room. */
    TURN(32);

    private final int bit;

    Reason(int bit) {
      this.bit = bit;
    }
  }

  private final Channel channel;
  private final ChannelHandlerContext in;

  /** The bits of those that there are. */
  private int reasons;

  private boolean drained;

  /**
   * Begins to read.
   *
   * @param in what is read goes on from here: what stands in front of it, such as decryption, holds
   *     nothing back
   */
  public Intake(ChannelHandlerContext in) {
    this.channel = in.channel();
    this.in = in;
  }

  /**
   * Reads nothing from here on, until {@link #resume} has been called with the same reason.
   *
   * @return false once draining has begun
   */
  public boolean stop(Reason reason) {
    if (drained) {
      return false;
    }
    if (reasons == 0) {
      channel.config().setAutoRead(false);
    }
    reasons |= reason.bit;
    return true;
  }

  /**
   * Takes a reason back, and reads on if it was the last. Does nothing for one that is not there.
   */
  public void resume(Reason reason) {
    if ((reasons & reason.bit) == 0) {
      return;
    }
    reasons &= ~reason.bit;
    if (reasons == 0 && channel.isActive()) {
      channel.config().setAutoRead(true);
      readOn();
    }
  }

  /** Whether there is this reason against reading. */
  public boolean isStoppedFor(Reason reason) {
    return (reasons & reason.bit) != 0;
  }

  /** Drains: reads all that comes from here on, whatever reasons there are; it is thrown away. */
  public void drain() {
    drained = true;
    reasons = 0;
    channel.config().setAutoRead(true);
    readOn();
  }

  /** A read of nothing makes the frame decoder go on with what it has held back. */
  private void readOn() {
    in.fireChannelRead(Unpooled.EMPTY_BUFFER);
    in.fireChannelReadComplete();
  }
}
