package io.chatroom.client.conformance;

/** The parts of the report, in the order of PROTOCOL.md. */
enum Section {
  ROOM("The room"),
  FRAMES("1. Frames"),
  REGISTRATION("2. Registration"),
  RELAYING("3. Relaying"),
  LEAVING("4. Leaving"),
  VIOLATIONS("5. Violations");

  private final String title;

  Section(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
