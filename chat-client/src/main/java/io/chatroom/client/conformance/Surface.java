package io.chatroom.client.conformance;

/** On which of a server's ways in a case is played; where one does not work, others may. */
public enum Surface {
  /** The protocol of PROTOCOL.md. */
  SEED("the room does not work"),
  /** SESSIONS.md, framed as in PROTOCOL.md. */
  TCP("sessions over TCP do not work"),
  /** SESSIONS.md over WebSocket. */
  WEBSOCKET("sessions over WebSocket do not work");

  private final String dead;

  Surface(String dead) {
    this.dead = dead;
  }

  /** What is the matter where not even the control before a case comes through. */
  String dead() {
    return dead;
  }
}
