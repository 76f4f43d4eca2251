package io.chatroom.client;

/**
 * The server sent what the protocol does not allow, so that nothing it says on this connection
 * counts any more. The message is one sentence, safe to print. Has no stack trace: what failed is
 * at the other end.
 */
final class RuleBrokenException extends Exception {

  RuleBrokenException(String sentence) {
    super(sentence, null, false, false);
  }

  /** Throws unless a rule is kept. */
  static void check(boolean kept, String sentence) throws RuleBrokenException {
    if (!kept) {
      throw new RuleBrokenException(sentence);
    }
  }
}
