package io.chatroom.server;

import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * A channel with an event loop of its own, whose peer can stop reading, and whose clock stands
 * still until the test moves it. The test decides when its loop runs, so it can repeat every order
 * of events.
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

  /** Lets nothing that is written leave from here on. */
  public void stick() {
    stuck = true;
  }

  /**
   * Lets the peer read again: it takes everything that was flushed, but not what was only written.
   */
  public void unstick() {
    stuck = false;
    take();
  }

  /**
   * Lets the peer take what was flushed, and, if it is stuck, nothing that is written because of
   * that.
   */
  public void take() {
    ChannelOutboundBuffer waiting = unsafe().outboundBuffer();
    running = true;
    int flushed = waiting == null ? 0 : waiting.size();
    // A listener that is notified can write, and that takes what waits, too.
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
