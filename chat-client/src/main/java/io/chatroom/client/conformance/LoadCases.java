package io.chatroom.client.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Section 3 again, in a room with many members or after many messages. */
final class LoadCases {

  /** More than 256 and 512, and well below the usual limit of 1,024 open files. */
  private static final int MANY = 520;

  private static final int MANY_SENDERS = 100;

  /** A server may delay a member that sends more than 300 messages at once (P-18). */
  private static final int MESSAGES_EACH = 290;

  private static final Duration PAUSE = Duration.ofMillis(100);

  private LoadCases() {}

  static List<Case> all() {
    return List.of(
        must(
                "relay.many-members",
                "P-10 P-14",
                "In a room of 500, each member that is not closed MUST receive messages, and its"
                    + " own MUST be relayed.",
                LoadCases::manyMembers)
            .danger(Danger.FATAL)
            .patience(2),
        must(
                "relay.many-senders",
                "P-14 P-17 P-18",
                "Messages that a hundred members send at the same time MUST all be relayed, in one"
                    + " order.",
                LoadCases::manySenders)
            .danger(Danger.FATAL)
            .patience(2),
        longTalk("messages", "65,536 messages", 230, MESSAGES_EACH, 20),
        longTalk("bytes", "16 MiB of messages", 62, MESSAGES_EACH, 980),
        longTalk("newcomers", "1,024 members have joined and left", 1_100, 1, 20),
        must(
                "relay.talk-goes-on",
                "P-14 P-19",
                "While a room is busy (for --talk-for seconds), members MUST receive messages, and"
                    + " theirs MUST be relayed.",
                LoadCases::talkGoesOn)
            .danger(Danger.LONG));
  }

  private static Case must(String id, String requirements, String sentence, Case.Body body) {
    return Case.must(Section.RELAYING, id, requirements, sentence, body);
  }

  /**
   * All receive what Alice sends; then the newest members and some of the others send, one after
   * another.
   */
  private static void manyMembers(Stage stage) throws Broken, InterruptedException {
    List<Peer> members = ManyMembers.join(stage, "member", MANY);
    List<Peer> all = new ArrayList<>(members);
    all.add(stage.bob());
    List<Post> fromAlice =
        List.of(stage.alice().post("can you all"), stage.alice().post("hear me?"));
    stage.receiveTogether(all, fromAlice, Map.of());
    Map<Peer, Post> own = new HashMap<>();
    List<Post> sent = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      if (i % 64 == 0 || i >= members.size() - 8) {
        Peer member = members.get(i);
        Post word = member.post("I am number " + (i + 1));
        own.put(member, word);
        sent.add(word);
        stage.receives(stage.bob(), word);
      }
    }
    stage.receiveTogether(members, sent, own);
  }

  private static void manySenders(Stage stage) throws Broken, InterruptedException {
    List<Peer> listeners = new ArrayList<>(stage.joinAll("listener", 4));
    List<Peer> speakers = ManyMembers.join(stage, "speaker", MANY_SENDERS, Peer.Reading.DISCARD);
    for (Peer listener : listeners) {
      stage.fence(listener);
    }
    Crowd crowd = Crowd.of(speakers).sendsAtOnce(20);
    List<Post> order = posts(stage.take(stage.bob(), crowd.size()));
    crowd.isReceivedWhole("bob", order);
    for (Peer listener : listeners) {
      List<Post> received = posts(stage.take(listener, crowd.size()));
      Crowd.sameOrder(stage.bob(), order, listener, received);
    }
    stage.allReceiveNothing(listeners);
  }

  private static Case longTalk(String kind, String what, int speakers, int messages, int bytes) {
    return must(
            "relay.long-talk." + kind,
            "P-10 P-14 P-19",
            "After " + what + ", members MUST still receive messages, and theirs MUST be relayed.",
            stage -> longTalk(stage, speakers, messages, bytes))
        .danger(Danger.FATAL)
        .patience(2);
  }

  /** Each sender stays until the next one has joined and received a message from it. */
  private static void longTalk(Stage stage, int speakers, int messages, int bytes)
      throws Broken, InterruptedException {
    Peer before = stage.join("speaker");
    for (int i = 1; i <= speakers; i++) {
      Peer speaker = stage.join("speaker" + i);
      List<Post> welcome = List.of(before.post("welcome, number " + i));
      for (Peer listener : List.of(speaker, stage.bob(), stage.alice())) {
        stage.receivesNext(listener, welcome);
      }
      before.close();
      before = speaker;
      List<Bytes> frames = new ArrayList<>();
      List<Post> sent = new ArrayList<>();
      for (int j = 1; j <= messages; j++) {
        Bytes message = Bytes.utf8((i - 1) * messages + j + " ").plus(Sizes.text(bytes));
        frames.add(Framing.frame(message));
        sent.add(speaker.postOf(message));
      }
      speaker.send(Bytes.join(frames));
      for (Peer listener : List.of(stage.bob(), stage.alice())) {
        stage.receivesNext(listener, sent);
      }
    }
    stage.allReceiveNothing(List.of(stage.bob(), stage.alice()));
  }

  /** One member sends all the time, one only receives, one is silent until the end. */
  private static void talkGoesOn(Stage stage) throws Broken, InterruptedException {
    Peer carol = stage.join("carol");
    Peer listener = stage.join("listener");
    Peer silent = stage.join("silent");
    long end = System.nanoTime() + stage.limits().talk().toNanos();
    stage.runOffTurn(
        () -> {
          for (int i = 1; System.nanoTime() < end; i++) {
            List<Post> sent = List.of(carol.post("message " + i));
            stage.receivesNext(stage.bob(), sent);
            stage.receivesNext(listener, sent);
            carol.awaitClosed(PAUSE);
          }
        });
    Post word = silent.post("now I say something");
    stage.receives(stage.bob(), word);
    stage.receives(listener, word);
    stage.fence(stage.alice());
    stage.receives(stage.alice(), stage.bob().post("and I"));
  }

  private static List<Post> posts(List<Pair> received) {
    return received.stream().map(Pair::post).toList();
  }
}
