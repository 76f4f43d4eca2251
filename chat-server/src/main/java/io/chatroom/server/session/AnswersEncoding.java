package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Burst;
import io.chatroom.server.room.Attendance;
import io.chatroom.server.room.Encoded;
import io.chatroom.server.room.Encoding;
import io.chatroom.server.room.Placed;
import io.chatroom.server.room.Seat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The encoding for visitors that wait for one answer. They receive no messages of others, and the
 * answers to their own posts as objects, not as bytes.
 */
final class AnswersEncoding implements Encoding {

  private final Function<String, RoomName> naming;

  /**
   * @param naming returns the session's name for a room
   */
  AnswersEncoding(Function<String, RoomName> naming) {
    this.naming = naming;
  }

  @Override
  public Encoded all(Placed said) {
    return new Encoded(Unpooled.EMPTY_BUFFER, new int[said.burst().messages()]);
  }

  @Override
  public @Nullable ByteBuf own(Placed said, Burst.Segment mine) {
    Session session = ((SessionMember) ((Seat) mine.author()).member()).session();
    RoomName room = naming.apply(said.room());
    for (int i = mine.from(); i < mine.to(); i++) {
      FromServer answer = Encoder.answer(room, said, i);
      if (session.isAnswered(room, answer)) {
        session.send(answer);
      }
    }
    return null;
  }

  @Override
  public boolean isHeard() {
    return false;
  }

  @Override
  public boolean tellsAttendance() {
    return false;
  }

  @Override
  public ByteBuf attendance(Attendance attendance) {
    throw new UnsupportedOperationException("these sessions receive no attendance");
  }
}
