package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionDefect.*;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The moderation state of a room. Callers must hold the server's lock. */
final class ReferenceOrder {

  private final SessionReference server;
  private final Set<String> ops = new HashSet<>();
  private final Set<String> laid = new HashSet<>();
  private final Set<String> hadTheirTurn = new HashSet<>();

  ReferenceOrder(SessionReference server) {
    this.server = server;
  }

  private boolean holds(String action, String target) {
    return laid.contains(action + " " + target);
  }

  void founds(ReferenceSession session) {
    if (!server.has(NO_FOUNDERS)) {
      ops.add(session.name());
    }
  }

  boolean isOp(ReferenceSession session) {
    return server.has(EVERYBODY_IS_OP) || (session.isOwned() && ops.contains(session.name()));
  }

  String roleOf(ReferenceSession session) {
    return session.isOwned() && ops.contains(session.name()) ? "op" : "member";
  }

  void lay(String action, @Nullable String target) {
    String undone =
        action.equals("open")
            ? "close"
            : action.startsWith("un") ? action.substring(2) : action.equals("deop") ? "op" : "";
    if (action.equals("op") && !server.has(OPS_NOBODY)) {
      ops.add(String.valueOf(target));
    } else if (undone.equals("op")) {
      ops.remove(String.valueOf(target));
    }
    laid.add(action + " " + target);
    laid.remove(undone + " " + target);
  }

  /** Returns the code that refuses a join, or null. */
  @Nullable String denies(ReferenceSession session, boolean isIn) {
    if (holds("ban", session.name()) && !server.has(BANS_NOBODY)) {
      return "forbidden";
    }
    boolean isClosed = holds("close", "null") && !isIn && !server.has(CLOSES_NOTHING);
    return isClosed && !ops.contains(session.name()) ? "closed" : null;
  }

  /** Returns the code that refuses a post, or null. */
  @Nullable String silences(ReferenceSession session) {
    if (holds("mute", session.name()) && !server.has(MUTES_NOBODY)) {
      return "muted";
    }
    if (isOp(session)) {
      return null;
    }
    if (holds("restrict", "null") && !server.has(RESTRICTS_NOBODY)) {
      return "muted";
    }
    boolean isSlow = holds("slow", "null") && !server.has(SLOWS_NOBODY);
    return isSlow && !hadTheirTurn.add(session.name()) ? "rate" : null;
  }
}
