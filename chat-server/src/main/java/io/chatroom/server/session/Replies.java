package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.names.Denial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends one session's objects to its client. Sends nothing after the end of the session (S-49),
 * even if reads for it are still running. Belongs to the session's event loop.
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
      wire.send(objects);
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

  /**
   * Refuses a request that concerns a room.
   *
   * @param q null if the request is part of a hello
   */
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

  /** Refuses an object of any type. */
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

  /** True once nothing more is sent. */
  boolean areOver() {
    return over;
  }

  /** The connection has ended: sends nothing more. */
  void drop() {
    over = true;
  }

  /** Ends the stream after everything that was sent. */
  void end() {
    if (!over) {
      over = true;
      wire.end();
    }
  }

  /** Sends a bye, and ends the stream. */
  void end(FromServer.Bye bye) {
    if (!over) {
      over = true;
      wire.end(bye);
    }
  }
}
