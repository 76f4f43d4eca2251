package io.chatroom.client.conformance;

import static io.chatroom.client.conformance.Danger.FATAL;
import static io.chatroom.client.conformance.Danger.ROUGH;

import java.util.ArrayList;
import java.util.List;

/**
 * Section 4: how a connection ends, at every stage, and that the others receive its complete
 * messages and nothing else.
 */
final class LeavingCases {

  private LeavingCases() {}

  static List<Case> all() {
    return List.of(
        must(
            "leaving.burst-then-fin",
            "Every message that was complete before the FIN MUST be relayed.",
            stage -> {
              Peer carol = stage.join("carol");
              stage.receives(stage.bob(), burst(carol, Bytes.EMPTY));
            }),
        must(
            "leaving.whole-life-at-once",
            "A registration, messages and a FIN that arrive together MUST be handled as if each"
                + " arrived alone.",
            stage -> {
              Peer carol = stage.connect("carol");
              stage.receives(stage.bob(), burst(carol, Framing.frame(carol.name())));
            }),
        must(
            "leaving.long-burst-then-fin",
            "Every message that was complete before the FIN MUST be relayed, even 256 KiB of them.",
            LeavingCases::longBurst),
        must(
            "leaving.fin.before-registration",
            "A connection that ends before its registration MUST NOT be noticed by the members.",
            stage -> beforeRegistration(stage, Peer::finish)),
        must(
            "leaving.fin.within-registration",
            "A registration cut short by a FIN MUST NOT be relayed or noticed by the others.",
            LeavingCases::finWithinRegistration),
        must(
            "leaving.fin.as-member",
            "When a member leaves by FIN, the others MUST NOT notice.",
            stage -> asMember(stage, Peer::finish)),
        must(
            "leaving.fin.within-message",
            "A message cut short by a FIN MUST NOT be relayed; the messages before it MUST be.",
            LeavingCases::finWithinMessage),
        Case.should(
                Section.LEAVING,
                "leaving.fin.answered",
                "P-20",
                "When a member has ended its stream, the server SHOULD close the connection.",
                LeavingCases::finAnswered)
            .danger(ROUGH),
        must(
                "leaving.rst.before-registration",
                "A connection that is reset before its registration MUST NOT be noticed by the"
                    + " members.",
                stage -> beforeRegistration(stage, Peer::reset))
            .danger(FATAL),
        must(
                "leaving.rst.within-registration",
                "A registration cut short by an RST MUST NOT be relayed or noticed by the others.",
                LeavingCases::rstWithinRegistration)
            .danger(FATAL),
        must(
                "leaving.rst.as-member",
                "When a member leaves by RST, the others MUST NOT notice.",
                stage -> asMember(stage, Peer::reset))
            .danger(FATAL),
        must(
                "leaving.rst.within-message",
                "A message cut short by an RST MUST NOT be relayed or noticed by the others.",
                LeavingCases::rstWithinMessage)
            .danger(FATAL),
        must(
                "leaving.while-being-sent-to",
                "Members that leave while messages are relayed MUST NOT cost the others a message.",
                LeavingCases::whileBeingSentTo)
            .danger(FATAL),
        must(
                "leaving.many-at-once",
                "Two hundred members that leave at once MUST NOT cost the others a message.",
                LeavingCases::manyAtOnce)
            .danger(FATAL));
  }

  private static Case must(String id, String sentence, Case.Body body) {
    return Case.must(Section.LEAVING, id, "P-20", sentence, body).danger(ROUGH);
  }

  /** A way to leave. */
  @FunctionalInterface
  private interface Exit {
    void of(Peer peer) throws Broken;
  }

