package io.chatroom.server.log;

/**
 * What belongs to a message that a session has posted. A log keeps a client's id once: the same
 * post again is a repeat, not another message.
 *
 * @param client who posted it: what one client keeps for ever and shows to nobody
 * @param id what the client calls this post; unique for that client
 * @param replyTo the number of the message that it answers; 0 if it answers none
 * @param owned whether the name under which it was said was the client's own
 */
public record Post(String client, String id, long replyTo, boolean owned) implements Detail {

  /** Under a name that anybody may take. */
  public Post(String client, String id, long replyTo) {
    this(client, id, replyTo, false);
  }

  /** Without the client, which is a secret. */
  @Override
  public String toString() {
    return "Post[id=" + id + ", replyTo=" + replyTo + ", owned=" + owned + "]";
  }
}
