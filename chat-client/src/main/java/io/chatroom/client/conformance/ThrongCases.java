package io.chatroom.client.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Section 3 again, in a room with many members or after many messages. */
final class ThrongCases {

  /** More than 256 and 512, and well below the usual limit of 1,024 open files. */
  private static final int MANY = 520;

  private static final int MANY_SENDERS = 100;

  /** A server may delay a member that sends more than 300 messages at once (P-18). */
  private static final int MESSAGES_EACH = 290;

  private static final Duration PAUSE = Duration.ofMillis(100);

  private ThrongCases() {}

  static List<Case> all() {
    return List.of(
        must(
                "relay.many-members",
                "P-10 P-14",
                "In a room of 500, each member that is not closed MUST receive messages, and its"
                    + " own MUST be relayed.",
                ThrongCases::manyMembers)
            .danger(Danger.FATAL)
            .patience(2),
        must(
                "relay.many-senders",
                "P-14 P-17 P-18",
                "Messages that a hundred members send at the same time MUST all be relayed, in one"
                    + " order.",
                ThrongCases::manySenders)
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
                ThrongCases::talkGoesOn)
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
    List<Peer> members = Throng.gather(stage, "member", MANY);
    List<Peer> all = new ArrayList<>(members);
    all.add(stage.bob());
    List<Said> fromAlice = List.of(stage.alice().say("can you all"), stage.alice().say("hear me?"));
    stage.hearTogether(all, fromAlice, Map.of());
    Map<Peer, Said> own = new HashMap<>();
    List<Said> said = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      if (i % 64 == 0 || i >= members.size() - 8) {
        Peer member = members.get(i);
        Said word = member.say("I am number " + (i + 1));
        own.put(member, word);
        said.add(word);
        stage.hears(stage.bob(), word);
      }
    }
    stage.hearTogether(members, said, own);
  }

  private static void manySenders(Stage stage) throws Broken, InterruptedException {
    List<Peer> listeners = new ArrayList<>(stage.joinAll("listener", 4));
    List<Peer> speakers = Throng.gather(stage, "speaker", MANY_SENDERS, Peer.Hearing.HEEDLESS);
    for (Peer listener : listeners) {
      stage.fence(listener);
    }
    Crowd crowd = Crowd.of(speakers).talksAtOnce(20);
    List<Said> order = said(stage.take(stage.bob(), crowd.size()));
    crowd.isHeardWhole("bob", order);
    for (Peer listener : listeners) {
      List<Said> heard = said(stage.take(listener, crowd.size()));
      Crowd.sameOrder(stage.bob(), order, listener, heard);
    }
    stage.hearNothing(listeners);
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
      List<Said> welcome = List.of(before.say("welcome, number " + i));
      for (Peer listener : List.of(speaker, stage.bob(), stage.alice())) {
        stage.hearsNext(listener, welcome);
      }
      before.close();
      before = speaker;
      List<Bytes> frames = new ArrayList<>();
      List<Said> said = new ArrayList<>();
      for (int j = 1; j <= messages; j++) {
        Bytes message = Bytes.utf8((i - 1) * messages + j + " ").plus(Sizes.text(bytes));
        frames.add(Framing.frame(message));
        said.add(speaker.said(message));
      }
      speaker.send(Bytes.join(frames));
      for (Peer listener : List.of(stage.bob(), stage.alice())) {
        stage.hearsNext(listener, said);
      }
    }
    stage.hearNothing(List.of(stage.bob(), stage.alice()));
  }

  /** One member sends all the time, one only receives, one is silent until the end. */
  private static void talkGoesOn(Stage stage) throws Broken, InterruptedException {
    Peer carol = stage.join("carol");
    Peer listener = stage.join("listener");
    Peer silent = stage.join("silent");
    long end = System.nanoTime() + stage.terms().talk().toNanos();
    stage.doAside(
        () -> {
          for (int i = 1; System.nanoTime() < end; i++) {
            List<Said> said = List.of(carol.say("message " + i));
            stage.hearsNext(stage.bob(), said);
            stage.hearsNext(listener, said);
            carol.awaitClosed(PAUSE);
          }
        });
    Said word = silent.say("now I say something");
    stage.hears(stage.bob(), word);
    stage.hears(listener, word);
    stage.fence(stage.alice());
    stage.hears(stage.alice(), stage.bob().say("and I"));
  }

  private static List<Said> said(List<Pair> heard) {
    return heard.stream().map(Pair::said).toList();
  }
}
