package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.HelloCases.error;
import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Section;
import java.util.List;

/** A post that is resent is stored once. */
final class OnceCases {

  private OnceCases() {}

  static List<SessionCase> all() {
    return List.of(
        once(
            "once.same-connection",
            "S-55",
            "The same id again MUST be answered by the same ack with duplicate, and MUST NOT be"
                + " delivered again.",
            stage -> {
              Talker carol = stage.join("carol");
              Json post = carol.post(stage.room(), "once");
              carol.send(post);
              Json ack = carol.receives(Json.of("ack").with("id", post.text("id")));
              notDuplicate(ack);
              stage.bob().receives(stage.message(carol, "once"));
              carol.send(post);
              carol.receives(ack.with("duplicate", true));
              stage.receivesNothing(stage.bob());
            }),
        once(
            "once.at-once",
            "S-55",
            "The same post twice in one piece MUST be stored once.",
            stage -> {
              Talker carol = stage.join("carol");
              Json post = carol.post(stage.room(), "hasty");
              carol.line().send(carol.frame(post).plus(carol.frame(post)));
              List<Json> acks = carol.take(2);
              Json expected = acks.get(0).with("duplicate", true);
              notDuplicate(acks.get(0));
              if (!acks.get(1).equals(expected)) {
                throw new Broken("carol receives " + expected, "it received " + acks.get(1));
              }
              stage.bob().receives(stage.message(carol, "hasty"));
              stage.receivesNothing(stage.bob());
            }),
        once(
            "once.new-connection",
            "S-55 S-22",
            "The same client and id on another connection MUST be answered by the same ack with"
                + " duplicate.",
            stage -> {
              Talker carol = stage.join("carol");
              Json post = carol.post(stage.room(), "again?");
              carol.send(post);
              Json ack = carol.receives(Json.of("ack").with("id", post.text("id")));
              stage.bob().receives(stage.message(carol, "again?"));
              carol.line().reset();
              Talker back = stage.reconnect(carol);
              back.join(stage.room());
              back.send(post);
              back.receives(ack.with("duplicate", true));
              stage.receivesNothing(stage.bob());
            }),
        once(
            "once.id-reused.text",
            "S-55 S-60",
            "The same id with another text MUST be refused with id-reused.",
            stage -> {
              Talker carol = stage.join("carol");
              Json post = carol.post(stage.room(), "this");
              carol.send(post);
              carol.receives(Json.of("ack").with("id", post.text("id")));
              stage.bob().receives(stage.message(carol, "this"));
              carol.send(post.with("text", "that"));
              carol.receives(error("id-reused", "change").with("id", post.text("id")));
              stage.receivesNothing(stage.bob());
            }),
        once(
            "once.id-reused.room",
            "S-55",
            "The same id in another room MUST be refused with id-reused.",
            stage -> {
              Talker carol = stage.join("carol");
              carol.join(stage.room("other"));
              Json post = carol.post(stage.room("other"), "here");
              carol.send(post);
              carol.receives(Json.of("ack").with("id", post.text("id")));
              carol.send(post.with("room", stage.room()));
              carol.receives(error("id-reused", "change").with("id", post.text("id")));
              stage.receivesNothing(stage.bob());
            }),
        once(
            "once.other-client",
            "S-55",
            "The same id from another client MUST be a new post, not a duplicate.",
            stage -> {
              Talker carol = stage.join("carol");
              Talker dora = stage.join("dora");
              Json post = carol.post(stage.room(), "me, too");
              carol.send(post);
              carol.receives(Json.of("ack").with("id", post.text("id")));
              dora.receives(stage.message(carol, "me, too"));
              dora.send(post);
              notDuplicate(dora.receives(Json.of("ack").with("id", post.text("id"))));
              stage.bob().receives(stage.message(carol, "me, too"));
              stage.bob().receives(stage.message(dora, "me, too"));
            }));
  }

  private static void notDuplicate(Json ack) throws Broken {
    if (ack.contains(Json.empty().with("duplicate", true))) {
      throw new Broken("an ack without duplicate for a new post", "it received " + ack);
    }
  }

  private static SessionCase once(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_LAWS, id, requirements, sentence, body);
  }
}
