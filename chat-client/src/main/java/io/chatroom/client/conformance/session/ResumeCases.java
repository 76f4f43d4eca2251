package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Section;
import java.util.ArrayList;
import java.util.List;

/** What a session is brought that was not there all the time. */
final class ResumeCases {

  private ResumeCases() {}

  static List<SessionCase> all() {
    return List.of(
        resume(
            "resume.complete",
            "S-51",
            "After a place of the same epoch, everything behind it MUST come, and then what is"
                + " live.",
            stage -> {
              Talker carol = stage.join("carol");
              Json place = carol.position();
              carol.line().reset();
              missed(stage, 20);
              Talker back = stage.again(carol);
              back.join(after(stage, place).with("room", stage.room()));
              complete(back.joined());
              brought(back, stage, place.number("seq") + 1, 20);
              stage.hearsNothing(back);
            }),
        resume(
            "resume.hello",
            "S-21 S-51",
            "A room of a hello MUST be resumed as one of a join.",
            stage -> {
              Json place = stage.bob().position();
              missed(stage, 5);
              long from = place.number("seq");
              long newest = newest(stage);
              Talker carol = stage.arrive("carol");
              carol.say(carol.hello().with("rooms", List.of(after(stage, place).without("type"))));
              carol.hears(Json.of("welcome"));
              complete(carol.hears(Json.of("joined").with("room", stage.room())));
              OrderCases.dense(carol.take((int) (newest - from)), from + 1);
              stage.hearsNothing(carol);
            }),
        resume(
            "resume.nothing-missed",
            "S-51",
            "After the newest place nothing MUST come but what is live.",
            stage -> {
              missed(stage, 3);
              Talker carol = stage.join("carol");
              Json place = carol.position();
              Talker dora = stage.come("dora");
              dora.join(after(stage, place));
              complete(dora.joined());
              stage.hearsNothing(dora);
            }),
        resume(
            "resume.own",
            "S-50",
            "What a client posted itself MUST come again as a message when it resumes.",
            stage -> {
              Talker carol = stage.join("carol");
              Json place = carol.position();
              carol.posts(stage.room(), "did it arrive?");
              carol.line().reset();
              Talker back = stage.again(carol);
              back.join(after(stage, place));
              back.hears(stage.message(carol, "did it arrive?"));
            }),
        resume(
            "resume.while-they-talk",
            "S-23 S-51",
            "A resume MUST meet what is live without a hole and without a double.",
            ResumeCases::whileTheyTalk),
        resume(
            "resume.epoch",
            "S-53 S-45",
            "After a place of another epoch, a gap MUST tell so.",
            stage -> {
              missed(stage, 3);
              Talker carol = stage.come("carol");
              Json place = Json.empty().with("epoch", "another-epoch").with("seq", 1L);
              Json joined = carol.join(after(stage, place));
              fromTheBegin(stage, carol, joined);
            }),
        resume(
            "resume.beyond",
            "S-53",
            "After a place that the room has not reached, a gap MUST tell that the epoch is"
                + " another.",
            stage -> {
              Talker carol = stage.come("carol");
              Json place = stage.bob().position().with("seq", 1_000_000L);
              fromTheBegin(stage, carol, carol.join(after(stage, place)));
            }),
        resume(
            "resume.last",
            "S-52",
            "With last, so many of the newest MUST come, or as many as there are.",
            stage -> {
              missed(stage, 6);
              long newest = newest(stage);
              for (int last : List.of(1, 4)) {
                Talker carol = stage.come("carol");
                carol.join(last(stage, last));
                OrderCases.dense(carol.take(last), newest - last + 1);
                newest++; // by the marker
                stage.hearsNothing(carol);
              }
              Talker dora = stage.come("dora");
              Json joined = dora.join(last(stage, 200));
              OrderCases.dense(
                  dora.take((int) (newest - joined.number("first") + 1)), joined.number("first"));
              stage.hearsNothing(dora);
            }),
        resume(
            "resume.last-none",
            "S-52",
            "With last 0, nothing MUST come that was there before.",
            stage -> {
              Talker carol = stage.come("carol");
              carol.join(last(stage, 0));
              stage.hearsNothing(carol);
            }),
        resume(
            "resume.after-and-last",
            "S-23",
            "A join with after and last MUST be refused as bad-request.",
            stage -> {
              Talker carol = stage.come("carol");
              Json both = after(stage, stage.bob().position()).with("last", 1);
              carol.refused(both, "bad-request", "change");
            }),
        resume(
            "resume.events",
            "S-50 S-43",
            "Events MUST be brought in their place among the messages.",
            stage -> {
              Talker alice = stage.alice();
              Json place = stage.bob().position();
              if (!alice.hasFeature("topic")) {
                return; // there are no events to ask for
              }
              alice.posts(stage.room(), "before");
              alice.say(
                  Json.of("topic")
                      .with("q", alice.newQ())
                      .with("room", stage.room())
                      .with("text", "tea"));
              alice.hears(Json.of("event").with("kind", "topic"));
              alice.posts(stage.room(), "behind");
              Talker carol = stage.come("carol");
              carol.join(after(stage, place));
              carol.takeUntil(stage.message(alice, "before"));
              carol.hears(Json.of("event").with("kind", "topic").with("text", "tea"));
              carol.hears(stage.message(alice, "behind"));
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

  /** Alice posts so many. */
  static void missed(SessionStage stage, int count) throws Broken, InterruptedException {
    for (int i = 1; i <= count; i++) {
      stage.alice().posts(stage.room(), "missed " + i);
    }
  }

  /** The newest number in the room. */
  static long newest(SessionStage stage) throws Broken, InterruptedException {
    Json pong = stage.alice().asks(Json.of("ping"), Json.of("pong"));
    return pong.object("heads").number(stage.room());
  }

  private static void complete(Json joined) throws Broken {
    if (!joined.contains(Json.empty().with("resume", "complete"))) {
      throw new Broken("resume complete in joined", "it was in " + joined);
    }
  }

  /** A gap says that the epoch is another, then all comes that is kept. */
  private static void fromTheBegin(SessionStage stage, Talker talker, Json joined)
      throws Broken, InterruptedException {
    if (!joined.contains(Json.empty().with("resume", "gap"))) {
      throw new Broken("resume gap in joined", "it was in " + joined);
    }
    long first = joined.number("first");
    talker.hears(
        Json.of("gap")
            .with("room", stage.room())
            .with("from", 1L)
            .with("to", first - 1)
            .with("why", "epoch"));
    OrderCases.dense(talker.take((int) (joined.number("seq") + 1 - first)), first);
    stage.hearsNothing(talker);
  }

  /** What Alice posted comes, with the numbers from one on. */
  private static void brought(Talker talker, SessionStage stage, long from, int count)
      throws Broken, InterruptedException {
    for (int i = 1; i <= count; i++) {
      talker.hears(stage.message(stage.alice(), "missed " + i).with("seq", from + i - 1));
    }
  }

  private static void whileTheyTalk(SessionStage stage) throws Broken, InterruptedException {
    Talker alice = stage.alice();
    Json place = stage.bob().position();
    List<Json> posts = OrderCases.posts(alice, stage.room(), 300);
    List<Talker> comers = new ArrayList<>();
    for (int i = 0; i < posts.size(); i++) {
      alice.say(posts.get(i));
      if (i % 30 == 0) {
        Talker comer = stage.arrive("comer" + i);
        comer.say(comer.hello().with("rooms", List.of(after(stage, place).without("type"))));
        comers.add(comer);
      }
    }
    alice.takeUntil(Json.of("ack").with("id", posts.get(299).text("id")));
    long newest = newest(stage);
    for (Talker comer : comers) {
      comer.hears(Json.of("welcome"));
      complete(comer.hears(Json.of("joined")));
      OrderCases.dense(comer.take((int) (newest - place.number("seq"))), place.number("seq") + 1);
      stage.hearsNothing(comer);
      newest++; // by the marker
    }
  }
}
