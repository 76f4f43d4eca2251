package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.carrier.RoomOrders.Said;
import io.chatroom.server.carrier.World.Line;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A program in a random conversation that follows one room as a stream of events, disconnects,
 * stops reading, and resumes from its last id.
 */
final class LawFollower {

  private static final String HEAD_END = "\r\n\r\n";

  private final LawScene scene;
  private final String room;
  private @Nullable Line line;
  private String in = "";
  private byte[] rest = new byte[0];
  private boolean answered;
  private boolean stuck;
  private boolean draining;
  private boolean goodbye;

  /** The last id of the stream; empty in the beginning. */
  private String id = "";

  private String epoch = "";
  private long next;
  private boolean mayBeGone;

  LawFollower(LawScene scene, String room) {
    this.scene = scene;
    this.room = room;
  }

  void act() {
    Line there = line;
    if (there == null) {
      connect();
    } else if (scene.once(12)) {
      hear();
      if (line != null) {
        there.cut();
        gone();
      }
    } else if (stuck) {
      unstick();
    } else if (scene.once(4)) {
      stuck = true;
      there.stick();
    }
  }

  private void connect() {
    Line there = scene.world.connect();
    if (there != null) {
      line = there;
      String last = id.isEmpty() ? "" : "Last-Event-ID: " + id + "\r\n";
      there.send(
          ("GET /api/rooms/" + room + "/events HTTP/1.1\r\nHost: x\r\n" + last + "\r\n")
              .getBytes(UTF_8));
    }
  }

  void unstick() {
    if (stuck && line != null) {
      line.unstick();
    }
    stuck = false;
  }

  /** The connection has ended. */
  void gone() {
    line = null;
    in = "";
    rest = new byte[0];
    answered = false;
    stuck = false;
  }

  /** Reconnects if necessary; then returns the last received sequence number. */
  long newest() {
    if (line == null) {
      connect();
    }
    return line == null ? Long.MAX_VALUE : next - 1;
  }

  /** The server may send a bye from now on. */
  void expectGoodbye() {
    draining = true;
  }

  boolean isConnected() {
    return line != null;
  }

  void hear() {
    Line there = line;
    if (there == null || stuck) {
      return;
    }
    decode(there.receive());
    if (!answered && in.startsWith("HTTP/1.1 503 ")) {
      there.cut(); // its room cannot be loaded for now
      gone();
      return;
    }
    if (!answered && in.contains(HEAD_END)) {
      assertThat(in).as(scene.seed).startsWith("HTTP/1.1 200 ");
      in = in.substring(in.indexOf(HEAD_END) + HEAD_END.length());
      answered = true;
    }
    while (answered && in.contains("\n\n")) {
      String event = in.substring(0, in.indexOf("\n\n"));
      in = in.substring(in.indexOf("\n\n") + 2);
      try {
        hear(event);
      } catch (BadObjectException | AssertionError wrong) {
        throw new AssertionError(scene.seed + ", follower of " + room + ": " + event, wrong);
      }
    }
    if (there.hasEnded()) {
      assertThat(goodbye).as("%s: a stream ends with a bye", scene.seed).isTrue();
      there.cut();
      gone();
    }
  }

  /** Whole lines: bytes may end within a character. */
  private void decode(byte[] more) {
    byte[] all = Arrays.copyOf(rest, rest.length + more.length);
    System.arraycopy(more, 0, all, rest.length, more.length);
    int end = all.length;
    while (end > 0 && all[end - 1] != '\n') {
      end--;
    }
    in += new String(all, 0, end, UTF_8);
    rest = Arrays.copyOfRange(all, end, all.length);
  }

  private void hear(String event) throws BadObjectException {
    String name = "";
    String data = "";
    String told = "";
    for (String line : event.lines().toList()) {
      if (line.startsWith("event: ")) {
        name = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        data = line.substring("data: ".length());
      } else if (line.startsWith("id: ")) {
        told = line.substring("id: ".length());
      } else {
        assertThat(line).matches("retry: \\d+|:");
      }
    }
    if (data.isEmpty()) {
      return; // a comment
    }
    assertThat(goodbye).isFalse();
    FromServer object = SessionJson.readServer(Unpooled.copiedBuffer(data, UTF_8));
    assertThat(name).isEqualTo(object.type());
    if (object instanceof FromServer.Joined joined) {
      joined(joined, told);
    } else if (object instanceof FromServer.Message message) {
      counts(message.seq(), told);
      stands(message.seq(), new Said(message.from(), message.text(), message.at(), true));
    } else if (object instanceof FromServer.Event happened) {
      counts(happened.seq(), told);
      Long deleted = happened.targetSeq();
      String what = deleted == null ? happened.text() : "" + deleted;
      stands(happened.seq(), new Said(happened.by(), what, happened.at(), false));
      if (deleted != null) {
        scene.orders.deleted(room, deleted);
      }
    } else if (object instanceof FromServer.Gap gap) {
      gap(gap, told);
    } else if (object instanceof FromServer.Bye bye) {
      assertThat(bye.code()).isEqualTo("draining");
      assertThat(draining).isTrue();
      goodbye = true;
    } else {
      assertThat(object).isInstanceOf(FromServer.Presence.class);
      assertThat(told).isEmpty();
    }
    id = told.isEmpty() ? id : told;
  }

  private void joined(FromServer.Joined joined, String told) {
    long before = id.isEmpty() ? joined.seq() : Long.parseLong(id.substring(id.indexOf(':') + 1));
    boolean same = id.isEmpty() || id.startsWith(joined.epoch() + ":");
    epoch = joined.epoch();
    next = same ? before + 1 : 1;
    mayBeGone = joined.resume() == FromServer.Resume.GAP;
    assertThat(mayBeGone).isEqualTo(!same || next < joined.first());
    long start = mayBeGone ? joined.first() - 1 : before;
    assertThat(told).isEqualTo(epoch + ":" + start);
  }

  private void counts(long seq, String told) {
    assertThat(seq).as("S-50, the next").isEqualTo(next);
    assertThat(told).isEqualTo(epoch + ":" + seq);
    next++;
  }

  private void stands(long seq, Said said) {
    scene.orders.stands(room, seq, said);
  }

  private void gap(FromServer.Gap gap, String told) {
    assertThat(told).isEmpty();
    assertThat(gap.from()).as("S-51, a gap begins where it was").isEqualTo(next);
    if (gap.why().equals(FromServer.Gap.LAGGED)) {
      scene.orders.lagged(room, gap.to());
    } else {
      assertThat(mayBeGone).as("S-51, a gap that resume told").isTrue();
    }
    next = gap.to() + 1;
  }
}
