package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Danger;
import io.chatroom.client.conformance.Section;
import java.util.List;

/** Sessions that do not read. */
final class LagCases {

  private static final int POSTS = 600;

  private LagCases() {}

  static List<SessionCase> all() {
    return List.of(
        lag(
            "lag.others",
            "S-56",
            "A session that does not read MUST NOT hold up others.",
            stage -> {
              paused(stage);
              overflow(stage);
            }),
        lag(
            "lag.brought-up",
            "S-56",
            "A session that reads again MUST be sent what it missed, each seq once and in order, or"
                + " a gap.",
            stage -> {
              Talker paused = paused(stage);
              overflow(stage);
              long newest = ResumeCases.newest(stage);
              paused.line().startReading();
              paused.receives(Json.of("welcome"));
              Follower follower =
                  new Follower(paused.receives(Json.of("joined")).number("seq") + 1);
              while (follower.due() <= newest) {
                follower.check(paused.take(1).get(0));
              }
              stage.receivesNothing(paused);
            }));
  }

  private static SessionCase lag(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_LAWS, id, requirements, sentence, body)
        .danger(Danger.STALLING)
        .patience(2);
  }

  /** Connects a session that joins the room but reads nothing. */
  private static Talker paused(SessionStage stage) throws Broken, InterruptedException {
    Talker paused =
        stage.connect(stage.wire(), "paused", stage.newName("paused"), Talker.newClient(), true);
    paused.open();
    paused.send(paused.hello().with("rooms", List.of(HelloCases.wish(stage.room()))));
    paused.send(paused.post(stage.room(), "I do not listen"));
    stage.bob().takeUntil(stage.message(paused, "I do not listen"));
    stage.receivedBeforeMarker(stage.alice());
    return paused;
  }

  /** Posts more than the buffers between a server and a session hold. */
  private static void overflow(SessionStage stage) throws Broken, InterruptedException {
    int size = Math.min(ObjectCases.maxMessageBytes(stage), 16_000);
    String filler = "x".repeat(size - 10);
    Talker speaker = stage.alice();
    Talker listener = stage.bob();
    for (int i = 1; i <= POSTS; i++) {
      speaker.posts(stage.room(), i + " " + filler);
      listener.receives(stage.message(speaker, i + " " + filler));
      Talker next =
          listener; // they take turns, because a server may slow down a session that posts a lot
      listener = speaker;
      speaker = next;
    }
  }
}
