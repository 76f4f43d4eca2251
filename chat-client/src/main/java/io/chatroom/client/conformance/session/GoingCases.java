package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Danger;
import io.chatroom.client.conformance.Section;
import io.chatroom.client.conformance.Surface;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pings, presence, leaving and limits. */
final class GoingCases {

  private static final Duration PRESENCE = Duration.ofSeconds(1);

  /** By how much the network may shorten a second that is measured by the receiver. */
  private static final Duration JITTER = Duration.ofMillis(150);

  private static final int GATHERED_ATTEMPTS = 3;

  private GoingCases() {}

  static List<SessionCase> all() {
    return List.of(
        going(
            "ping.heads",
            "S-35 S-62",
            "A pong MUST give, for each room of the session, the newest seq that the session has"
                + " been sent.",
            stage -> {
              Talker carol = stage.join("carol");
              carol.join(stage.room("quiet"));
              long newest = stage.alice().posts(stage.room(), "the newest").number("seq");
              carol.receives(stage.message(stage.alice(), "the newest"));
              Json heads = Json.empty().with(stage.room(), newest).with(stage.room("quiet"), 0L);
              carol.asks(Json.of("ping"), Json.of("pong").with("heads", heads));
            }),
        going(
            "presence.came",
            "S-47",
            "Sessions in a room MUST be told who joined, and the count.",
            stage -> {
              told(stage, "came", stage.join("carol").name(), 3);
            }),
        going(
            "presence.went",
            "S-47",
            "Sessions in a room MUST be told who left, in whatever way.",
            stage -> {
              Talker carol = stage.join("carol");
              Talker dora = stage.join("dora");
              Talker eve = stage.join("eve");
              told(stage, "came", eve.name(), 5);
              carol.line().reset();
              dora.send(Json.of("bye"));
              eve.asks(Json.of("leave").with("room", stage.room()), Json.of("left"));
              for (Talker each : List.of(carol, dora, eve)) {
                told(stage, "went", each.name(), 2);
              }
            }),
        going(
            "presence.gathered",
            "S-47",
            "Presence MUST be sent at most once a second for a room.",
            GoingCases::gathered),
        going(
            "presence.own-rooms",
            "S-47",
            "Presence MUST be sent to the sessions in the room only.",
            stage -> {
              Talker carol = stage.join("carol", stage.room("elsewhere"));
              Talker dora = stage.join("dora");
              told(stage, "came", dora.name(), 3);
              carol.answersPing();
              for (ObjectInbox.Presence presence : carol.line().inbox().presences()) {
                if (!stage.room("elsewhere").equals(presence.object().get("room"))) {
                  throw new Broken(
                      "presence of its own room", "carol received " + presence.object());
                }
              }
            }),
        going(
            "bye.answered",
            "S-36",
            "Everything before a bye MUST be answered; then the server ends the stream.",
            stage -> {
              Talker carol = stage.join("carol");
              List<Json> posts = OrderCases.posts(carol, stage.room(), 100);
              List<Bytes> life = new ArrayList<>(posts.stream().map(carol::frame).toList());
              life.add(carol.frame(Json.of("ping").with("q", "last")));
              life.add(carol.frame(Json.of("bye")));
              carol.line().send(Bytes.join(life));
              answered(carol, posts, true);
              bobReceives(stage, carol, posts);
            }),
        going(
                "half-close.answered",
                "S-36",
                "Everything before the end of the client's stream MUST be answered; then the server"
                    + " ends its own.",
                stage -> {
                  Talker carol = stage.join("carol");
                  List<Json> posts = OrderCases.posts(carol, stage.room(), 100);
                  carol.line().send(Bytes.join(posts.stream().map(carol::frame).toList()));
                  carol.line().finish();
                  answered(carol, posts, false);
                  bobReceives(stage, carol, posts);
                })
            .only(Surface.TCP),
        going(
                "bye.last",
                "S-36",
                "A post after a client's bye MUST NOT be delivered.",
                stage -> {
                  Talker carol = stage.join("carol");
                  carol
                      .line()
                      .send(
                          carol
                              .frame(Json.of("bye"))
                              .plus(carol.frame(carol.post(stage.room(), "one more thing"))));
                  carol.closes();
                  stage.receivesNothing(stage.bob());
                })
            .danger(Danger.ROUGH),
        going(
                "reset.others",
                "S-56",
                "A session that is reset MUST NOT disturb others.",
                stage -> {
                  for (int i = 1; i <= 5; i++) {
                    Talker carol = stage.join("carol" + i);
                    carol.line().send(carol.frame(carol.post(stage.room(), "x")).slice(0, 9));
                    carol.line().reset();
                  }
                  stage.receivesNothing(stage.bob());
                })
            .danger(Danger.ROUGH),
        going(
            "limits.rooms",
            "S-40",
            "A session MUST be able to join maxRooms rooms, and one more MUST be refused with"
                + " too-many-rooms.",
            stage -> {
              int most = (int) Math.min(2_000, limit(stage, "maxRooms"));
              Talker carol = stage.enter("carol");
              for (int i = 0; i < most; i++) {
                carol.join(stage.room(Integer.toString(i)));
              }
              if (most == limit(stage, "maxRooms")) {
                Json more = Json.of("join").with("room", stage.room("one-more"));
                carol.refused(more, "too-many-rooms", "change");
                carol.asks(Json.of("leave").with("room", stage.room("0")), Json.of("left"));
                carol.join(stage.room("one-more"));
              }
            }),
        going(
                "limits.unanswered",
                "S-58",
                "A request beyond maxUnanswered MUST be answered by busy, or later, and only once.",
                GoingCases::unanswered)
            .danger(Danger.ROUGH),
        going(
                "limits.reads",
                "S-58",
                "A history request beyond maxReads MUST be answered by busy, or later, and only"
                    + " once.",
                GoingCases::reads)
            .danger(Danger.ROUGH));
  }

