package io.chatroom.server.seed;

import io.chatroom.protocol.Frame;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.PeerAddress;
import io.chatroom.server.front.RateLimit;
import io.chatroom.server.front.TokenBucket;
import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.names.Admission;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.People;
import io.chatroom.server.names.Person;
import io.chatroom.server.transport.Abort;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first frame, the name (P-09), makes the connection a member of the room, and
 * replaces itself with a {@link MemberHandler}. The newcomer keeps the deadline.
 */
final class RegistrationHandler extends ConnectionHandler {

  private final SeedRoom room;
  private final People people;
  private final Newcomer newcomer;
  private final RateLimit rateLimit;

  RegistrationHandler(
      SeedRoom room, People people, Newcomer newcomer, RateLimit rateLimit, SeedLog log) {
    super(log);
    this.room = room;
    this.people = people;
    this.newcomer = newcomer;
    this.rateLimit = rateLimit;
  }

  @Override
  boolean isMember() {
    return false;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Frame name) {
    if (!ctx.channel().isOpen()) {
      return; // it was just refused; these frames arrived with its name
    }
    if (room.isClosing()) {
      refuse(ctx.channel(), Outcome.REFUSED_DRAINING, "the server is about to stop");
      return;
    }
    String why = people.mayUseSeedProtocol(PeerAddress.addressOf(ctx.channel()));
    if (why != null) {
      refuse(ctx.channel(), Outcome.REFUSED_SEED, why);
      return;
    }
    Admission admission =
        people.admitSeed(name.text(), PeerAddress.addressOf(ctx.channel()), room.name());
    if (admission instanceof Admission.Denied denied) {
      refuse(ctx.channel(), Outcome.REFUSED_BANNED, denied.why().text());
      return;
    }
    Person person = ((Admission.Admitted) admission).person();
    SeedMember member = room.join(newcomer.place(), newcomer.outlet(), name.text(), name.bytes());
    SeedGuest guest = new SeedGuest(person, member, room.name(), log);
    log.registered(ctx.channel(), member.name());
    ctx.pipeline()
        .replace(this, null, new MemberHandler(member, guest, people, allowance(ctx), log));
    Denial late = people.arrives(guest);
    if (late == null) {
      late = people.mayJoin(person, room.name()); // they may have been banned from there meanwhile
    }
    if (late != null) {
      guest.disconnect(late);
    }
  }

  private void refuse(Channel channel, Outcome how, String why) {
    log.connections().refusedLate(channel, how, why);
    Abort.close(channel); // a FIN would mean that everything it sent was read (P-20)
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    log.connections().leftUnregistered(ctx.channel());
  }

  private @Nullable TokenBucket allowance(ChannelHandlerContext ctx) {
    return rateLimit.isOn() ? rateLimit.bucket(ctx.executor().ticker().nanoTime()) : null;
  }

  /**
   * Cancels the deadline: this is also called when the handler is replaced or the channel closes.
   */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    newcomer.endDeadline();
  }
}
