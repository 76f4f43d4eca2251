package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.HelloCases.error;
import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Section;
import io.chatroom.client.conformance.Surface;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Moderation of a room. */
final class ModerateCases {

  private ModerateCases() {}

  static List<SessionCase> all() {
    return List.of(
        of(
            "moderate.founder",
            "S-34 S-41",
            "The owned name that creates a room MUST be its op.",
            stage -> {
              if (!isSupported(stage)) {
                return;
              }
              Talker op = stage.owner();
              Json joined = op.join(stage.room("made"));
              if (!joined.contains(Json.empty().with("role", "op"))) {
                throw new Broken("the role op", "it received " + joined);
              }
            }),
        of(
            "moderate.forbidden",
            "S-34",
            "A session that does not own its name, or is not an op, MUST NOT moderate.",
            stage -> {
              if (!isSupported(stage)) {
                return;
              }
              Json mute = moderate(stage.room(), "mute", stage.bob().name());
              stage.alice().refused(mute, "forbidden", "ask");
              Talker owner = stage.owner();
              owner.join(stage.room());
              owner.refused(mute, "forbidden", "ask");
              stage.receivesNothing(stage.bob());
            }),
        of(
            "moderate.mute",
            "S-34 S-43",
            "A muted member's posts MUST be refused with muted until it is unmuted, and everybody"
                + " in the room MUST be told.",
            stage -> {
              if (isSupported(stage)) {
                Scene scene = Scene.of(stage);
                scene.orders("mute", scene.carol.name());
                scene.carolIsRefused("muted", "ask");
                scene.orders("unmute", scene.carol.name());
                scene.carolCanPost();
              }
            }),
        of(
            "moderate.kick",
            "S-34 S-47",
            "A kicked member MUST be put out of the room, and may join again.",
            stage -> {
              if (isSupported(stage)) {
                Scene scene = Scene.of(stage);
                scene.putsOut("kick");
                scene.carolIsRefused("not-joined", "ask");
                scene.carol.join(scene.room);
                scene.carolCanPost();
              }
            }),
        of(
            "moderate.ban",
            "S-34",
            "A banned member MUST be put out of the room, and be refused until it is unbanned.",
            stage -> {
              if (isSupported(stage)) {
                Scene scene = Scene.of(stage);
                scene.putsOut("ban");
                Json join = Json.of("join").with("room", scene.room);
                scene.carol.refused(join, "forbidden", "ask");
                scene.op.send(moderate(scene.room, "unban", scene.carol.name()).with("q", "u"));
                scene.op.receives(scene.event("unban", scene.carol.name()));
                scene.carol.join(scene.room);
                scene.carolCanPost();
              }
            }),
        of(
            "moderate.close",
            "S-34",
            "A closed room MUST refuse newcomers until it is opened, and go on for those in it.",
            stage -> {
              if (isSupported(stage)) {
                Scene scene = Scene.of(stage);
                scene.orders("close", null);
                Talker dora = stage.enter("dora");
                dora.refused(Json.of("join").with("room", scene.room), "closed", "ask");
                scene.carolCanPost();
                scene.orders("open", null);
                dora.join(scene.room);
              }
            }),
        of(
            "moderate.restrict",
            "S-34",
            "In a restricted room, posts MUST be accepted from ops only.",
            stage -> {
              if (isSupported(stage)) {
                Scene scene = Scene.of(stage);
                scene.orders("restrict", null);
                scene.carolIsRefused("muted", "ask");
                scene.op.posts(scene.room, "quiet, please");
                scene.carol.receives(SessionStage.message(scene.room, scene.op, "quiet, please"));
                scene.orders("unrestrict", null);
                scene.carolCanPost();
              }
            }),
        of(
            "moderate.slow",
            "S-34",
            "In a slowed room, a member that has just posted MUST be refused with rate.",
            stage -> {
              if (isSupported(stage)) {
                Scene scene = Scene.of(stage);
                scene.op.send(
                    moderate(scene.room, "slow", null).with("seconds", 3600).with("q", "s"));
                scene.bothReceive("slow", null);
                scene.carolCanPost();
                scene.carolIsRefused("rate", "retry");
              }
            }),
        of(
                "moderate.op",
                "S-34",
                "A name that an op makes op MUST be able to moderate too.",
                stage -> {
                  if (isSupported(stage)) {
                    Scene scene = Scene.of(stage);
                    Talker first = stage.enter("deputy");
                    Talker deputy = stage.enterAs("deputy", first.name(), first.claim());
                    deputy.join(scene.room);
                    scene.orders("op", deputy.name());
                    deputy.receives(scene.event("op", deputy.name()));
                    Json mute = moderate(scene.room, "mute", scene.carol.name());
                    deputy.send(mute.with("q", "m"));
                    deputy.receives(
                        scene.event("mute", scene.carol.name()).with("by", deputy.name()));
                  }
                })
            .only(Surface.TCP));
  }

  private static SessionCase of(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_REQUESTS, id, requirements, sentence, body);
  }

  private static boolean isSupported(SessionStage stage) throws Broken {
    return stage.alice().hasFeature("moderate") && stage.alice().hasFeature("claim");
  }

  private static Json moderate(String room, String action, @Nullable String target) {
    Json moderate = Json.of("moderate").with("room", room).with("action", action);
    return target == null ? moderate : moderate.with("target", target);
  }

  /** A room that the owner of a name has created, and a guest in it. */
  private record Scene(String room, Talker op, Talker carol) {

    static Scene of(SessionStage stage) throws Broken, InterruptedException {
      String room = stage.room("kept");
      Talker op = stage.owner();
      op.join(room);
      return new Scene(room, op, stage.join("carol", room));
    }

    Json event(String action, @Nullable String target) {
      Json event =
          Json.of("event")
              .with("room", room)
              .with("kind", "moderated")
              .with("by", op.name())
              .with("text", action);
      return target == null ? event : event.with("target", target);
    }

    /** Moderates, and checks that both receive the event. */
    void orders(String action, @Nullable String target) throws Broken, InterruptedException {
      op.send(moderate(room, action, target).with("q", op.newQ()));
      bothReceive(action, target);
    }

    void bothReceive(String action, @Nullable String target) throws Broken, InterruptedException {
      op.receives(event(action, target));
      carol.receives(event(action, target));
    }

    /** The member that is put out may receive the event before its left, or not. */
    void putsOut(String action) throws Broken, InterruptedException {
      op.send(moderate(room, action, carol.name()).with("q", op.newQ()));
      op.receives(event(action, carol.name()));
      carol.takeUntil(Json.of("left").with("room", room));
    }

    void carolIsRefused(String code, String act) throws Broken, InterruptedException {
      Json post = carol.post(room, "not to be heard");
      carol.send(post);
      carol.receives(error(code, act).with("id", post.text("id")));
      op.answersPing();
    }

    void carolCanPost() throws Broken, InterruptedException {
      carol.posts(room, "to be heard");
      op.receives(SessionStage.message(room, carol, "to be heard"));
    }
  }
}