  private static List<Post> burst(Peer speaker, Bytes before) throws Broken {
    List<Bytes> frames = new ArrayList<>(List.of(before));
    List<Post> sent = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      Bytes message = Bytes.utf8("message " + i);
      frames.add(Framing.frame(message));
      sent.add(speaker.postOf(message));
    }
    speaker.send(Bytes.join(frames));
    speaker.finish();
    return sent;
  }

  private static void longBurst(Stage stage) throws Broken, InterruptedException {
    Peer carol = stage.join("carol");
    List<Bytes> frames = new ArrayList<>();
    List<Post> sent = new ArrayList<>();
    for (int i = 1; i <= 256; i++) {
      Bytes number = Bytes.utf8("message " + i + " ");
      Bytes message = number.plus(Sizes.text(1_024 - number.length()));
      frames.add(Framing.frame(message));
      sent.add(carol.postOf(message));
    }
    carol.send(Bytes.join(frames));
    carol.finish();
    stage.receives(stage.bob(), sent);
  }

  private static void manyAtOnce(Stage stage) throws Broken, InterruptedException {
    List<Peer> staying = stage.joinAll("staying", 3);
    List<Peer> leaving = ManyMembers.join(stage, "leaving", 200);
    List<Peer> more = ManyMembers.join(stage, "newest", 3);
    List<Post> sent = new ArrayList<>();
    for (int i = 0; i < leaving.size(); i++) {
      if (i % 20 == 0) {
        sent.add(stage.alice().post("message " + i));
      }
      if (i % 2 == 0) {
        leaving.get(i).reset();
      } else {
        leaving.get(i).close();
      }
    }
    List<Peer> others = new ArrayList<>(staying);
    others.addAll(more);
    others.add(stage.bob());
    sent.add(stage.alice().post("are they gone?"));
    stage.allReceive(others, sent);
    for (Peer other : staying) {
      stage.receives(stage.bob(), other.post("I am still here"));
    }
  }

  private static void beforeRegistration(Stage stage, Exit exit)
      throws Broken, InterruptedException {
    for (int i = 1; i <= 5; i++) {
      Peer passing = stage.connect("passing" + i);
      exit.of(passing);
      stage.letLeave(passing);
    }
    nobodyNoticed(stage);
  }

  private static void finWithinRegistration(Stage stage) throws Broken, InterruptedException {
    for (int cut = 1; cut <= cuts(stage); cut++) {
      Peer leaving = startRegistration(stage, cut);
      leaving.finish();
      stage.letLeave(leaving);
    }
    nobodyNoticed(stage);
  }

  /** Gives the server time to read bytes that an RST could overtake. */
  private static void rstWithinRegistration(Stage stage) throws Broken, InterruptedException {
    List<Peer> leaving = new ArrayList<>();
    for (int cut = 1; cut <= cuts(stage); cut++) {
      leaving.add(startRegistration(stage, cut));
    }
    stage.settle();
    for (Peer peer : leaving) {
      peer.reset();
      stage.letLeave(peer);
    }
    nobodyNoticed(stage);
  }

  private static int cuts(Stage stage) {
    return Framing.frame(cutName(stage, 0)).length() - 1;
  }

  private static Bytes cutName(Stage stage, int cut) {
    return stage.tag().name("-cut%02d".formatted(cut));
  }

  private static Peer startRegistration(Stage stage, int cut) throws Broken {
    Peer peer = stage.connect("cut" + cut, cutName(stage, cut));
    peer.send(Framing.frame(peer.name()).slice(0, cut));
    return peer;
  }

  private static void asMember(Stage stage, Exit exit) throws Broken, InterruptedException {
    for (Peer leaving : stage.joinAll("leaving", 5)) {
      exit.of(leaving);
      stage.letLeave(leaving);
    }
    nobodyNoticed(stage);
  }

  private static void finWithinMessage(Stage stage) throws Broken, InterruptedException {
    Bytes unfinished = Framing.frame(Bytes.utf8("never finished"));
    Bytes whole = Bytes.utf8("my last words");
    List<Post> lastWords = new ArrayList<>();
    for (int cut = 1; cut < unfinished.length(); cut++) {
      Peer leaving = stage.join("cut" + cut);
      leaving.send(Framing.frame(whole).plus(unfinished.slice(0, cut)));
      leaving.finish();
      stage.letLeave(leaving);
      lastWords.add(leaving.postOf(whole));
      stage.receives(stage.bob(), leaving.postOf(whole));
    }
    stage.receives(stage.alice(), lastWords);
    nobodyNoticed(stage);
  }

  /** Messages that an RST overtakes may be lost, so none are completed before it. */
  private static void rstWithinMessage(Stage stage) throws Broken, InterruptedException {
    Bytes unfinished = Framing.frame(Bytes.utf8("never finished"));
    List<Peer> leaving = stage.joinAll("cut", unfinished.length() - 1);
    for (int cut = 1; cut < unfinished.length(); cut++) {
      leaving.get(cut - 1).send(unfinished.slice(0, cut));
    }
    stage.settle();
    for (Peer peer : leaving) {
      peer.reset();
    }
    stage.settle();
    nobodyNoticed(stage);
  }

  private static void finAnswered(Stage stage) throws Broken, InterruptedException {
    Peer silent = stage.join("silent");
    Peer talking = stage.join("talking");
    silent.finish();
    Post sent = talking.post("goodbye");
    talking.finish();
    stage.receives(stage.bob(), sent);
    stage.closes(silent, talking);
  }

  private static void whileBeingSentTo(Stage stage) throws Broken, InterruptedException {
    List<Peer> leaving = stage.joinAll("leaving", 10);
    List<Post> sent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sent.add(stage.alice().post("message " + i));
      if (i % 10 == 5) {
        Peer next = leaving.get(i / 10);
        if (i % 20 == 5) {
          next.reset();
        } else {
          next.finish();
          next.close();
        }
      }
    }
    stage.receives(stage.bob(), sent);
  }

  private static void nobodyNoticed(Stage stage) throws Broken, InterruptedException {
    stage.settle();
    stage.receivesNothing(stage.bob());
    stage.receivesNothing(stage.alice());
    Post sent = stage.alice().post("life goes on");
    stage.receives(stage.bob(), sent);
  }
}
