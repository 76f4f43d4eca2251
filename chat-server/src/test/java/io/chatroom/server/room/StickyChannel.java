package io.chatroom.server.room;

import io.chatroom.server.StickySocket;
import io.chatroom.server.metrics.Metrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A member of a room, on a channel that can get stuck. */
final class StickyChannel extends StickySocket {

  static final Duration PATIENCE = Duration.ofMillis(250);

  private @Nullable Member member;

  StickyChannel() {
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
    return room(channels, policy, Metrics.NOOP);
  }

  static Room room(List<StickyChannel> channels, BacklogPolicy policy, Metrics metrics) {
    return new Room(
        channels.stream().<EventExecutor>map(EmbeddedChannel::eventLoop).toList(),
        policy,
        new SilentLog(),
        metrics);
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

  /** What has arrived at the other end since the last call. */
  String received() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf out = readOutbound(); out != null; out = readOutbound()) {
      all.append(out.toString(StandardCharsets.UTF_8));
      out.release();
    }
    return all.toString();
  }
}
