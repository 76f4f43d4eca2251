package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Section;
import java.util.ArrayList;
import java.util.List;

/** One order, dense seqs, and an ack in place of one's own message. */
final class OrderCases {

  private static final int POSTS = 40;

  private OrderCases() {}

  static List<SessionCase> all() {
    return List.of(
        order(
            "order.dense",
            "S-50",
            "Each seq of a joined room MUST reach a session exactly once, in order, as a message or"
                + " as the ack of its own post.",
            stage -> {
              List<Talker> talkers = stage.joinAll("talker", 4);
              talkers.add(stage.bob());
              for (List<Json> received : talk(stage, talkers, 4)) {
                dense(received, received.get(0).number("seq"));
              }
            }),
        order(
            "order.one",
            "S-50",
            "All sessions MUST receive a room's messages in one order.",
            stage -> {
              List<Talker> talkers = stage.joinAll("talker", 4);
              talkers.add(stage.bob());
              sameOrder(talk(stage, talkers, 4));
            }),
        order(
            "order.ack-in-place",
            "S-54",
            "An ack MUST be sent in the room's order.",
            stage -> {
              List<Talker> talkers = stage.joinAll("talker", 3);
              for (List<Json> received : talk(stage, talkers, 3)) {
                increasing(received);
              }
            }),
        order(
            "order.poster-order",
            "S-50",
            "The posts of one session MUST keep their order.",
            stage -> {
              Talker carol = stage.join("carol");
              List<Json> posts = posts(carol, stage.room(), 200);
              for (Json post : posts) {
                carol.send(post);
              }
              for (Json post : posts) {
                stage.bob().receives(stage.message(carol, post.text("text")));
              }
            }),
        order(
            "order.own-as-ack",
            "S-50",
            "A poster MUST be sent the ack of its post and not the message.",
            stage -> {
              Talker carol = stage.join("carol");
              for (int i = 1; i <= 3; i++) {
                carol.posts(stage.room(), "mine " + i);
              }
              stage.receivesNothing(carol);
            }),
        order(
            "order.namesake",
            "S-50",
            "Another session with the same name MUST be sent the message.",
            stage -> {
              Talker carol = stage.join("carol");
              Talker other =
                  stage.connect(stage.wire(), "namesake", carol.name(), Talker.newClient(), false);
              other.open();
              other.send(other.hello());
              Json answer = other.take(1).get(0);
              if (answer.is("error") && answer.contains(Json.empty().with("code", "name-taken"))) {
                return; // the server does not allow two sessions with one name
              }
              other.join(stage.room());
              carol.posts(stage.room(), "am I two?");
              other.receives(stage.message(carol, "am I two?"));
            }),
        order(
            "order.ack-tells-place",
            "S-44 S-54",
            "An ack MUST have the seq and the time that the others receive with the message.",
            stage -> {
              Json ack = stage.alice().posts(stage.room(), "when and where");
              Json message = stage.message(stage.alice(), "when and where");
              stage
                  .bob()
                  .receives(message.with("seq", ack.number("seq")).with("at", ack.number("at")));
            }),
        order(
            "order.text-as-it-is",
            "S-13 S-42",
            "A text MUST arrive as it was posted.",
            stage -> {
              for (String text :
                  List.of(
                      "",
                      " ",
                      "  spaces \t and \n lines \r\n",
                      "\0 \u001b[31m \u007f",
                      "e\u0301 is not \u00e9",
                      "\ufeff \uffff \ud83d\ude00 \u2028",
                      "\" \\ / <b>&amp;</b>")) {
                stage.alice().posts(stage.room(), text);
                stage.bob().receives(stage.message(stage.alice(), text));
              }
            }),
        order(
            "order.reply-to",
            "S-25 S-42",
            "The seq that a post replies to MUST arrive with the message.",
            stage -> {
              Talker alice = stage.alice();
              long first = alice.posts(stage.room(), "a question").number("seq");
              Json reply = alice.post(stage.room(), "an answer").with("replyTo", first);
              alice.send(reply);
              alice.receives(Json.of("ack").with("id", reply.text("id")));
              stage.bob().receives(stage.message(alice, "a question"));
              stage.bob().receives(stage.message(alice, "an answer").with("replyTo", first));
            }));
  }

  private static SessionCase order(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_LAWS, id, requirements, sentence, body);
  }

  static List<Json> posts(Talker talker, String room, int count) {
    List<Json> posts = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      posts.add(talker.post(room, talker.role() + " " + i));
    }
    return posts;
  }

  /**
   * The first {@code speakers} talkers post at the same time; returns what each talker received.
   */
  private static List<List<Json>> talk(SessionStage stage, List<Talker> talkers, int speakers)
      throws Broken, InterruptedException {
    for (int i = 1; i <= POSTS; i++) {
      for (Talker speaker : talkers.subList(0, speakers)) {
        speaker.send(speaker.post(stage.room(), speaker.role() + " " + i));
      }
    }
    List<List<Json>> received = new ArrayList<>();
    for (Talker talker : talkers) {
      received.add(talker.take(POSTS * speakers));
    }
    return received;
  }

  /** Checks that the objects have the seqs from {@code from} on, each once. */
  static void dense(List<Json> received, long from) throws Broken {
    long due = from;
    for (Json each : received) {
      if (each.number("seq") != due) {
        throw new Broken("seq %d, the next in the room".formatted(due), "it received " + each);
      }
      due++;
    }
  }

  private static void increasing(List<Json> received) throws Broken {
    long last = 0;
    for (Json each : received) {
      if (each.number("seq") <= last) {
        throw new Broken("a seq after %d".formatted(last), "it received " + each);
      }
      last = each.number("seq");
    }
  }

  private static void sameOrder(List<List<Json>> received) throws Broken {
    List<Json> listener = received.get(received.size() - 1);
    for (List<Json> talker : received.subList(0, received.size() - 1)) {
      for (int i = 0; i < listener.size(); i++) {
        Json here = talker.get(i);
        if (here.is("message") && !here.equals(listener.get(i))) {
          throw new Broken(
              "the object that all receive next, " + listener.get(i), "one received " + here);
        }
      }
    }
  }
}
