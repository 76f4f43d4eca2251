package io.chatroom.client.conformance;

import java.util.ArrayList;
import java.util.List;

/** Section 3: who receives which messages, in which order, and nothing else. */
final class RelayCases {

  /** Payloads that a careless server might trim, merge, translate or interpret. */
  private static final List<String> DELICATE =
      List.of(
          "ends in a line end\n",
          "\r\n",
          "  spaces on both sides  ",
          " ",
          "\ttab",
          "5         alice",
          "e\u0301 is not \u00e9",
          "\ufeffbyte order mark",
          "<b>&amp;</b>",
          "\33[31mred",
          "a\0b");

  private RelayCases() {}

  static List<Case> all() {
    return List.of(
        must(
            "relay.to-everyone",
            "P-14",
            "A message MUST be sent to every member except its sender.",
            stage -> {
              List<Peer> others = new ArrayList<>(stage.joinAll("member", 5));
              others.add(stage.bob());
              stage.allReceive(others, List.of(stage.alice().post("hello, everyone")));
            }),
        must(
            "relay.excludes-sender",
            "P-14 P-16",
            "A message MUST NOT be sent to its sender.",
            stage -> {
              Post sent = stage.alice().post("do I hear myself?");
              stage.receives(stage.bob(), sent);
              stage.receivesNothing(stage.alice());
            }),
        must(
            "relay.pairs-whole",
            "P-14",
            "Name frame and message frame MUST follow each other with nothing in between.",
            RelayCases::pairsWhole),
        must(
            "relay.payloads-byte-for-byte",
            "P-14",
            "Payloads MUST be relayed byte for byte.",
            stage -> {
              Peer carol = stage.join("carol", stage.tag().name(" Carol\r\n e\u0301 "));
              List<Post> sent = new ArrayList<>();
              for (String text : DELICATE) {
                sent.add(carol.post(text));
              }
              stage.receives(stage.bob(), sent);
            }),
        must(
            "relay.headers-same-length",
            "P-15",
            "Relayed headers MUST give the lengths of the payloads that follow them.",
            stage -> headers(stage, false)),
        should(
            "relay.headers-byte-for-byte",
            "P-15",
            "Both headers SHOULD be relayed byte for byte as they were received.",
            stage -> headers(stage, true)),
        must(
            "relay.no-greeting",
            "P-16",
            "A new member MUST NOT be sent anything because it joined.",
            stage -> {
              stage.forgetStrangers(stage.bob());
              stage.receivesOnlyPosts(stage.join("newcomer"));
            }),
        must(
            "relay.no-reply",
            "P-16",
            "A member MUST NOT be sent a reply to its message.",
            stage -> {
              Peer carol = stage.join("carol");
              stage.forgetStrangers(stage.bob());
              stage.forgetStrangers(carol);
              for (int i = 1; i <= 3; i++) {
                stage.receives(stage.bob(), carol.post("message " + i));
              }
              stage.receivesOnlyPosts(carol);
            }),
        must(
            "relay.no-join-notice",
            "P-16",
            "The others MUST NOT be sent a notice that somebody joined.",
            stage ->
                Notices.noneComesWith(
                    stage, "somebody joined", round -> stage.join("newcomer" + round))),
        must(
                "relay.no-leave-notice",
                "P-16",
                "The others MUST NOT be sent a notice that somebody left.",
                RelayCases::noLeaveNotice)
            .danger(Danger.ROUGH),
        must(
            "relay.one-order",
            "P-17",
            "All members MUST receive the room's messages in one order, each without its own.",
            RelayCases::oneOrder),
        must(
            "relay.sender-order",
            "P-18",
            "One sender's messages MUST be relayed in the order it sent them, each exactly once.",
            stage -> {
              Peer carol = stage.join("carol");
              List<Post> sent = new ArrayList<>();
              for (int i = 1; i <= 200; i++) {
                sent.add(carol.post("message " + i));
              }
              stage.allReceive(List.of(stage.bob(), stage.alice()), sent);
            }),
        must(
                "relay.no-loss",
                "P-19",
                "A message MUST NOT be skipped for a member that keeps up, however many messages"
                    + " there are.",
                RelayCases::noLoss)
            .danger(Danger.ROUGH)
            .patience(2));
  }

