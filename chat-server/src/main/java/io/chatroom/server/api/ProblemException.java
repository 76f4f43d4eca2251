package io.chatroom.server.api;

import io.chatroom.protocol.session.Code;

/**
 * A request is malformed. Has no stack trace, as the fault is the client's, and a flood of such
 * requests must be cheap.
 */
final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  static ProblemException bad(String sentence) {
    return new ProblemException(Problem.of(Code.BAD_REQUEST, sentence));
  }

  Problem problem() {
    return problem;
  }
}
