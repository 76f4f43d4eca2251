package io.chatroom.client.chat;

import io.chatroom.client.ServerAddress;

/** Which protocol to speak with which server. Any thread may ask. */
public interface Protocols {

  /** What to try. Constants, for any thread. */
  enum Choice {
    /** Sessions only. */
    SESSION,
    /** A session; where the server begins none, the seed's protocol. */
    SESSION_FIRST,
    /** The seed's protocol only. */
    SEED
  }

  /** What to try with this server. */
  Choice choice(ServerAddress server);

  /** A session has begun. */
  void sessionWorks(ServerAddress server);

  /** The server began no session, and the seed's protocol has worked. */
  void seedWorks(ServerAddress server);
}
