package io.chatroom.client.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * Gathers many members. A server may close connections when it has as many as it wants
 * (PROTOCOL.md, section 5), so fewer may join than requested; but it must serve every connection
 * that it does not close.
 */
final class ManyMembers {

  /**
   * Members that connect at once: few enough for a server's queue of connections that it has not
   * accepted yet.
   */
  private static final int AT_ONCE = 40;

  private ManyMembers() {}

  /** Joins as many new members as the server accepts, up to {@code count}. */
  static List<Peer> join(Stage stage, String role, int count) throws Broken, InterruptedException {
    return join(stage, role, count, Peer.Reading.KEEP);
  }

  static List<Peer> join(Stage stage, String role, int count, Peer.Reading reading)
      throws Broken, InterruptedException {
    List<Peer> members = new ArrayList<>();
    int came = 0;
    while (members.size() == came && came < count) {
      int more = Math.min(AT_ONCE, count - came);
      List<Peer> newcomers = connect(stage, role, came, came + more, reading);
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
    return connect(stage, role, 0, count, Peer.Reading.KEEP);
  }

  private static List<Peer> connect(
      Stage stage, String role, int from, int to, Peer.Reading reading) {
    List<Peer> connected = new ArrayList<>();
    for (int i = from + 1; i <= to; i++) {
      try {
        connected.add(stage.connect(role + i, reading));
      } catch (Broken e) {
        return connected; // a server may refuse connections
      }
    }
    return connected;
  }
}
