package io.chatroom.server.seed;

import io.chatroom.server.StickySocket;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.transport.Outlets;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A member of a room, on a channel that can get stuck. */
final class StickyChannel extends StickySocket {

  static final Duration PATIENCE = Duration.ofMillis(250);

  private @Nullable SeedMember member;

  StickyChannel() {
    pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                if (!(cause instanceof IOException)) { // as happens to writes on their way
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

  /** A room on the loops of these channels; its slow members can be behind by 1 MiB. */
  static TestRoom room(List<StickyChannel> channels, SlowMember then) {
    return TestRoom.on(channels, new BacklogPolicy(1024 * 1024, PATIENCE, then));
  }

  SeedMember join(TestRoom room, ByteBuf name) {
    ChannelHandlerContext context = pipeline().lastContext();
    member =
        room.seeds()
            .join(context, Outlets.of(context), name.toString(StandardCharsets.UTF_8), name);
    return member;
  }

  /** Joins the room with this name. */
  void join(Rooms rooms, SeedKind kind, String room, ByteBuf name) {
    ChannelHandlerContext context = pipeline().lastContext();
    member =
        new SeedMember(
            context,
            Outlets.of(context),
            kind,
            rooms,
            room,
            name.toString(StandardCharsets.UTF_8),
            name);
  }

  /** The member that it joined as. */
  SeedMember member() {
    return Objects.requireNonNull(member);
  }

  /** The bytes that have arrived at the other end since the last call. */
  String received() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf out = readOutbound(); out != null; out = readOutbound()) {
      all.append(out.toString(StandardCharsets.UTF_8));
      out.release();
    }
    return all.toString();
  }
}
