package io.chatroom.client.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * More people than fit into a small room. A server may close connections when it has enough of them
 * (PROTOCOL.md, section 5), so there may come fewer than were asked for; but who is not closed must
 * be served.
 */
final class Throng {

  /** How many come at once: no more than a server has room for that has not accepted them yet. */
  private static final int AT_ONCE = 40;

  private Throng() {}

  /** As many new members as the server will have, up to {@code count}. */
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

  /** As many connections as the server will have, up to {@code count}; nothing is sent. */
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
        return connected; // where there is no connection, nothing is owed
      }
    }
    return connected;
  }
}
