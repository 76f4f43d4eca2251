package io.chatroom.protocol;

import io.netty.handler.codec.DecoderException;

/**
 * A peer has violated the protocol; its connection must be closed.
 *
 * <p>The message is one sentence for people: what was wrong, the value, what was expected. Nothing
 * in it needs escaping: bytes of the peer are shown in a visible form. There is no stack trace,
 * because the fault is at the other end of the connection, and because a flood of bad peers must be
 * cheap. Any thread may read it.
 */
public final class ProtocolException extends DecoderException {

  private final Violation violation;

  /**
   * @param violation the broken rule
   * @param found a description of what was received, safe to print
   */
  public ProtocolException(Violation violation, String found) {
    super(found + ", expected " + violation.expected());
    this.violation = violation;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }

  /** The broken rule. */
  public Violation violation() {
    return violation;
  }
}
