package io.chatroom.server.log;

/**
 * The detail of a session's message. A log keeps each id of a client once: the same post again is a
 * repeat, not another message.
 *
 * @param client the lasting secret of the client that posted it
 * @param id the client's id of this post; unique for that client
 * @param replyTo the number of the message that it answers; 0 if it answers none
 * @param owned whether the client owned the name
 */
public record Post(String client, String id, long replyTo, boolean owned) implements Detail {

  /** A post of a guest. */
  public Post(String client, String id, long replyTo) {
    this(client, id, replyTo, false);
  }

  /** Without the client, which is a secret. */
  @Override
  public String toString() {
    return "Post[id=" + id + ", replyTo=" + replyTo + ", owned=" + owned + "]";
  }
}
