package io.chatroom.server.seed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chatroom.server.StickySocket;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.room.ChannelOutlet;
import io.chatroom.server.room.Kind;
import io.chatroom.server.room.Member;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.room.Presence;
import io.chatroom.server.room.Rooms;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** A member of {@link NumberedKind}, in as many rooms as it likes. */
final class NumberedMember implements Member {

  final StickySocket socket = new StickySocket();
  final Map<String, Presence> rooms = new TreeMap<>();
  private final Kind kind;
  private final String name;
  private final Outlet outlet;
  private boolean broken;
  private boolean unavailable;
  private final Set<String> left = new HashSet<>();

  /** The refusals, rejections and new epochs that it was notified of. */
  final List<String> told = new ArrayList<>();

  NumberedMember(String name, Kind kind) {
    this.name = name;
    this.kind = kind;
    socket
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                if (!(cause instanceof IOException)) {
                  ctx.fireExceptionCaught(cause);
                }
              }

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                List.copyOf(rooms.keySet()).stream()
                    .filter(room -> sitsIn(room))
                    .forEach(room -> leave(room));
              }
            });
    outlet =
        new ChannelOutlet(socket.pipeline().lastContext()) {
          @Override
          public boolean hasTakenAll() {
            if (broken) {
              throw new IllegalStateException("broken for the test");
            }
            return super.hasTakenAll();
          }
        };
  }

  String name() {
    return name;
  }

  /** Makes it throw on each delivery from here on. */
  void breaks() {
    broken = true;
  }

  void join(Rooms all, String room) {
    rooms.put(room, all.join(room, this, kind, name.getBytes(UTF_8)));
  }

  boolean sitsIn(String room) {
    return rooms.containsKey(room) && !left.contains(room);
  }

  /** Leaves one room for good. */
  void leave(String room) {
    left.add(room);
    in(room).leave();
  }

  Presence in(String room) {
    return Objects.requireNonNull(rooms.get(room));
  }

  /** Sends nothing to a room that is unavailable, like a session. */
  void say(String room, String text) {
    if (unavailable) {
      told.add(room + " is unavailable");
      return;
    }
    ByteBuf message = Unpooled.copiedBuffer(text, UTF_8);
    in(room).send(message);
    message.release();
  }

  @Override
  public Channel channel() {
    return socket;
  }

  @Override
  public Outlet outlet() {
    return outlet;
  }

  @Override
  public boolean hold() {
    return false;
  }

  @Override
  public void goOn() {
    unavailable = false;
  }

  @Override
  public boolean refused(String room, int messages, Refusal why) {
    told.add(room + " refused " + messages + " " + why);
    boolean first = !unavailable;
    unavailable = true;
    return first;
  }

  @Override
  public void repeated(String room, Post post, long seq, long atMillis) {
    told.add(room + " repeated " + post.id() + " as " + seq);
  }

  @Override
  public void reused(String room, Post post) {
    told.add(room + " reused " + post.id());
  }

  @Override
  public void reset(String room, Position to) {
    told.add(room + " reset to " + to.seq());
  }

  @Override
  public void stop() {}

  @Override
  public void sayGoodbye() {
    socket.close();
  }

  @Override
  public boolean lags() {
    return false;
  }

  @Override
  public void failed(Throwable cause) {
    socket.close();
  }
}
