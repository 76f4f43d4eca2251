package io.chatroom.server.session;

import io.chatroom.server.room.Member;

/** A member of rooms that carries a session. */
public interface SessionMember extends Member {

  /** The session that it carries. Always the same. */
  Session session();
}
