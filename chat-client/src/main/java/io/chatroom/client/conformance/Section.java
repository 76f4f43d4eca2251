package io.chatroom.client.conformance;

/** The sections of the report, in the order of PROTOCOL.md and SESSIONS.md. */
public enum Section {
  ROOM("The room"),
  FRAMES("1. Frames"),
  REGISTRATION("2. Registration"),
  RELAYING("3. Relaying"),
  LEAVING("4. Leaving"),
  VIOLATIONS("5. Violations"),
  SESSION_WAYS("Sessions: 1. Ways in"),
  SESSION_OBJECTS("Sessions: 2. Objects"),
  SESSION_REQUESTS("Sessions: 3. and 4. Requests and answers"),
  SESSION_LAWS("Sessions: 5. Laws"),
  SESSION_GOING("Sessions: 7. Staying and going");

  private final String title;

  Section(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }
}