  private static SessionCase going(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_GOING, id, requirements, sentence, body);
  }

  /** Checks that Bob receives a presence with the name, and in it or a later one the count. */
  private static void told(SessionStage stage, String how, String name, long count)
      throws Broken, InterruptedException {
    stage.runOffTurn(() -> told(stage.bob(), how, name, count));
  }

  private static void told(Talker listener, String how, String name, long count)
      throws Broken, InterruptedException {
    int number = 0;
    Json presence = listener.presence(number).object();
    while (!presence.has(how) || !presence.texts(how).contains(name)) {
      presence = listener.presence(++number).object();
    }
    while (presence.number("count") != count) {
      presence = listener.presence(++number).object();
    }
  }

  /** The kit itself may receive one presence late and the next in time, but hardly three times. */
  private static void gathered(SessionStage stage) throws Broken, InterruptedException {
    int seen = 0;
    for (int attempt = 1; attempt <= GATHERED_ATTEMPTS; attempt++) {
      Talker last = joinAndLeave(stage);
      List<ObjectInbox.Presence> all = stage.bob().line().inbox().presences();
      String tooSoon = tooSoon(all.subList(seen, all.size()));
      if (tooSoon == null) {
        return;
      }
      if (attempt == GATHERED_ATTEMPTS) {
        throw new Broken("a second between two presences", tooSoon);
      }
      seen = all.size() - 1;
      last.line().reset();
    }
  }

  /** Ten guests join and leave, then one joins and stays. */
  private static Talker joinAndLeave(SessionStage stage) throws Broken, InterruptedException {
    for (int i = 1; i <= 10; i++) {
      stage.join("guest" + i).line().reset();
    }
    Talker last = stage.join("last");
    told(stage, "came", last.name(), 3);
    return last;
  }

  private static @Nullable String tooSoon(List<ObjectInbox.Presence> presences) {
    for (int i = 1; i < presences.size(); i++) {
      ObjectInbox.Presence next = presences.get(i);
      Duration between = Duration.ofNanos(next.nanos() - presences.get(i - 1).nanos());
      if (between.compareTo(PRESENCE.minus(JITTER)) < 0) {
        return "%s came %s after the one before".formatted(next.object(), Line.seconds(between));
      }
    }
    return null;
  }

  /** Checks that all acks came in order, and a pong if one is due. */
  private static void answered(Talker talker, List<Json> posts, boolean pong)
      throws Broken, InterruptedException {
    List<Json> received = talker.takeAll();
    List<Json> acks = received.stream().filter(each -> each.is("ack")).toList();
    for (int i = 0; i < posts.size(); i++) {
      Json ack = Json.of("ack").with("id", posts.get(i).text("id"));
      if (i >= acks.size() || !acks.get(i).contains(ack)) {
        throw new Broken(
            "%s, as ack %d before the end of the stream".formatted(ack, i + 1),
            i >= acks.size() ? talker.silence() : "it received " + acks.get(i));
      }
    }
    if (pong && received.stream().noneMatch(each -> each.is("pong"))) {
      throw new Broken("a pong before the end of the stream", talker.silence());
    }
  }

  private static void bobReceives(SessionStage stage, Talker talker, List<Json> posts)
      throws Broken, InterruptedException {
    for (Json post : posts) {
      stage.bob().receives(stage.message(talker, post.text("text")));
    }
  }

  private static long limit(SessionStage stage, String name) throws Broken {
    return stage.alice().welcome().object("limits").number(name);
  }

  private static void unanswered(SessionStage stage) throws Broken, InterruptedException {
    Talker carol = stage.join("carol");
    Json limits = carol.welcome().object("limits");
    int most = limits.has("maxUnanswered") ? (int) limits.number("maxUnanswered") : 100;
    Json join = Json.of("join").with("room", stage.room());
    eachAnswered(carol, join, Math.min(5_000, 2 * most + 10), "joined");
  }

  private static void reads(SessionStage stage) throws Broken, InterruptedException {
    Talker carol = stage.join("carol");
    Json history =
        Json.of("history").with("room", stage.room()).with("before", 3).with("limit", 200);
    if (carol.supports("history", history)) {
      eachAnswered(carol, history, 100, "page");
    }
  }

  /**
   * Sends the same request {@code count} times in one piece. Each must have exactly one answer,
   * which may be busy.
   */
  private static void eachAnswered(Talker talker, Json request, int count, String type)
      throws Broken, InterruptedException {
    List<Bytes> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(talker.frame(request.with("q", "u" + i)));
    }
    talker.line().send(Bytes.join(requests));
    Set<String> answered = new HashSet<>();
    for (Json answer : talker.take(count)) {
      boolean busy = answer.contains(Json.of("error").with("code", "busy").with("do", "retry"));
      if (!busy && !answer.is(type)) {
        throw new Broken(type + ", or an error busy", talker.role() + " received " + answer);
      }
      if (!answered.add(answer.text("q"))) {
        throw new Broken("one answer to each request", "there was another, " + answer);
      }
    }
    talker.answersPing();
  }
}
