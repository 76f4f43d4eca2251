package io.chatroom.server.connection;

import io.chatroom.protocol.Frame;
import io.chatroom.server.room.Member;
import io.netty.channel.ChannelHandlerContext;

/** Hands what a member says to the room, and tells the room when it has gone. */
final class MemberHandler extends ConnectionHandler {

  private final Member member;

  MemberHandler(Member member, ConnectionLog log) {
    super(log);
    this.member = member;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Frame message) {
    log.said(ctx.channel(), member.name(), message);
    member.say(message.bytes());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    member.left();
    log.left(member.name());
  }
}
