package io.chatroom.server;

import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * A channel with an event loop of its own, whose other end can stop reading, and whose clock stands
 * until it is moved. The test decides when its loop runs, so every order of events can be had,
 * again and again.
 */
public class StickySocket extends EmbeddedChannel {

  private boolean stuck;
  private boolean running;

  public StickySocket() {
    freezeTime();
  }

  /** A real event loop runs one task after the other; an embedded one, tasks within tasks. */
  @Override
  public void runPendingTasks() {
    if (!running) {
      running = true;
      super.runPendingTasks();
      running = false;
    }
  }

  @Override
  public long runScheduledPendingTasks() {
    running = true;
    long next = super.runScheduledPendingTasks();
    running = false;
    return next;
  }

  /** From here on nothing that is written leaves. */
  public void stick() {
    stuck = true;
  }

  /** The other end reads again, and takes all that was flushed: what was only written stays. */
  public void unstick() {
    stuck = false;
    take();
  }

  /**
   * The other end takes what was flushed, and if it is stuck, nothing that comes because of that.
   */
  public void take() {
    ChannelOutboundBuffer waiting = unsafe().outboundBuffer();
    running = true;
    int flushed = waiting == null ? 0 : waiting.size();
    // What is told that something was taken may write, and that takes what waits, too.
    for (int left = flushed; left > 0 && waiting.current() != null; left--) {
      handleOutboundMessage(ReferenceCountUtil.retain(waiting.current()));
      waiting.remove();
    }
    running = false;
    runPendingTasks();
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) throws Exception {
    if (!stuck) {
      super.doWrite(in);
    }
  }
}
