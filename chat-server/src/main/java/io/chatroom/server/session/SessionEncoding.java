package io.chatroom.server.session;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Burst;
import io.chatroom.server.room.Attendance;
import io.chatroom.server.room.Encoded;
import io.chatroom.server.room.Encoding;
import io.chatroom.server.room.Placed;
import io.chatroom.server.room.Seat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The encoding for sessions: one object for each message or event; the poster receives an ack
 * instead. A burst is encoded once for all sessions with the same framing.
 */
final class SessionEncoding implements Encoding {

  /** Estimated size of an object without its text. */
  private static final int OBJECT_BYTES = 128;

  private final ByteBufAllocator allocator;
  private final Framing framing;
  private final int maxListBytes;
  private final Function<String, RoomName> naming;
  private final boolean tellsAttendance;

  /**
   * @param naming returns the sessions' name for a room
   * @param tellsAttendance true if they are notified who joins and leaves
   */
  SessionEncoding(
      ByteBufAllocator allocator,
      Framing framing,
      Limits limits,
      Function<String, RoomName> naming,
      boolean tellsAttendance) {
    this.allocator = allocator;
    this.framing = framing;
    this.maxListBytes = ObjectSize.maxListBytes(limits);
    this.naming = naming;
    this.tellsAttendance = tellsAttendance;
  }

  @Override
  public Encoded all(Placed said) {
    RoomName room = naming.apply(said.room());
    Burst burst = said.burst();
    int[] ends = new int[burst.messages()];
    ByteBuf out = allocator.directBuffer(burst.size() + burst.messages() * OBJECT_BYTES);
    try {
      for (int i = 0; i < ends.length; i++) {
        framing.writeEntry(Encoder.entry(room, said, i), said.epoch(), out);
        ends[i] = out.writerIndex();
      }
      return new Encoded(out.retain(), ends);
    } finally {
      out.release();
    }
  }

  @Override
  public @Nullable ByteBuf own(Placed said, Burst.Segment mine) {
    Session session = ((SessionMember) ((Seat) mine.author()).member()).session();
    RoomName room = naming.apply(said.room());
    ByteBuf out = allocator.directBuffer(mine.messages() * OBJECT_BYTES);
    try {
      for (int i = mine.from(); i < mine.to(); i++) {
        FromServer answer = Encoder.answer(room, said, i);
        boolean asked = session.isAnswered(room, answer);
        framing.write(asked ? answer : Encoder.entry(room, said, i), out);
      }
      return out.retain();
    } finally {
      out.release();
    }
  }

  @Override
  public boolean tellsAttendance() {
    return tellsAttendance;
  }

  @Override
  public ByteBuf attendance(Attendance attendance) {
    List<String> came = attendance.came();
    List<String> went = attendance.went();
    boolean fit = ObjectSize.of(came) + ObjectSize.of(went) <= maxListBytes;
    RoomName room = naming.apply(attendance.room());
    ByteBuf out = allocator.directBuffer(OBJECT_BYTES);
    try {
      framing.write(
          fit
              ? new FromServer.Presence(room, came, went, attendance.count())
              : new FromServer.Presence(room, List.of(), List.of(), attendance.count()),
          out);
      return out.retain();
    } finally {
      out.release();
    }
  }
}
