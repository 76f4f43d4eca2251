package io.chatroom.client.conformance;

/** The protocol and carrier that a case uses. If one does not work, the others are still judged. */
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

  /** Returns what is wrong if not even the check before a case passes, as a phrase. */
  String dead() {
    return dead;
  }
}
