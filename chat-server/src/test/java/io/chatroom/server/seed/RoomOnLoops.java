package io.chatroom.server.seed;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/**
 * A room with channels on event loops that run when the test says so. A message here is a letter
 * and a number, because messages are just bytes to the room.
 */
abstract class RoomOnLoops {

  final List<StickyChannel> channels = Stream.generate(StickyChannel::new).limit(7).toList();
  final TestRoom room = StickyChannel.room(channels, SlowMember.DROP);
  final StickyChannel a = channels.get(0);
  final StickyChannel b = channels.get(1);
  final StickyChannel c = channels.get(2);

  @AfterEach
  void close() {
    Loops.close(channels);
  }

  final SeedMember join(StickyChannel channel, String name) {
    return channel.join(room, Loops.bytes(name));
  }

  /** Two members, of whom bob listens on {@link #b}. */
  final SeedMember aliceWithBob() {
    SeedMember alice = join(a, "A");
    join(b, "B");
    settle();
    return alice;
  }

  final void settle() {
    Loops.settle(channels);
  }
}
