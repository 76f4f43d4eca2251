package io.chatroom.client.conformance;

import static io.chatroom.client.conformance.Case.must;

import java.util.List;

/** What everything else rests on. */
final class RoomCases {

  private RoomCases() {}

  static List<Case> all() {
    return List.of(
        must(
            Section.ROOM,
            "room.works",
            "P-09 P-14",
            "What one member says, another member MUST hear, under the name it registered with.",
            stage -> {
              Said said = stage.alice().say("hello");
              stage.hears(stage.bob(), said);
            }));
  }
}
