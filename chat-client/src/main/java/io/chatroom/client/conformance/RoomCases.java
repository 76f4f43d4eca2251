package io.chatroom.client.conformance;

import static io.chatroom.client.conformance.Case.must;

import java.util.List;

/** The basic case: if it fails, nothing else can be judged. */
final class RoomCases {

  private RoomCases() {}

  static List<Case> all() {
    return List.of(
        must(
            Section.ROOM,
            "room.works",
            "P-09 P-14",
            "A message from one member MUST reach another, under the sender's registered name.",
            stage -> {
              Post sent = stage.alice().post("hello");
              stage.receives(stage.bob(), sent);
            }));
  }
}
