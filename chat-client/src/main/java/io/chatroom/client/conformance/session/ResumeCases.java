package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Section;
import java.util.ArrayList;
import java.util.List;

/** Messages and gaps that a session receives when it comes back. */
final class ResumeCases {

  private ResumeCases() {}

  static List<SessionCase> all() {
    return List.of(
        resume(
            "resume.complete",
            "S-51",
            "A join after a position of the same epoch MUST be answered by everything after it,"
                + " then live messages.",
            stage -> {
              Talker carol = stage.join("carol");
              Json place = carol.position();
              carol.line().reset();
              postMissed(stage, 20);
              Talker back = stage.reconnect(carol);
              back.join(after(stage, place).with("room", stage.room()));
              resumesCompletely(back.joined());
              receivesMissed(back, stage, place.number("seq") + 1, 20);
              stage.receivesNothing(back);
            }),
        resume(
            "resume.hello",
            "S-21 S-51",
            "A room of a hello MUST be resumed like that of a join.",
            stage -> {
              Json place = stage.bob().position();
              postMissed(stage, 5);
              long from = place.number("seq");
              long newest = newest(stage);
              Talker carol = stage.connectAndOpen("carol");
              carol.send(carol.hello().with("rooms", List.of(after(stage, place).without("type"))));
              carol.receives(Json.of("welcome"));
              resumesCompletely(carol.receives(Json.of("joined").with("room", stage.room())));
              OrderCases.dense(carol.take((int) (newest - from)), from + 1);
              stage.receivesNothing(carol);
            }),
        resume(
            "resume.nothing-missed",
            "S-51",
            "A join after the newest position MUST be answered by live messages only.",
            stage -> {
              postMissed(stage, 3);
              Talker carol = stage.join("carol");
              Json place = carol.position();
              Talker dora = stage.enter("dora");
              dora.join(after(stage, place));
              resumesCompletely(dora.joined());
              stage.receivesNothing(dora);
            }),
        resume(
            "resume.own",
            "S-50",
            "A client's own posts MUST come as messages when it resumes.",
            stage -> {
              Talker carol = stage.join("carol");
              Json place = carol.position();
              carol.posts(stage.room(), "did it arrive?");
              carol.line().reset();
              Talker back = stage.reconnect(carol);
              back.join(after(stage, place));
              back.receives(stage.message(carol, "did it arrive?"));
            }),
        resume(
            "resume.while-they-talk",
            "S-23 S-51",
            "A resume MUST continue with live messages without a hole and without a repetition.",
            ResumeCases::whileTheyTalk),
        resume(
            "resume.epoch",
            "S-53 S-45",
            "A join after a position of another epoch MUST be answered by a gap that says so.",
            stage -> {
              postMissed(stage, 3);
              Talker carol = stage.enter("carol");
              Json place = Json.empty().with("epoch", "another-epoch").with("seq", 1L);
              Json joined = carol.join(after(stage, place));
              receivesAllAfterGap(stage, carol, joined);
            }),
        resume(
            "resume.beyond",
            "S-53",
            "A join after a seq that the room has not reached MUST be answered by a gap of another"
                + " epoch.",
            stage -> {
              Talker carol = stage.enter("carol");
              Json place = stage.bob().position().with("seq", 1_000_000L);
              receivesAllAfterGap(stage, carol, carol.join(after(stage, place)));
            }),
        resume(
            "resume.last",
            "S-52",
            "A join with last MUST be answered by that many of the newest, or by as many as there"
                + " are.",
            stage -> {
              postMissed(stage, 6);
              long newest = newest(stage);
              for (int last : List.of(1, 4)) {
                Talker carol = stage.enter("carol");
                carol.join(last(stage, last));
                OrderCases.dense(carol.take(last), newest - last + 1);
                newest++; // the marker took a seq
                stage.receivesNothing(carol);
              }
              Talker dora = stage.enter("dora");
              Json joined = dora.join(last(stage, 200));
              OrderCases.dense(
                  dora.take((int) (newest - joined.number("first") + 1)), joined.number("first"));
              stage.receivesNothing(dora);
            }),
        resume(
            "resume.last-none",
            "S-52",
            "A join with last 0 MUST NOT be answered by older messages.",
            stage -> {
              Talker carol = stage.enter("carol");
              carol.join(last(stage, 0));
              stage.receivesNothing(carol);
            }),
        resume(
            "resume.after-and-last",
            "S-23",
            "A join with after and last MUST be refused with bad-request.",
            stage -> {
              Talker carol = stage.enter("carol");
              Json both = after(stage, stage.bob().position()).with("last", 1);
              carol.refused(both, "bad-request", "change");
            }),
        resume(
            "resume.events",
            "S-50 S-43",
            "Events MUST come in their place among the messages.",
            stage -> {
              Talker alice = stage.alice();
              Json place = stage.bob().position();
              if (!alice.hasFeature("topic")) {
                return; // the kit cannot cause an event
              }
              alice.posts(stage.room(), "before");
              alice.send(
                  Json.of("topic")
                      .with("q", alice.newQ())
                      .with("room", stage.room())
                      .with("text", "tea"));
              alice.receives(Json.of("event").with("kind", "topic"));
              alice.posts(stage.room(), "behind");
              Talker carol = stage.enter("carol");
              carol.join(after(stage, place));
              carol.takeUntil(stage.message(alice, "before"));
              carol.receives(Json.of("event").with("kind", "topic").with("text", "tea"));
              carol.receives(stage.message(alice, "behind"));
            }));
  }

