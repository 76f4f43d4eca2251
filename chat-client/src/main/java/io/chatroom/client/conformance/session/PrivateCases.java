package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.HelloCases.error;
import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Section;
import io.chatroom.client.conformance.Surface;
import java.util.List;

/** Private rooms of two. */
final class PrivateCases {

  private PrivateCases() {}

  static List<SessionCase> all() {
    return List.of(
        of(
                "private.two",
                "S-17",
                "A post in a room of two MUST be delivered to all sessions of both owners without a"
                    + " join, and to sessions that begin later.",
                PrivateCases::two)
            .only(Surface.TCP),
        of(
                "private.third",
                "S-17",
                "Posts in a room of two MUST NOT be in anything that others receive, request or"
                    + " find.",
                PrivateCases::third)
            .only(Surface.TCP),
        of(
            "private.refused",
            "S-17",
            "A room of two MUST be refused with no-room if nobody owns the other name, and with"
                + " forbidden if the session does not own its own.",
            stage -> {
              if (!stage.alice().hasFeature("private")) {
                return;
              }
              Talker owner = stage.owner();
              Json nobody = Json.of("join").with("room", "@" + stage.newName("nobody"));
              owner.refused(nobody, "no-room", "ask");
              Json two = Json.of("join").with("room", "@" + owner.name());
              stage.alice().refused(two, "forbidden", "ask");
            }),
        of(
                "private.blocked",
                "S-38",
                "Posts in the room of two with a blocked name MUST be refused with forbidden, from"
                    + " both sides.",
                PrivateCases::blocked)
            .only(Surface.TCP));
  }

  private static SessionCase of(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_REQUESTS, id, requirements, sentence, body);
  }

  private static String at(Talker other) {
    return "@" + other.name();
  }

  /** Connects a session that owns its name, by a claim of its own. */
  private static Talker owner(SessionStage stage, String role) throws Broken, InterruptedException {
    Talker first = stage.enter(role);
    return stage.enterAs(role, first.name(), first.claim());
  }

  /** Posts in the room of two, and checks that the other receives it. */
  private static void tells(Talker from, Talker to, String text)
      throws Broken, InterruptedException {
    Json post = from.post(at(to), text);
    from.send(post);
    from.takeUntil(Json.of("ack").with("id", post.text("id")).with("room", at(to)));
    Json joined = to.receives(Json.of("joined").with("room", at(from)));
    if (joined.has("q") || joined.number("count") != 2) {
      throw new Broken("a joined without q and with count 2", to.role() + " received " + joined);
    }
    to.receives(SessionStage.message(at(from), from, text).with("owned", true));
  }

  private static void two(SessionStage stage) throws Broken, InterruptedException {
    if (!stage.alice().hasFeature("private")) {
      return;
    }
    Talker first = stage.enter("carol");
    String token = first.claim();
    Talker carol = stage.enterAs("carol", first.name(), token);
    Talker dora = owner(stage, "dora");
    tells(carol, dora, "just for you");
    Talker phone = stage.enterAs("phone", carol.name(), token);
    phone.receives(Json.of("joined").with("room", at(dora)).with("seq", 1L));
    Json post = dora.post(at(carol), "an answer");
    dora.send(post);
    dora.receives(Json.of("ack").with("id", post.text("id")).with("seq", 2L));
    Json answer = SessionStage.message(at(dora), dora, "an answer").with("seq", 2L);
    carol.receives(answer);
    phone.receives(answer);
  }

  private static void third(SessionStage stage) throws Broken, InterruptedException {
    if (!stage.alice().hasFeature("private")) {
      return;
    }
    Talker carol = owner(stage, "carol");
    Talker dora = owner(stage, "dora");
    Talker other = stage.owner();
    tells(carol, dora, "a whispered word");
    other.answersPing();
    Talker alice = stage.alice();
    if (alice.hasFeature("rooms")) {
      Json rooms = alice.asks(Json.of("rooms").with("limit", 200), Json.of("rooms"));
      if (rooms.objects("rooms").stream().anyMatch(room -> room.toString().contains("@"))) {
        throw new Broken("no room of two among the rooms", "alice received " + rooms);
      }
    }
    for (Talker each : List.of(carol, dora)) {
      Json history = Json.of("history").with("room", at(each)).with("after", 0).with("limit", 200);
      if (alice.hasFeature("history")) {
        alice.refused(history, "forbidden", "ask");
        other.send(history.with("q", "third"));
        other.takeUntil(Json.of("page").with("q", "third"));
        knowsNothing(other);
      }
    }
    if (other.hasFeature("search")) {
      other.asks(Json.of("search").with("query", "whispered").with("limit", 50), Json.of("page"));
      knowsNothing(other);
    }
    stage.receivesNothing(stage.bob());
  }

  private static void knowsNothing(Talker third) throws Broken {
    if (third.lastReceived().toString().contains("whispered")) {
      throw new Broken(
          "nothing that two others posted in private", "it received " + third.lastReceived());
    }
  }

  private static void blocked(SessionStage stage) throws Broken, InterruptedException {
    if (!stage.alice().hasFeature("private") || !stage.alice().hasFeature("block")) {
      return;
    }
    Talker carol = owner(stage, "carol");
    Talker dora = owner(stage, "dora");
    tells(carol, dora, "not blocked");
    Json block = Json.of("block").with("name", dora.name());
    carol.asks(block.with("on", true), Json.of("blocked").with("names", List.of(dora.name())));
    for (Talker each : List.of(carol, dora)) {
      Json post = each.post(at(each == carol ? dora : carol), "blocked");
      each.send(post);
      each.receives(error("forbidden", "ask").with("id", post.text("id")));
    }
    carol.asks(block.with("on", false), Json.of("blocked").with("names", List.of()));
    dora.posts(at(carol), "not blocked any more");
    carol.receives(SessionStage.message(at(dora), dora, "not blocked any more"));
  }
}
