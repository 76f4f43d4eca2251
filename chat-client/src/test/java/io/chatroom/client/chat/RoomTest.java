package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoomTest {

  private final Room room = new Room(RoomName.of("dev"));

  private void say(String text) {
    room.add(new Room.Line(Instant.EPOCH, new ChatMessage("bob", text), "", 0));
  }

  @Test
  void keepsTheNewestLinesOnly() {
    for (int n = 0; n <= Room.MAX_LINES; n++) {
      say("" + n);
    }

    assertThat(room.newest(Integer.MAX_VALUE)).hasSize(Room.MAX_LINES);
    assertThat(room.unreadLines()).isEqualTo(Room.MAX_LINES);
    assertThat(room.newest(1).get(0).message()).isEqualTo(new ChatMessage("bob", "500"));
  }

  @Test
  void keepsNoMoreThanAFewCharacters() {
    for (int n = 0; n < 10; n++) {
      say("x".repeat(Room.MAX_CHARS / 4));
    }
    assertThat(room.newest(Integer.MAX_VALUE)).hasSize(3);
    say("x".repeat(Room.MAX_CHARS));

    assertThat(room.newest(Integer.MAX_VALUE)).as("the last one always").hasSize(1);
  }

  /** As in a private room: the server sends messages unasked, and the client then joins it. */
  @Test
  void doesNotTreatMessagesBeforeTheJoinAsHistory() {
    room.counted(5);
    room.joined(
        new FromServer.Joined(
            "1", room.name(), "e", 6, 1, 2, List.of(), null, null, "member", null));

    assertThat(room.isPast(6)).isFalse();
    assertThat(room.hasArrived(7)).as("what is unread stays unread").isFalse();
  }

  @Test
  void forgetsTheMembersWhenThereAreTooManyToName() {
    room.presence(new FromServer.Presence(room.name(), List.of("bob", "eve"), List.of(), 2));
    room.presence(new FromServer.Presence(room.name(), List.of("al"), List.of("bob"), 2));
    assertThat(room.people()).containsExactly("eve", "al");
    room.presence(new FromServer.Presence(room.name(), List.of(), List.of(), 201));

    assertThat(room.people()).isEmpty();
    assertThat(room.count()).isEqualTo(201);
  }
}