  private static SessionCase resume(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_LAWS, id, requirements, sentence, body);
  }

  static Json after(SessionStage stage, Json place) {
    return Json.of("join").with("room", stage.room()).with("after", place);
  }

  private static Json last(SessionStage stage, int count) {
    return Json.of("join").with("room", stage.room()).with("last", count);
  }

  /** Lets Alice post {@code count} messages. */
  static void postMissed(SessionStage stage, int count) throws Broken, InterruptedException {
    for (int i = 1; i <= count; i++) {
      stage.alice().posts(stage.room(), "missed " + i);
    }
  }

  /** Returns the newest seq of the room. */
  static long newest(SessionStage stage) throws Broken, InterruptedException {
    Json pong = stage.alice().asks(Json.of("ping"), Json.of("pong"));
    return pong.object("heads").number(stage.room());
  }

  private static void resumesCompletely(Json joined) throws Broken {
    if (!joined.contains(Json.empty().with("resume", "complete"))) {
      throw new Broken("resume complete in joined", "it received " + joined);
    }
  }

  /** Checks for a gap that says that the epoch is another, then for everything that is kept. */
  private static void receivesAllAfterGap(SessionStage stage, Talker talker, Json joined)
      throws Broken, InterruptedException {
    if (!joined.contains(Json.empty().with("resume", "gap"))) {
      throw new Broken("resume gap in joined", "it received " + joined);
    }
    long first = joined.number("first");
    talker.receives(
        Json.of("gap")
            .with("room", stage.room())
            .with("from", 1L)
            .with("to", first - 1)
            .with("why", "epoch"));
    OrderCases.dense(talker.take((int) (joined.number("seq") + 1 - first)), first);
    stage.receivesNothing(talker);
  }

  /** Checks that Alice's posts come, with the seqs from {@code from} on. */
  private static void receivesMissed(Talker talker, SessionStage stage, long from, int count)
      throws Broken, InterruptedException {
    for (int i = 1; i <= count; i++) {
      talker.receives(stage.message(stage.alice(), "missed " + i).with("seq", from + i - 1));
    }
  }

  private static void whileTheyTalk(SessionStage stage) throws Broken, InterruptedException {
    Talker alice = stage.alice();
    Json place = stage.bob().position();
    List<Json> posts = OrderCases.posts(alice, stage.room(), 300);
    List<Talker> newcomers = new ArrayList<>();
    for (int i = 0; i < posts.size(); i++) {
      alice.send(posts.get(i));
      if (i % 30 == 0) {
        Talker newcomer = stage.connectAndOpen("comer" + i);
        newcomer.send(newcomer.hello().with("rooms", List.of(after(stage, place).without("type"))));
        newcomers.add(newcomer);
      }
    }
    alice.takeUntil(Json.of("ack").with("id", posts.get(299).text("id")));
    long newest = newest(stage);
    for (Talker newcomer : newcomers) {
      newcomer.receives(Json.of("welcome"));
      resumesCompletely(newcomer.receives(Json.of("joined")));
      OrderCases.dense(
          newcomer.take((int) (newest - place.number("seq"))), place.number("seq") + 1);
      stage.receivesNothing(newcomer);
      newest++; // the marker took a seq
    }
  }
}
