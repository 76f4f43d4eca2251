package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromServer;

/**
 * The server refused a request, or ended the session. The message contains the server's reason,
 * made safe to print. Any thread may read it.
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

  /** The client was removed from a room; the reason is a sentence for people. */
  static RefusedException putOut(String text) {
    return new RefusedException(VisibleText.of(text), Code.KICKED.text(), Do.ASK);
  }

  /** For a WebSocket whose close code is the only reason given (S-61). */
  static RefusedException ofCloseNumber(String server, int number) {
    for (Code code : Code.values()) {
      if (code.isBye() && code.closeNumber() == number) {
        return new RefusedException(server + ": " + words(code), code.text(), code.act());
      }
    }
    return new RefusedException(
        server + ": the server closed the WebSocket with " + number, "closed", Do.STOP);
  }

  private static String words(Code code) {
    return switch (code) {
      case KICKED -> "you were kicked";
      case BANNED -> "you are banned";
      case REPLACED -> "another connection of the same client has replaced this one";
      case KEY_WRONG -> "this server needs an access key, and yours is wrong or missing";
      case ORIGIN -> "this server accepts no pages from another origin";
      case VERSION -> "the server speaks another version of the protocol";
      default -> "the server says " + code.text();
    };
  }

  /** The text of a {@link io.chatroom.protocol.session.Code}, or a code unknown to this client. */
  public String code() {
    return code;
  }

  /** What to do about it. Decide by this, not by the code, which may be a new one. */
  public Do act() {
    return act;
  }

  /**
   * True if somebody else owns the name, or one that looks like it: no other protocol or connection
   * helps then.
   */
  public boolean isAboutOwnership() {
    return code.equals(Code.NAME_OWNED.text())
        || code.equals(Code.NAME_LOOKS_ALIKE.text())
        || code.equals(Code.TOKEN_WRONG.text());
  }

  private static String sentence(String text, String code) {
    if (!text.isBlank()) {
      return VisibleText.of(text);
    }
    Code known = Code.of(code);
    return known == null ? "the server says " + code : words(known);
  }
}
