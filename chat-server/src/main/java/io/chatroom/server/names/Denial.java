package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is refused. Immutable.
 *
 * @param code the code, for programs
 * @param afterMillis when to retry, or null
 * @param text one sentence for people, which reveals nothing that they may not know
 */
public record Denial(Code code, @Nullable Long afterMillis, String text) {

  /** A refusal without a time to retry. */
  public static Denial of(Code code, String text) {
    return new Denial(code, null, text);
  }
}
