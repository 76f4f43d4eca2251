package io.chatroom.server.session;

import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.room.Member;
import org.jspecify.annotations.Nullable;

/** A member of rooms that carries a session, and passes the fate of its posts on to it. */
public interface SessionMember extends Member {

  /** The session, always the same. */
  Session session();

  @Override
  default void repeated(String room, Post post, long seq, long atMillis) {
    session().repeated(room, post, seq, atMillis);
  }

  @Override
  default void reused(String room, Post post) {
    session().reused(room, post);
  }

  @Override
  default void rejected(String room, @Nullable Detail detail) {
    session().rejected(room, detail);
  }

  @Override
  default void reset(String room, Position to) {
    session().logReplaced(room);
  }

  @Override
  default void sayGoodbye() {
    session().sayGoodbye();
  }

  @Override
  default boolean lags() {
    return session().lags();
  }
}
