package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromServer;

/**
 * The server did not do what was asked for, or ended the session, and said why. The message has its
 * sentence, made safe to print. Any thread may read it.
 */
public final class RefusedException extends ChatException {

  private final String code;
  private final Do act;

  RefusedException(String sentence, String code, Do act) {
    super(sentence);
    this.code = code;
    this.act = act;
  }

  static RefusedException of(FromServer.Error error) {
    return new RefusedException(sentence(error.text(), error.code()), error.code(), error.act());
  }

  static RefusedException of(FromServer.Bye bye) {
    return new RefusedException(sentence(bye.text(), bye.code()), bye.code(), bye.act());
  }

  /**
   * Which refusal: the word of a {@link io.chatroom.protocol.session.Code}, or one that this client
   * does not know.
   */
  public String code() {
    return code;
  }

  /** What helps: decide by this and not by the code, which may be a new one. */
  public Do act() {
    return act;
  }

  private static String sentence(String text, String code) {
    return text.isBlank() ? "the server says " + code : VisibleText.of(text);
  }
}
