package io.chatroom.server.seed;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.names.Attendee;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Person;
import io.chatroom.server.transport.Abort;
import io.netty.channel.Channel;

/**
 * A seed member, as moderation sees it. Its protocol cannot carry a reason for its removal, and it
 * has only one room, so its connection is closed. From any thread.
 */
final class SeedGuest implements Attendee {

  private final Person person;
  private final SeedMember member;
  private final RoomName room;
  private final SeedLog log;

  SeedGuest(Person person, SeedMember member, RoomName room, SeedLog log) {
    this.person = person;
    this.member = member;
    this.room = room;
    this.log = log;
  }

  @Override
  public Person person() {
    return person;
  }

  RoomName room() {
    return room;
  }

  @Override
  public void disconnect(Denial why) {
    Channel channel = member.channel();
    channel
        .eventLoop()
        .execute(
            () -> {
              if (channel.isOpen()) {
                member.acceptNothingMore();
                log.connections().refusedLate(channel, Outcome.PUT_OUT, why.text());
                Abort.close(channel); // a FIN would mean that everything it sent was read (P-20)
              }
            });
  }

  @Override
  public void removeFrom(RoomName from, String text) {
    if (from.equals(room)) {
      disconnect(Denial.of(Code.KICKED, text));
    }
  }
}
