package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member with an event loop of its own, whose other end can stop reading. The test decides when
 * its loop runs and when its clock moves, so every order of events can be had, again and again.
 */
final class StickyChannel extends EmbeddedChannel {

  static final Duration PATIENCE = Duration.ofMillis(250);

  private boolean stuck;
  private boolean running;
  private @Nullable Member member;

  StickyChannel() {
    freezeTime();
    pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                if (!(cause
                    instanceof IOException)) { // which is what becomes of writes on their way
                  ctx.fireExceptionCaught(cause);
                }
              }

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                if (member != null) {
                  member.left();
                }
              }
            });
  }

  /** A room on the loops of these channels, whose slow members may be behind by 1 MiB. */
  static Room room(List<StickyChannel> channels, SlowMember then) {
    return room(channels, new BacklogPolicy(1024 * 1024, PATIENCE, then, Long.MAX_VALUE));
  }

  static Room room(List<StickyChannel> channels, BacklogPolicy policy) {
    return new Room(
        channels.stream().<EventExecutor>map(EmbeddedChannel::eventLoop).toList(),
        policy,
        new SilentLog());
  }

  /** Tells nobody. */
  static final class SilentLog implements RoomLog {
    @Override
    public void lags(Channel member) {}

    @Override
    public void closesSlowMember(Channel member, String why) {}
  }

  Member join(Room room, ByteBuf name) {
    member = room.join(pipeline().lastContext(), name.toString(StandardCharsets.UTF_8), name);
    return member;
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
  void stick() {
    stuck = true;
  }

  /** The other end reads again, and takes all that was flushed: what was only written stays. */
  void unstick() {
    stuck = false;
    ChannelOutboundBuffer waiting = unsafe().outboundBuffer();
    running = true;
    try {
      if (waiting != null) {
        doWrite(waiting);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      running = false;
    }
    runPendingTasks();
  }

  /** What has arrived at the other end since the last call. */
  String received() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf out = readOutbound(); out != null; out = readOutbound()) {
      all.append(out.toString(StandardCharsets.UTF_8));
      out.release();
    }
    return all.toString();
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) throws Exception {
    if (!stuck) {
      super.doWrite(in);
    }
  }
}
