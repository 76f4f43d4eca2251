package io.chatroom.client.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * P-19: a member that does not read. It is given more than any buffers between two sockets hold, so
 * that a server which waits for it has to show it.
 */
final class SlowMemberCases {

  /** More than Linux lets a socket's two buffers grow to by default. */
  private static final int FLOOD_BYTES = 8_400_000;

  /** A server may delay a sender that talks too much; nobody says more than this. */
  private static final int MESSAGES_EACH = 300;

  private static final int LONG_MESSAGE_BYTES = 4000;
  private static final int SHORT_MESSAGE_BYTES = 950;

  private SlowMemberCases() {}

  static List<Case> all() {
    return List.of(
        must(
            "slow.others-not-held-up",
            "A member that does not read MUST NOT hold up the others, nor cost them a message.",
            stage -> {
              Flooded room = flood(stage);
              List<Said> heard = said(stage.take(stage.bob(), room.crowd().size()));
              room.crowd().isHeardWhole("bob", heard);
            }),
        must(
            "slow.can-send",
            "A member that does not read MUST be able to go on sending, unless it is closed.",
            SlowMemberCases::canSend),
        must(
            "slow.whole-pairs",
            "What a member that does not keep up is sent MUST be whole pairs.",
            stage -> {
              Flooded room = flood(stage);
              stage.take(stage.bob(), room.crowd().size());
              Peer deaf = room.deaf();
              deaf.listen();
              follows(stage, deaf);
              if (deaf.isGarbled()) {
                throw new Broken("whole pairs of name frame and message frame", deaf.silence());
              }
              room.crowd().isHeardInPart("deaf", said(deaf.heard()));
            }),
        must(
            "slow.catches-up",
            "A member that reads again, and was not closed, MUST NOT miss any later message.",
            SlowMemberCases::catchesUp));
  }

  /** A member that does not read, and those who have talked since it came. */
  private record Flooded(Peer deaf, Crowd crowd) {}

  private static Case must(String id, String sentence, Case.Body body) {
    return Case.must(Section.RELAYING, id, "P-19", sentence, body).danger(Danger.FATAL).patience(2);
  }

  /** Enough talk to fill the deaf one's buffers, in messages of a size that this server takes. */
  private static Flooded flood(Stage stage) throws Broken, InterruptedException {
    Peer probe = stage.join("probe");
    probe.sendAnyway(Framing.frame(Bytes.utf8("p").times(LONG_MESSAGE_BYTES)));
    int bytes = stage.bob().take(1).isEmpty() ? SHORT_MESSAGE_BYTES : LONG_MESSAGE_BYTES;
    Peer deaf = stage.join("deaf", Peer.Hearing.DEAF);
    List<Peer> speakers = new ArrayList<>();
    for (int i = 0; i <= FLOOD_BYTES / (bytes * MESSAGES_EACH); i++) {
      speakers.add(stage.join("speaker" + i, Peer.Hearing.HEEDLESS));
    }
    return new Flooded(deaf, Crowd.of(speakers).talks(MESSAGES_EACH, bytes));
  }

  /** When strangers talk so much that it cannot keep up, it may be skipped once more. */
  private static void catchesUp(Stage stage) throws Broken, InterruptedException {
    Flooded room = flood(stage);
    stage.take(stage.bob(), room.crowd().size());
    Peer deaf = room.deaf();
    deaf.listen();
    for (int attempt = 1; follows(stage, deaf); attempt++) {
      deaf.takeStrangers();
      try {
        stage.fence(deaf);
        List<Said> later = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
          later.add(stage.alice().say("later " + attempt + "." + i));
        }
        stage.hears(deaf, later);
        return;
      } catch (Broken e) {
        if (attempt == 3 || deaf.takeStrangers().isEmpty()) {
          throw e;
        }
      }
    }
  }

  private static void canSend(Stage stage) throws Broken, InterruptedException {
    Flooded room = flood(stage);
    stage.take(stage.bob(), room.crowd().size());
    Peer deaf = room.deaf();
    Said said = deaf.said(Bytes.utf8("I never listen"));
    deaf.sendAnyway(Framing.frame(said.message()));
    List<Pair> heard = stage.bob().take(1);
    if (!heard.isEmpty() && heard.get(0).said().equals(said)) {
      return;
    }
    deaf.listen();
    if (!stage.hasClosed(deaf, stage.terms().timeout())) {
      throw new Broken(
          "bob hears " + said,
          heard.isEmpty() ? stage.bob().silence() : "it heard " + heard.get(0).said());
    }
  }

  /**
   * Waits until one who was deaf hears what is said now.
   *
   * @return false if the server had closed it, or lost the place in its stream
   */
  private static boolean follows(Stage stage, Peer deaf) throws Broken, InterruptedException {
    try {
      stage.meet(stage.alice(), deaf);
      return true;
    } catch (Broken e) {
      if (deaf.hasEnded()) {
        return false;
      }
      throw e;
    }
  }

  private static List<Said> said(List<Pair> heard) {
    return heard.stream().map(Pair::said).toList();
  }
}
