package io.chatroom.protocol.session;

import org.jspecify.annotations.Nullable;

/**
 * A peer sent something that is not a valid object. The message is one sentence for people: what
 * was wrong, the value, what was expected; nothing in it needs escaping. There is no stack trace,
 * because the fault is at the other end of the connection, and because a flood of bad objects must
 * be cheap. Any thread may read it.
 */
public final class BadObjectException extends Exception {

  private final Code code;
  private final @Nullable String q;
  private final @Nullable String id;

  BadObjectException(Code code, String sentence, @Nullable String q, @Nullable String id) {
    super(sentence, null, false, false);
    this.code = code;
    this.q = q;
    this.id = id;
  }

  /**
   * The code of the answer: {@link Code#BAD_REQUEST}, {@link Code#UNKNOWN_TYPE}, {@link
   * Code#TOO_LONG} or {@link Code#NAME_BAD}, all of which leave the connection open, or {@link
   * Code#VERSION}, which ends it.
   */
  public Code code() {
    return code;
  }

  /** The {@code q} of the request, if it could be read and there is no {@link #id}. */
  public @Nullable String q() {
    return q;
  }

  /** The {@code id} of the post, if it could be read. */
  public @Nullable String id() {
    return id;
  }

  /** The server's answer: a bye if the code ends the connection, else an error. */
  public FromServer answer() {
    String sentence = String.valueOf(getMessage());
    return code.isBye()
        ? FromServer.Bye.of(code, null, sentence)
        : new FromServer.Error(q, id, null, code.text(), code.act(), null, sentence);
  }
}
