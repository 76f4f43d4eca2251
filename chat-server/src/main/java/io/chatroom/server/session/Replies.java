package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.names.Denial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a session says to its client. Nothing comes behind its end (S-49), whatever is still being
 * read for it.
 */
final class Replies {

  private final Wire wire;
  private boolean over;

  Replies(Wire wire) {
    this.wire = wire;
  }

  void send(FromServer object) {
    send(List.of(object));
  }

  void send(List<FromServer> objects) {
    if (!over) {
      wire.say(objects);
    }
  }

  /** Refuses a request with this {@code q}. */
  void refuse(@Nullable String q, Code code, String text) {
    refuse(q, Denial.of(code, text));
  }

  /** The same. */
  void refuse(@Nullable String q, Denial why) {
    send(FromServer.Error.ofRequest(q, why.code(), why.afterMillis(), why.text()));
  }

  /** Refuses what concerns a room; a hello has no {@code q} to be answered with. */
  void refuse(@Nullable String q, RoomName room, Code code, String text) {
    refuse(q, room, Denial.of(code, text));
  }

  /** The same. */
  void refuse(@Nullable String q, RoomName room, Denial why) {
    if (q == null) {
      send(FromServer.Error.ofRoom(room, why.code(), why.afterMillis(), why.text()));
    } else {
      refuse(q, why);
    }
  }

  /** Refuses a post with this id. */
  void refusePost(String id, Code code, String text) {
    refusePost(id, Denial.of(code, text));
  }

  /** The same. */
  void refusePost(String id, Denial why) {
    send(FromServer.Error.ofPost(id, why.code(), why.afterMillis(), why.text()));
  }

  /** Refuses whatever it is. */
  void refuse(FromClient object, Code code, String text) {
    refuse(object, Denial.of(code, text));
  }

  /** The same. */
  void refuse(FromClient object, Denial why) {
    if (object instanceof FromClient.Post post) {
      refusePost(post.id(), why);
    } else {
      refuse(Requests.qOf(object), why);
    }
  }

  /** Whether nothing is said any more. */
  boolean areOver() {
    return over;
  }

  /** Says no more, and no goodbye either: the connection has gone. */
  void drop() {
    over = true;
  }

  /** Everything was said: ends the stream. */
  void end() {
    if (!over) {
      over = true;
      wire.end();
    }
  }

  /** Says goodbye. */
  void end(FromServer.Bye bye) {
    if (!over) {
      over = true;
      wire.end(bye);
    }
  }
}
