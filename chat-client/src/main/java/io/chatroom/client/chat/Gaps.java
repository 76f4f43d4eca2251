package io.chatroom.client.chat;

import io.chatroom.protocol.session.FromServer;

/** Sentences about missing messages. */
public final class Gaps {

  private Gaps() {}

  /** The line for a gap in the room on the screen, not yet safe to show. */
  static String sentence(FromServer.Gap gap) {
    if (gap.why().equals(FromServer.Gap.EPOCH)) {
      return "gap: the server has replaced the history of this room"
          + (gap.to() < gap.from() ? "" : "; of the new one, " + numbers(gap));
    }
    return "gap: " + numbers(gap) + ": " + reason(gap);
  }

  private static String numbers(FromServer.Gap gap) {
    return gap.from() == gap.to()
        ? "message " + gap.from() + " is missing"
        : "messages " + gap.from() + " to " + gap.to() + " are missing";
  }

  /** The reason, in a few words that are not yet safe to show. */
  public static String reason(FromServer.Gap gap) {
    return switch (gap.why()) {
      case FromServer.Gap.RETENTION -> "the server no longer keeps them";
      case FromServer.Gap.LAGGED -> "this client was too slow";
      case FromServer.Gap.ACCESS -> "this name may not see them";
      default -> "the server says " + gap.why();
    };
  }
}
