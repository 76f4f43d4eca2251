package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import org.jspecify.annotations.Nullable;

/**
 * Why somebody may not do something. Immutable.
 *
 * @param code what a program acts by
 * @param afterMillis when to try again, or null
 * @param text one sentence for people; it tells nothing that the one who asked may not know
 */
public record Denial(Code code, @Nullable Long afterMillis, String text) {

  /** For good, or until somebody changes something. */
  public static Denial of(Code code, String text) {
    return new Denial(code, null, text);
  }
}
