package io.chatroom.server.front;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

/**
 * Decides whether to read from a member: only while there is no reason not to. It alone sets {@code
 * autoRead} of the channel, so that the end of one reason does not undo another. Unread bytes wait
 * in TCP, which slows the sender down; nothing is lost. Belongs to the member's event loop.
 */
public final class Intake {

  /** A reason not to read from a member. */
  public enum Reason {
    /** The room asks senders to wait. */
    ROOM(1),
    /** It has exceeded its rate. */
    RATE(2),
    /** The server is stopping. */
    STOPPING(4),
    /** It sends requests faster than they are answered. */
    ANSWERS(8),
    /** It does not read its answers. */
    OUTLET(16),
    /** It waits for its turn in a slow room. */
    TURN(32);

    private final int bit;

    Reason(int bit) {
      this.bit = bit;
    }
  }

  private final Channel channel;
  private final ChannelHandlerContext in;

  /** The reasons in effect, as bits. */
  private int reasons;

  private boolean drained;

  /**
   * Begins to read.
   *
   * @param in where reading resumes; handlers before it, such as decryption, hold nothing back
   */
  public Intake(ChannelHandlerContext in) {
    this.channel = in.channel();
    this.in = in;
  }

  /**
   * Stops reading, until {@link #resume} is called with the same reason.
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
   * Removes a reason, and resumes reading if it was the last one. Does nothing if it is not in
   * effect.
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

  /** Returns true if this reason is in effect. */
  public boolean isStoppedFor(Reason reason) {
    return (reasons & reason.bit) != 0;
  }

  /** Begins to drain: reads and drops everything from here on, regardless of reasons. */
  public void drain() {
    drained = true;
    reasons = 0;
    channel.config().setAutoRead(true);
    readOn();
  }

  /** An empty read makes the frame decoder continue with frames that it has held back. */
  private void readOn() {
    in.fireChannelRead(Unpooled.EMPTY_BUFFER);
    in.fireChannelReadComplete();
  }
}