  private static Case must(String id, String requirements, String sentence, Case.Body body) {
    return Case.must(Section.RELAYING, id, requirements, sentence, body);
  }

  private static Case should(String id, String requirements, String sentence, Case.Body body) {
    return Case.should(Section.RELAYING, id, requirements, sentence, body);
  }

  private static void pairsWhole(Stage stage) throws Broken, InterruptedException {
    Crowd crowd = Crowd.of(stage.joinAll("speaker", 6)).sends(40, 300);
    crowd.isReceivedWhole("bob", posts(stage.take(stage.bob(), crowd.size())));
    stage.receivesNothing(stage.bob());
  }

  private static void headers(Stage stage, boolean byteForByte)
      throws Broken, InterruptedException {
    Bytes name = stage.tag().name("c");
    for (String form : List.of("%-10d", " %-9d", "%10d", "%010d", " %03d      ")) {
      Peer carol = stage.connect("carol", name);
      Bytes nameHeader = Bytes.utf8(form.formatted(name.length()));
      carol.send(nameHeader.plus(name));
      stage.admit(carol);
      Bytes message = Bytes.utf8("h\u00e9");
      Bytes header = Bytes.utf8(form.formatted(message.length()));
      carol.send(header.plus(message));
      Pair received = stage.take(stage.bob(), 1).get(0);
      same("the name", name, received.name().payload());
      same("the message", message, received.message().payload());
      if (byteForByte) {
        same("the header of the name", nameHeader, received.name().header());
        same("the header of the message", header, received.message().header());
      }
      stage.receivesNothing(stage.bob());
    }
  }

  private static void same(String what, Bytes expected, Bytes actual) throws Broken {
    if (!actual.equals(expected)) {
      throw new Broken(what + " as it was sent, " + expected, "bob received " + actual);
    }
  }

  private static void noLeaveNotice(Stage stage) throws Broken, InterruptedException {
    Notices.noneComesWith(
        stage,
        "somebody left",
        round -> {
          Peer leaving = stage.join("leaving" + round);
          leaving.finish();
          stage.letLeave(leaving);
        });
  }

  private static void oneOrder(Stage stage) throws Broken, InterruptedException {
    List<Peer> listeners = new ArrayList<>(stage.joinAll("listener", 3));
    Crowd crowd = Crowd.of(stage.joinAll("speaker", 6));
    for (Peer newcomer : crowd.speakers()) {
      stage.fence(newcomer);
    }
    crowd.sends(50, 1);
    Peer bob = stage.bob();
    List<Post> order = posts(stage.take(bob, crowd.size()));
    listeners.addAll(crowd.speakers());
    for (Peer listener : listeners) {
      List<Post> received = posts(stage.take(listener, crowd.sizeWithout(listener)));
      Crowd.sameOrder(bob, order, listener, received);
    }
  }

  private static void noLoss(Stage stage) throws Broken, InterruptedException {
    List<Peer> listeners = new ArrayList<>(stage.joinAll("listener", 2));
    listeners.add(stage.bob());
    List<Peer> speakers = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      speakers.add(stage.join("speaker" + i, Peer.Reading.DISCARD));
    }
    Crowd crowd = Crowd.of(speakers).sends(250, 900);
    for (Peer listener : listeners) {
      crowd.isReceivedWhole(listener.role(), posts(stage.take(listener, crowd.size())));
      stage.receivesNothing(listener);
    }
  }

  private static List<Post> posts(List<Pair> received) {
    return received.stream().map(Pair::post).toList();
  }
}
