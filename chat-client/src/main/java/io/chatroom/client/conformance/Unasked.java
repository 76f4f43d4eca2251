package io.chatroom.client.conformance;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds notices that a server sends to everybody when something happens. In a room that others use
 * as well, a notice looks like a stranger's message; but it comes with every event, perhaps with
 * another number in it, and at no other time.
 */
final class Unasked {

  private static final int ROUNDS = 5;

  private Unasked() {}

  /** An event that may provoke a notice; it is complete when the method returns. */
  @FunctionalInterface
  interface Event {
    void happen(int round) throws Broken, InterruptedException;
  }

  /** Checks that Bob receives nothing that comes with the event. */
  static void neverComesWith(Stage stage, String what, Event event)
      throws Broken, InterruptedException {
    Set<String> always = new HashSet<>();
    Set<String> otherwise = new HashSet<>();
    stage.forgetStrangers(stage.bob());
    for (int round = 1; round <= ROUNDS; round++) {
      stage.fence(stage.bob());
      otherwise.addAll(withoutNumbers(stage.bob().takeStrangers()));
      event.happen(round);
      stage.hearsNothing(stage.bob());
      List<Said> strangers = stage.bob().takeStrangers();
      for (Said said : strangers) {
        if (stage.tag().isMentionedIn(said)) {
          throw new Broken("nothing is sent because " + what, "bob received " + said);
        }
      }
      if (round == 1) {
        always.addAll(withoutNumbers(strangers));
      } else {
        always.retainAll(withoutNumbers(strangers));
      }
    }
    always.removeAll(otherwise);
    if (!always.isEmpty()) {
      throw new Broken(
          "nothing is sent because " + what,
          "each time bob received " + Bytes.utf8(always.iterator().next()));
    }
  }

  private static Set<String> withoutNumbers(List<Said> strangers) {
    return strangers.stream()
        .map(said -> said.name().plus(": ").plus(said.message()).toArray())
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8).replaceAll("[0-9]+", "#"))
        .collect(Collectors.toSet());
  }
}
