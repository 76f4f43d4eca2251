package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.carrier.World.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A seed member that stays to the end, always reads, and receives the one order of the lobby. */
final class LawSeed {

  private static final String ROOM = "lobby";

  private final LawScene scene;
  private final String name;
  private Line line;
  private Carriage.Unwrapper frames = new TcpCarriage().unwrapper();
  private final List<String> heard = new ArrayList<>();
  private @Nullable String from;

  LawSeed(LawScene scene, String name) {
    this.scene = scene;
    this.name = name;
    line = connect();
  }

  /** Resets its position: a seed member never receives missed messages. */
  void comeBack() {
    heard.clear();
    from = null;
    frames = new TcpCarriage().unwrapper();
    line = connect();
  }

  private Line connect() {
    Line line = Objects.requireNonNull(scene.world.connect());
    line.send(TcpCarriage.frame(name.getBytes(UTF_8)));
    return line;
  }

  void talk() {
    line.send(TcpCarriage.frame(scene.text("S").getBytes(UTF_8)));
  }

  void hear() {
    for (byte[] frame : frames.unwrap(line.receive())) {
      String text = new String(frame, UTF_8);
      if (from == null) {
        from = text;
      } else {
        heard.add(from + ": " + text);
        from = null;
      }
    }
  }

  private List<String> due() {
    return scene.orders.messages(ROOM, name);
  }

  boolean hasHeardAll() {
    List<String> due = due();
    return !heard.isEmpty()
        && heard.get(heard.size() - 1).equals(due.get(due.size() - 1))
        && heard.size() <= due.size();
  }

  void judge() {
    List<String> due = due();
    assertThat(heard)
        .as("%s, %s hears the same order", scene.seed, name)
        .isEqualTo(due.subList(due.size() - heard.size(), due.size()));
  }
}
