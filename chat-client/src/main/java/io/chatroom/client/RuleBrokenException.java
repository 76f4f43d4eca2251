package io.chatroom.client;

/**
 * The server broke the protocol, so the rest of this connection is ignored. The message is one
 * sentence, safe to print. Has no stack trace: the fault is at the other end.
 */
final class RuleBrokenException extends Exception {

  RuleBrokenException(String sentence) {
    super(sentence, null, false, false);
  }

  /** Throws if a rule is broken. */
  static void check(boolean kept, String sentence) throws RuleBrokenException {
    if (!kept) {
      throw new RuleBrokenException(sentence);
    }
  }
}
