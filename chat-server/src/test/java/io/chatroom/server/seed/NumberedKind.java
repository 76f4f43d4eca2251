package io.chatroom.server.seed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.Burst;
import io.chatroom.server.room.Attendance;
import io.chatroom.server.room.Delivery;
import io.chatroom.server.room.Encoded;
import io.chatroom.server.room.Encoding;
import io.chatroom.server.room.Kind;
import io.chatroom.server.room.Laggards;
import io.chatroom.server.room.Placed;
import io.chatroom.server.room.Seat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Members that receive room, number and message, and an ack in place of their own messages: {@code
 * r7A12;} or {@code r7!;}. A member that does not keep up is closed. A message ends with a
 * semicolon; a room is a letter.
 */
final class NumberedKind implements Kind {

  private final Set<Burst> encoded = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Encoding encoding =
      new Encoding() {
        @Override
        public Encoded all(Placed said) {
          assertThat(encoded.add(said.burst())).as("encoded once").isTrue();
          Burst burst = said.burst();
          ByteBuf bytes = Unpooled.directBuffer();
          int[] ends = new int[burst.messages()];
          int start = 0;
          for (int i = 0; i < burst.messages(); i++) {
            int end = burst.ends()[i];
            bytes.writeCharSequence(said.room() + (said.firstSeq() + i), UTF_8);
            bytes.writeBytes(burst.bytes(), start, end - start);
            ends[i] = bytes.writerIndex();
            start = end;
          }
          return new Encoded(bytes, ends);
        }

        @Override
        public ByteBuf own(Placed said, Burst.Segment mine) {
          StringBuilder acks = new StringBuilder();
          for (int i = mine.from(); i < mine.to(); i++) {
            acks.append(said.room()).append(said.firstSeq() + i).append("!;");
          }
          return Unpooled.copiedBuffer(acks, UTF_8);
        }

        @Override
        public boolean tellsAttendance() {
          return false;
        }

        @Override
        public ByteBuf attendance(Attendance attendance) {
          throw new AssertionError("nobody asked for " + attendance);
        }
      };

  @Override
  public Encoding encoding() {
    return encoding;
  }

  @Override
  public Laggards laggards(Laggards.Host host) {
    return new Laggards() {
      @Override
      public void joined(Seat seat) {
        host.follow(seat);
      }

      @Override
      public void passed(List<Delivery> round, List<Seat> fallen) {
        List.copyOf(fallen).forEach(seat -> seat.member().channel().close());
      }

      @Override
      public void stopDeliveries(Seat seat) {}

      @Override
      public void left(Seat seat) {}

      @Override
      public boolean contains(Seat seat) {
        return false;
      }

      @Override
      public void whenCaughtUp(Runnable task) {
        task.run();
      }
    };
  }
}
