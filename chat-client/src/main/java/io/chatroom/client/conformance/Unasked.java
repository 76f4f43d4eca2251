package io.chatroom.client.conformance;

import java.util.List;

/**
 * Finds notices: what a server says to everybody when something happens. In a room that others use
 * as well, a notice looks like a stranger's message; but it comes every time, and not otherwise.
 */
final class Unasked {

  private static final int ROUNDS = 3;

  private Unasked() {}

  /** What may provoke a notice; done when it returns. */
  @FunctionalInterface
  interface Event {
    void happen(int round) throws Broken, InterruptedException;
  }

  /** Bob hears nothing that comes with the event. */
  static void neverComesWith(Stage stage, String what, Event event)
      throws Broken, InterruptedException {
    int times = 0;
    boolean quietOtherwise = true;
    Said notice = null;
    for (int round = 1; round <= ROUNDS; round++) {
      stage.fence(stage.bob());
      stage.bob().takeStrangers();
      stage.fence(stage.bob());
      quietOtherwise &= stage.bob().takeStrangers().isEmpty();
      event.happen(round);
      stage.hearsNothing(stage.bob());
      List<Said> strangers = stage.bob().takeStrangers();
      for (Said said : strangers) {
        if (stage.tag().isMentionedIn(said)) {
          throw new Broken("nothing is sent because " + what, "bob heard " + said);
        }
      }
      if (!strangers.isEmpty()) {
        notice = strangers.get(0);
        times++;
      }
    }
    if (times == ROUNDS && quietOtherwise) {
      throw new Broken("nothing is sent because " + what, "each time bob heard " + notice);
    }
  }
}
