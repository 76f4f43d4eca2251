package io.chatroom.client.chat;

import io.chatroom.protocol.session.FromServer;

/** The words for missing messages. */
public final class Gaps {

  private Gaps() {}

  /** The line for a gap in the room on the screen, not yet safe to show. */
  static String sentence(FromServer.Gap gap) {
    if (gap.why().equals(FromServer.Gap.EPOCH)) {
      return "gap: the server has begun another history here, and has lost the old one"
          + (gap.to() < gap.from() ? "" : "; of this one, " + numbers(gap));
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
      case FromServer.Gap.RETENTION -> "the server keeps no more";
      case FromServer.Gap.LAGGED -> "they came faster than they were read";
      case FromServer.Gap.ACCESS -> "they are not for this name";
      default -> "the server says " + gap.why();
    };
  }
}
