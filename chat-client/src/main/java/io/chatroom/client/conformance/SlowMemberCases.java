package io.chatroom.client.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * P-19: members that do not read. They are sent more than the buffers of a connection hold, so that
 * a server that waits for them is found out.
 */
final class SlowMemberCases {

  /** More than both buffers of a connection can grow to with the defaults of Linux. */
  private static final int FLOOD_BYTES = 8_400_000;

  /** A server may delay a member that sends more than 300 messages at once (P-18). */
  private static final int MESSAGES_EACH = 300;

  private static final int LONG_MESSAGE_BYTES = 4000;
  private static final int SHORT_MESSAGE_BYTES = 950;

  private static final int MANY_PAUSED = 20;
  private static final Duration MOST_HELD_UP = Duration.ofSeconds(5);

  private SlowMemberCases() {}

  static List<Case> all() {
    return List.of(
        must(
            "slow.others-not-held-up",
            "A member that does not read MUST NOT hold up the others, nor cost them a message.",
            stage -> {
              Flooded room = flood(stage);
              List<Post> received = posts(stage.take(stage.bob(), room.crowd().size()));
              room.crowd().isReceivedWhole("bob", received);
            }),
        must(
            "slow.many",
            "Twenty members that do not read MUST NOT hold up the others for more than 5 seconds in"
                + " all.",
            SlowMemberCases::manySlow),
        must(
            "slow.can-send",
            "A member that does not read MUST be able to go on sending, unless it is disconnected.",
            SlowMemberCases::canSend),
        must(
            "slow.whole-pairs",
            "A member that does not keep up MUST be sent whole pairs only.",
            stage -> {
              Flooded room = flood(stage);
              stage.take(stage.bob(), room.crowd().size());
              Peer paused = room.paused();
              paused.startReading();
              stage.follows(paused);
              if (paused.isGarbled()) {
                throw new Broken("whole pairs of name frame and message frame", paused.silence());
              }
              room.crowd().isReceivedInPart("paused1", posts(paused.received()));
            }),
        must(
            "slow.catches-up",
            "A member that reads again and is still connected MUST NOT miss any later message.",
            SlowMemberCases::catchesUp));
  }

  /** Members that do not read, and members that have sent messages to them. */
  private record Flooded(List<Peer> allPaused, Crowd crowd) {

    Peer paused() {
      return allPaused.get(0);
    }
  }

  private static Case must(String id, String sentence, Case.Body body) {
    return Case.must(Section.RELAYING, id, "P-19", sentence, body).danger(Danger.FATAL).patience(2);
  }

  /**
   * Sends enough to fill the buffers of a member that does not read, in messages of a size that the
   * server accepts.
   */
  private static Flooded flood(Stage stage) throws Broken, InterruptedException {
    return flood(stage, "speaker", 1);
  }

  private static Flooded flood(Stage stage, String role, int paused)
      throws Broken, InterruptedException {
    int bytes = takesLongMessages(stage, role) ? LONG_MESSAGE_BYTES : SHORT_MESSAGE_BYTES;
    List<Peer> allPaused = new ArrayList<>();
    for (int i = 1; i <= paused; i++) {
      allPaused.add(stage.join("paused" + i, Peer.Reading.PAUSED));
    }
    List<Peer> speakers = new ArrayList<>();
    for (int i = 0; i <= FLOOD_BYTES / (bytes * MESSAGES_EACH); i++) {
      speakers.add(stage.join(role + i, Peer.Reading.DISCARD));
    }
    return new Flooded(allPaused, Crowd.of(speakers).sends(MESSAGES_EACH, bytes));
  }

  private static boolean takesLongMessages(Stage stage, String role)
      throws Broken, InterruptedException {
    Peer probe = stage.join(role + "-probe");
    Post sent = probe.postOf(Bytes.utf8("p").times(LONG_MESSAGE_BYTES));
    probe.sendAnyway(Framing.frame(sent.message()));
    try {
      return stage.receivesUnlessRefused(probe, List.of(sent));
    } catch (Broken e) {
      return false; // another case judges how the server treats long messages
    }
  }

  /** Compares the time that the same messages take without and with members that do not read. */
  private static void manySlow(Stage stage) throws Broken, InterruptedException {
    Duration without = timeToHear(stage, "early", 0);
    Duration with = timeToHear(stage, "late", MANY_PAUSED);
    Duration heldUp = with.minus(without);
    if (heldUp.compareTo(stage.limits().withTolerance(MOST_HELD_UP)) > 0) {
      throw new Broken(
          "%d members that do not read hold up the others for at most %d s"
              .formatted(MANY_PAUSED, MOST_HELD_UP.toSeconds()),
          String.format(
              Locale.ROOT,
              "the messages took %.3g s without them and %.3g s with them",
              without.toMillis() / 1000.0,
              with.toMillis() / 1000.0));
    }
  }

  private static Duration timeToHear(Stage stage, String role, int paused)
      throws Broken, InterruptedException {
    long start = System.nanoTime();
    Flooded room = flood(stage, role, paused);
    room.crowd().isReceivedWhole("bob", posts(stage.take(stage.bob(), room.crowd().size())));
    room.crowd().speakers().forEach(Peer::close);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /**
   * If strangers send so much that the member cannot keep up, messages for it may be skipped again,
   * so it gets three attempts.
   */
  private static void catchesUp(Stage stage) throws Broken, InterruptedException {
    Flooded room = flood(stage);
    stage.take(stage.bob(), room.crowd().size());
    Peer paused = room.paused();
    paused.startReading();
    for (int attempt = 1; stage.follows(paused); attempt++) {
      paused.takeStrangers();
      try {
        stage.fence(paused);
        List<Post> later = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
          later.add(stage.alice().post("later " + attempt + "." + i));
        }
        stage.receives(paused, later);
        return;
      } catch (Broken e) {
        if (attempt == 3 || paused.takeStrangers().isEmpty()) {
          throw e;
        }
      }
    }
  }

  private static void canSend(Stage stage) throws Broken, InterruptedException {
    Flooded room = flood(stage);
    stage.take(stage.bob(), room.crowd().size());
    Peer paused = room.paused();
    Post sent = paused.postOf(Bytes.utf8("I never listen"));
    paused.sendAnyway(Framing.frame(sent.message()));
    List<Pair> received = stage.bob().take(1);
    if (!received.isEmpty() && received.get(0).post().equals(sent)) {
      return;
    }
    paused.startReading();
    if (!stage.hasClosed(paused, stage.limits().timeout())) {
      throw new Broken(
          "bob receives " + sent,
          received.isEmpty() ? stage.bob().silence() : "it received " + received.get(0).post());
    }
  }

  private static List<Post> posts(List<Pair> received) {
    return received.stream().map(Pair::post).toList();
  }
}
