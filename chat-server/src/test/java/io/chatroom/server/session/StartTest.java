package io.chatroom.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.session.FromServer.Gap;
import io.chatroom.protocol.session.FromServer.Resume;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Position;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The position from which a session receives a room's messages. */
class StartTest {

  private static final RoomName ROOM = RoomName.of("tea");

  @ParameterizedTest(name = "{0} of those from {2} to {1}: behind {3}")
  @CsvSource({
    // last, newest, first kept, position
    ",    10, 1,  10", // live only
    "0,   10, 1,  10",
    "3,   10, 1,  7",
    "10,  10, 1,  0",
    "11,  10, 1,  0", // more than there are
    "99,  10, 6,  5", // more than are kept
    "3,   10, 11, 10", // none is kept
    "3,   0,  1,  0", // there was none
    ",    0,  1,  0",
  })
  void beginsWithTheNewest(@Nullable Long last, long newest, long first, long position) {
    assertThat(start(null, last, newest, first)).isEqualTo(new Start(position, null, null));
  }

  @ParameterizedTest(name = "behind {0} of those from {2} to {1}")
  @CsvSource({"0, 10, 1", "4, 10, 1", "10, 10, 1", "5, 10, 6", "10, 10, 11", "0, 0, 1"})
  void goesOnWhereAllIsKept(long after, long newest, long first) {
    assertThat(start(position("now", after), null, newest, first))
        .isEqualTo(new Start(after, Resume.COMPLETE, null));
  }

  @ParameterizedTest(name = "behind {0} of those from {2} to {1}: {3} to {4} are gone")
  @CsvSource({"4, 10, 6, 5, 5", "0, 10, 6, 1, 5", "3, 10, 11, 4, 10"})
  void tellsWhatIsNotKeptAnyMore(long after, long newest, long first, long from, long to) {
    assertThat(start(position("now", after), null, newest, first))
        .isEqualTo(new Start(to, Resume.GAP, new Gap(ROOM, from, to, Gap.RETENTION)));
  }

  @ParameterizedTest(name = "{0}:{1}, and now it goes from {3} to {2}")
  @CsvSource({
    "before, 4, 10, 1", // another log
    "before, 4, 10, 6",
    "now, 11, 10, 1", // a sequence number in the future
    "now, 9007199254740991, 0, 1",
  })
  void beginsAgainWithAnotherLog(String epoch, long after, long newest, long first) {
    assertThat(start(position(epoch, after), null, newest, first))
        .isEqualTo(new Start(first - 1, Resume.GAP, new Gap(ROOM, 1, first - 1, Gap.EPOCH)));
  }

  private static io.chatroom.protocol.session.Position position(String epoch, long seq) {
    return new io.chatroom.protocol.session.Position(epoch, seq);
  }

  private static Start start(
      io.chatroom.protocol.session.@Nullable Position after,
      @Nullable Long last,
      long newest,
      long first) {
    return Start.of(ROOM, after, last, new Position("now", newest), first);
  }
}
