package io.chatroom.client.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Section 2: registration, and connections that do not complete it. */
final class RegistrationCases {

  private RegistrationCases() {}

  static List<Case> all() {
    return List.of(
        must(
            "registration.not-relayed",
            "P-09",
            "A registration MUST NOT be relayed.",
            stage -> {
              stage.join("carol");
              stage.receivesNothing(stage.bob());
            }),
        must(
            "registration.only-the-first-frame",
            "P-09",
            "Every frame after the first MUST be treated as a message, whatever it contains.",
            stage -> {
              Peer carol = stage.join("carol");
              Post name = carol.post(stage.tag().name("-dave"));
              stage.receives(stage.bob(), name, carol.post(carol.name()), carol.post("hello"));
            }),
        must(
            "registration.no-history",
            "P-10 P-16",
            "Messages relayed before a connection became a member MUST NOT be delivered to it.",
            stage -> {
              stage.receives(
                  stage.bob(), stage.alice().post("before"), stage.alice().post("before"));
              stage.receivesNothing(stage.join("carol"));
            }),
        must(
                "registration.counts-when-complete",
                "P-10",
                "A connection MUST NOT be sent anything before its registration is complete.",
                RegistrationCases::countsWhenComplete)
            .danger(Danger.STALLING),
        must(
            "registration.hears-all-from-then-on",
            "P-10",
            "Every message relayed after a registration MUST be delivered to the new member.",
            stage -> {
              Peer carol = stage.join("carol");
              List<Post> sent = new ArrayList<>();
              for (int i = 0; i < 50; i++) {
                sent.add(stage.alice().post("message " + i));
              }
              stage.receives(carol, sent);
            }),
        must(
            "registration.message-at-once",
            "P-10",
            "A message that follows the registration without waiting MUST be relayed.",
            stage -> {
              Peer carol = stage.connect("carol");
              Bytes message = Bytes.utf8("no time to wait");
              carol.send(Framing.frame(carol.name()).plus(Framing.frame(message)));
              stage.receives(stage.bob(), carol.postOf(message));
            }),
        must(
            "registration.names-in-use.accepted",
            "P-11",
            "A name that is in use MUST be accepted.",
            stage -> {
              Peer first = stage.join("twin 1", stage.tag().name("-twin"));
              Peer second = stage.join("twin 2", stage.tag().name("-twin"));
              stage.receives(stage.bob(), first.post("I am the first"));
              stage.receives(stage.bob(), second.post("I am the second"));
            }),
        must(
            "registration.names-in-use.two-members",
            "P-11",
            "Two members with the same name MUST each receive what the other sends.",
            stage -> {
              Peer first = stage.join("twin 1", stage.tag().name("-twin"));
              Peer second = stage.join("twin 2", stage.tag().name("-twin"));
              stage.receives(second, first.post("do you hear me?"));
              stage.receives(first, second.post("I do"));
            }),
        must(
            "registration.names-in-use.many",
            "P-11",
            "Twenty members with the same name MUST each receive what the others send.",
            RegistrationCases::manyOfOneName),
        must(
                "registration.timeout.silent",
                "P-12",
                "A silent connection MUST be closed within 30 seconds.",
                stage -> closesInTime(stage, stage.limits().registrationMust(), ""))
            .danger(Danger.LONG),
        must(
                "registration.timeout.unfinished",
                "P-12",
                "A connection that stops within its registration MUST be closed within 30 seconds.",
                stage -> closesInTime(stage, stage.limits().registrationMust(), "4", "4         x"))
            .danger(Danger.LONG),
        must(
                "registration.timeout.drip",
                "P-12",
                "Bytes that trickle in MUST NOT extend the time to register beyond 30 seconds.",
                stage -> drip(stage, stage.limits().registrationMust()))
            .danger(Danger.LONG),
        must(
                "registration.timeout.spares-members",
                "P-12",
                "A member MUST NOT be closed by the time limit for registrations.",
                RegistrationCases::sparesMembers)
            .danger(Danger.LONG),
        should(
                "registration.timeout.ten-seconds",
                "P-12",
                "The time to register SHOULD be at most 10 seconds.",
                stage -> closesInTime(stage, stage.limits().registrationShould(), ""))
            .danger(Danger.LONG),
        must(
                "waiting.silent",
                "P-13",
                "Silent connections MUST NOT hold up anyone else.",
                stage -> {
                  for (int i = 1; i <= 8; i++) {
                    stage.connect("mute" + i);
                  }
                  talkGoesOn(stage);
                })
            .danger(Danger.STALLING),
        must(
                "waiting.half-registered",
                "P-13",
                "Connections that have sent part of a registration MUST NOT hold up anyone else.",
                stage -> {
                  for (int cut : List.of(1, 2, 9, 10, 11, 15)) {
                    Peer half = stage.connect("half" + cut);
                    half.send(Framing.frame(half.name()).slice(0, cut));
                  }
                  talkGoesOn(stage);
                })
            .danger(Danger.STALLING),
        must(
                "waiting.half-message",
                "P-13",
                "Members that have sent part of a message MUST NOT hold up anyone else.",
                stage -> {
                  for (int cut : List.of(1, 2, 9, 10, 11, 15)) {
                    Peer half = stage.join("half" + cut);
                    half.send(Framing.frame(Bytes.utf8("never finished")).slice(0, cut));
                  }
                  talkGoesOn(stage);
                })
            .danger(Danger.STALLING),
        must(
                "waiting.many",
                "P-13",
                "Hundreds of connections that are silent, or have sent part of a frame, MUST NOT"
                    + " hold up anyone else.",
                RegistrationCases::manyWait)
            .danger(Danger.FATAL));
  }

