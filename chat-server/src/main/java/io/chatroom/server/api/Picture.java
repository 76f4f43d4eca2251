package io.chatroom.server.api;

import io.chatroom.protocol.session.Code;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.People;
import io.chatroom.server.names.Person;
import io.chatroom.server.names.Posters;
import io.chatroom.server.web.Answer;
import io.chatroom.server.web.Endpoint;
import io.chatroom.server.web.Request;
import io.chatroom.server.web.Responder;
import io.nayuki.qrcodegen.QrCode;

/**
 * Draws a text as a QR code, for the page, which has no library for that. The text is in the body,
 * because the code that links another device must not appear in a URL or in a log.
 */
final class Picture implements Endpoint {

  /**
   * The longest text: drawing takes milliseconds, during which the event loop serves nobody else.
   */
  private static final int MOST_BYTES = 512;

  /** The width of the empty margin in modules, from the standard. */
  private static final int MARGIN = 4;

  private static final int PER_SECOND = 1;

  private static final int AT_ONCE = 10;

  private final People people;
  private final Posters drawn = new Posters(PER_SECOND, PER_SECOND, AT_ONCE, System::nanoTime);

  Picture(People people) {
    this.people = people;
  }

  @Override
  public void answer(Request request, Responder to) {
    Denial denial = people.mayEnter(Caller.key(request), request.address());
    if (denial != null) {
      throw new ProblemException(Problem.of(denial.code(), denial.afterMillis(), denial.text()));
    }
    int bytes = request.body().readableBytes();
    if (bytes == 0) {
      throw ProblemException.bad("the body is empty, expected the text to draw");
    }
    if (bytes > MOST_BYTES) {
      throw new ProblemException(
          Problem.of(
              Code.TOO_LONG, "the text has " + bytes + " bytes, expected at most " + MOST_BYTES));
    }
    String text = PostBody.plain(request);
    long waitMillis = drawn.take(new Person("", null, request.address()));
    if (waitMillis > 0) {
      throw new ProblemException(
          Problem.of(Code.RATE, waitMillis, "Too many requests; wait a moment."));
    }
    to.answer(Answer.of(200, "image/svg+xml", svg(QrCode.encodeText(text, QrCode.Ecc.MEDIUM))));
  }

  private static String svg(QrCode code) {
    int size = code.size + 2 * MARGIN;
    StringBuilder path = new StringBuilder();
    for (int y = 0; y < code.size; y++) {
      for (int x = 0; x < code.size; x++) {
        if (code.getModule(x, y)) {
          path.append('M').append(x + MARGIN).append(' ').append(y + MARGIN).append("h1v1h-1z");
        }
      }
    }
    // Not String.format: some locales would use their own digits.
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 SIZE SIZE" shape-rendering="crispEdges">\
        <path fill="#fff" d="M0 0hSIZEvSIZEH0z"/><path d="PATH"/></svg>
        """
        .replace("SIZE", "" + size)
        .replace("PATH", path);
  }
}
