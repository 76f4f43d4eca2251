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
final class Notices {

  private static final int ROUNDS = 5;

  private Notices() {}

  /** An event that may provoke a notice; it is complete when the method returns. */
  @FunctionalInterface
  interface Event {
    void happen(int round) throws Broken, InterruptedException;
  }

  /** Checks that Bob receives nothing that comes with the event. */
  static void noneComesWith(Stage stage, String what, Event event)
      throws Broken, InterruptedException {
    Set<String> always = new HashSet<>();
    Set<String> otherwise = new HashSet<>();
    stage.forgetStrangers(stage.bob());
    for (int round = 1; round <= ROUNDS; round++) {
      stage.fence(stage.bob());
      otherwise.addAll(withoutNumbers(stage.bob().takeStrangers()));
      event.happen(round);
      stage.receivesNothing(stage.bob());
      List<Post> strangers = stage.bob().takeStrangers();
      for (Post post : strangers) {
        if (stage.tag().isMentionedIn(post)) {
          throw new Broken("nothing is sent because " + what, "bob received " + post);
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

  private static Set<String> withoutNumbers(List<Post> strangers) {
    return strangers.stream()
        .map(post -> post.name().plus(": ").plus(post.message()).toArray())
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8).replaceAll("[0-9]+", "#"))
        .collect(Collectors.toSet());
  }
}