  private static Case must(String id, String requirements, String sentence, Case.Body body) {
    return Case.must(Section.REGISTRATION, id, requirements, sentence, body);
  }

  private static Case should(String id, String requirements, String sentence, Case.Body body) {
    return Case.should(Section.REGISTRATION, id, requirements, sentence, body);
  }

  private static void countsWhenComplete(Stage stage) throws Broken, InterruptedException {
    Peer carol = stage.connect("carol");
    Peer dave = stage.connect("dave");
    Bytes registration = Framing.frame(dave.name());
    dave.send(registration.slice(0, 12));
    stage.join(
        "erin"); // joined later and is a member, so the server has accepted the other two as well
    stage.receives(stage.bob(), stage.alice().post("too early for both"));
    carol.register();
    dave.send(registration.slice(12, registration.length()));
    for (Peer newcomer : List.of(carol, dave)) {
      stage.admit(newcomer);
      stage.receivesNothing(newcomer);
    }
  }

  /** Opens one connection for each beginning of a registration; all must be closed in time. */
  private static void closesInTime(Stage stage, Duration limit, String... beginnings)
      throws Broken, InterruptedException {
    long start = System.nanoTime();
    List<Peer> waiting = new ArrayList<>();
    for (String beginning : beginnings) {
      Peer peer = stage.connect(beginning.isEmpty() ? "silent" : "unfinished");
      peer.send(Bytes.utf8(beginning));
      waiting.add(peer);
    }
    for (Peer peer : waiting) {
      Duration spent = Duration.ofNanos(System.nanoTime() - start);
      Duration allowed = stage.limits().withTolerance(limit);
      Duration left = allowed.minus(spent);
      stage.closes(peer, left.isNegative() ? Duration.ZERO : left, allowed);
    }
  }

  /**
   * Sends a registration of 60 bytes byte by byte, so slowly that it would take longer than the
   * limit.
   */
  private static void drip(Stage stage, Duration limit) throws Broken, InterruptedException {
    Peer dripping = stage.connect("dripping");
    Bytes registration = Framing.frame(dripping.name().plus(Bytes.utf8("-").times(40)));
    Duration all = stage.limits().withTolerance(limit);
    Duration pause = all.dividedBy(registration.length() - 5);
    boolean closed =
        stage.awaitOffTurn(
            () -> {
              for (int i = 0; i < registration.length() - 1; i++) {
                dripping.sendAnyway(registration.slice(i, i + 1));
                if (dripping.awaitClosed(pause)) {
                  return true;
                }
              }
              return false;
            });
    if (!closed) {
      stage.closes(dripping, Duration.ZERO, all);
    }
  }

  private static void sparesMembers(Stage stage) throws Broken, InterruptedException {
    Peer quiet = stage.join("quiet");
    Peer mute = stage.connect("mute");
    Duration limit = stage.limits().withTolerance(stage.limits().registrationMust());
    // Another case judges whether this one is closed.
    stage.hasClosed(mute, limit);
    stage.receives(stage.bob(), quiet.post("still here"));
    stage.receives(quiet, stage.alice().post("so are we"));
  }

  private static void manyOfOneName(Stage stage) throws Broken, InterruptedException {
    List<Peer> namesakes = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      namesakes.add(stage.join("namesake " + i, stage.tag().name("-twin")));
    }
    Map<Peer, Post> own = new HashMap<>();
    List<Post> sent = new ArrayList<>();
    for (Peer namesake : namesakes) {
      Post word = namesake.post("I am " + namesake.role());
      stage.receives(stage.bob(), word);
      own.put(namesake, word);
      sent.add(word);
    }
    stage.receiveTogether(namesakes, sent, own);
  }

  /** The server may close some of them, and a newcomer too when it has as many as it wants. */
  private static void manyWait(Stage stage) throws Broken, InterruptedException {
    for (Peer half : ManyMembers.join(stage, "half", 100)) {
      half.sendAnyway(Framing.header(1_000).plus("never finished"));
    }
    for (Peer half : ManyMembers.connect(stage, "half-registered", 100)) {
      half.sendAnyway(Framing.header(60).plus(half.name()));
    }
    ManyMembers.connect(stage, "mute", 100);
    stage.receives(stage.bob(), stage.alice().post("hello"));
    for (Peer carol : ManyMembers.join(stage, "carol", 1)) {
      stage.receives(stage.bob(), carol.post("hello from carol"));
    }
  }

  /** Checks that members receive messages and a newcomer joins, as if nobody were waiting. */
  private static void talkGoesOn(Stage stage) throws Broken, InterruptedException {
    Peer carol = stage.join("carol");
    stage.receives(stage.bob(), stage.alice().post("hello"));
    stage.receives(stage.bob(), carol.post("hello from carol"));
  }
}
