package io.chatroom.client.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * Gathers many members. A server may close connections when it has as many as it wants
 * (PROTOCOL.md, section 5), so fewer may join than requested; but it must serve every connection
 * that it does not close.
 */
final class Throng {

  /**
   * How many connect at once: few enough for a server's queue of connections that it has not
   * accepted yet.
   */
  private static final int AT_ONCE = 40;

  private Throng() {}

  /** Joins as many new members as the server accepts, up to {@code count}. */
  static List<Peer> gather(Stage stage, String role, int count)
      throws Broken, InterruptedException {
    return gather(stage, role, count, Peer.Hearing.ATTENTIVE);
  }

  static List<Peer> gather(Stage stage, String role, int count, Peer.Hearing hearing)
      throws Broken, InterruptedException {
    List<Peer> members = new ArrayList<>();
    int came = 0;
    while (members.size() == came && came < count) {
      int more = Math.min(AT_ONCE, count - came);
      List<Peer> newcomers = connect(stage, role, came, came + more, hearing);
      newcomers.forEach(Peer::registerAnyway);
      for (Peer newcomer : newcomers) {
        if (stage.admitsUnlessFull(newcomer)) {
          members.add(newcomer);
        }
      }
      came += more;
    }
    return members;
  }

  /** Opens as many connections as the server accepts, up to {@code count}, and sends nothing. */
  static List<Peer> connect(Stage stage, String role, int count) {
    return connect(stage, role, 0, count, Peer.Hearing.ATTENTIVE);
  }

  private static List<Peer> connect(
      Stage stage, String role, int from, int to, Peer.Hearing hearing) {
    List<Peer> connected = new ArrayList<>();
    for (int i = from + 1; i <= to; i++) {
      try {
        connected.add(stage.connect(role + i, hearing));
      } catch (Broken e) {
        return connected; // a server may refuse connections
      }
    }
    return connected;
  }
}
