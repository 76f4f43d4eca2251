package io.chatroom.client.chat;

import io.chatroom.client.ServerAddress;

/** Decides which protocol to speak with a server. For any thread. */
public interface Protocols {

  /** The protocols to try. Constants, for any thread. */
  enum Choice {
    /** Sessions only. */
    SESSION,
    /** A session; if the server begins none, the seed's protocol. */
    SESSION_FIRST,
    /** The seed's protocol only. */
    SEED
  }

  /** The protocols to try with this server. */
  Choice choice(ServerAddress server);

  /** A session has begun. */
  void sessionWorks(ServerAddress server);

  /** The server began no session, and the seed's protocol has worked. */
  void seedWorks(ServerAddress server);
}
