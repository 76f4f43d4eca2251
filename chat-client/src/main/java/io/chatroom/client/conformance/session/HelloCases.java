package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Danger;
import io.chatroom.client.conformance.Section;
import java.util.List;
import java.util.Map;

/** The beginning of a session. */
final class HelloCases {

  private HelloCases() {}

  static List<SessionCase> all() {
    return List.of(
        must(
            Section.ROOM,
            "talk.works",
            "S-05 S-06 S-25 S-42 S-44",
            "A post MUST be acknowledged to its session and delivered to the others in the room.",
            stage -> {
              stage.alice().posts(stage.room(), "is anybody there?");
              stage.bob().receives(stage.message(stage.alice(), "is anybody there?"));
            }),
        hello(
            "hello.welcome",
            "S-21 S-40",
            "A hello MUST be answered by a welcome with the name, the limits, the features and the"
                + " seconds between pings.",
            stage -> {
              Talker carol = stage.connectAndOpen("carol");
              carol.send(carol.hello().with("agent", "kit/1").with("rooms", List.of()));
              welcome(carol, carol.receives(Json.of("welcome").with("v", 2)));
            }),
        hello(
            "hello.rooms",
            "S-21",
            "Each room of a hello MUST be answered by a joined, after the welcome, in the same"
                + " order.",
            stage -> {
              Talker carol = stage.connectAndOpen("carol");
              carol.send(
                  carol.hello().with("rooms", List.of(wish(stage.room("b")), wish(stage.room()))));
              carol.receives(Json.of("welcome"));
              carol.receives(Json.of("joined").with("room", stage.room("b")));
              carol.receives(Json.of("joined").with("room", stage.room()));
              stage.alice().posts(stage.room(), "welcome, carol");
              carol.receives(stage.message(stage.alice(), "welcome, carol"));
            }),
        hello(
            "hello.name-bad",
            "S-21 S-60",
            "A name that is too long MUST be refused with name-bad, and another hello may follow.",
            HelloCases::nameBad),
        hello(
            "hello.client-bad",
            "S-19 S-21",
            "A client that is not 32 hexadecimal digits MUST be refused with bad-request.",
            stage -> {
              Talker carol = stage.connectAndOpen("carol");
              for (String client : List.of("", "0123", "x".repeat(32), "0".repeat(33))) {
                carol.send(carol.hello().with("client", client));
                carol.receives(error("bad-request", "change"));
              }
              carol.send(carol.hello().without("client"));
              carol.receives(error("bad-request", "change"));
              carol.enter();
            }),
        hello(
                "hello.version",
                "S-21 S-49 S-61",
                "Another version MUST be answered by bye version and the end of the stream.",
                stage -> {
                  Talker carol = stage.connectAndOpen("carol");
                  carol.send(carol.hello().with("v", 3));
                  carol.receivesBye("version", "stop");
                })
            .danger(Danger.ROUGH),
        hello(
            "hello.first",
            "S-21 S-48",
            "Before the hello, anything but ping and bye MUST be refused with bad-request.",
            stage -> {
              Talker carol = stage.connectAndOpen("carol");
              carol.asks(Json.of("ping"), Json.of("pong").with("heads", Json.empty()));
              carol.refused(Json.of("join").with("room", stage.room()), "bad-request", "change");
              Json post = carol.post(stage.room(), "too early");
              carol.send(post);
              carol.receives(error("bad-request", "change").with("id", post.text("id")));
              carol.enter();
              stage.receivesNothing(stage.bob());
            }),
        hello(
            "hello.once",
            "S-19 S-21",
            "A second hello MUST be refused with bad-request, and the session goes on.",
            stage -> {
              Talker carol = stage.join("carol");
              carol.send(carol.hello().with("name", stage.nameOf("dora")));
              carol.receives(error("bad-request", "change"));
              carol.posts(stage.room(), "still carol");
              stage.bob().receives(stage.message(carol, "still carol"));
            }),
        hello(
            "hello.at-once",
            "S-21",
            "Objects that follow a hello without waiting MUST be accepted.",
            stage -> {
              Talker carol = stage.connectAndOpen("carol");
              Json post = carol.post(stage.room(), "in a hurry");
              carol
                  .line()
                  .send(
                      carol
                          .frame(carol.hello())
                          .plus(carol.frame(Json.of("join").with("room", stage.room())))
                          .plus(carol.frame(post)));
              carol.receives(Json.of("welcome"));
              carol.receives(Json.of("joined"));
              carol.receives(Json.of("ack").with("id", post.text("id")));
              stage.bob().receives(stage.message(carol, "in a hurry"));
            }),
        hello(
            "hello.room-refused",
            "S-17 S-21 S-48",
            "A room of a hello that is refused MUST be answered by an error with the room, and the"
                + " other rooms by joined.",
            HelloCases::roomRefused),
        hello(
            "hello.room-twice",
            "S-21",
            "A hello that names a room twice MUST be refused with bad-request.",
            stage -> {
              Talker carol = stage.connectAndOpen("carol");
              carol.send(
                  carol.hello().with("rooms", List.of(wish(stage.room()), wish(stage.room()))));
              carol.receives(error("bad-request", "change"));
              carol.enter();
            }),
        hello(
            "hello.comes-back",
            "S-22",
            "A hello MUST NOT be refused because the same client has another connection.",
            stage -> {
              Talker carol = stage.join("carol");
              Talker back = stage.reconnect(carol);
              back.join(stage.room());
              back.posts(stage.room(), "back");
              stage.bob().receives(stage.message(back, "back"));
            }),
        hello(
            "hello.client-secret",
            "S-21",
            "The client of a session MUST NOT be shown to others.",
            HelloCases::clientSecret));
  }

  private static SessionCase hello(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_REQUESTS, id, requirements, sentence, body);
  }

  static Json error(String code, String act) {
    return Json.of("error").with("code", code).with("do", act);
  }

  static Json wish(String room) {
    return Json.empty().with("room", room);
  }

  private static void welcome(Talker talker, Json welcome) throws Broken {
    if (!welcome.text("name").equals(talker.name())) {
      throw new Broken("the name of the hello in the welcome", "it received " + welcome);
    }
    welcome.text("server");
    welcome.flag("owned");
    welcome.texts("features");
    if (welcome.number("pingSeconds") < 1) {
      throw new Broken("pingSeconds of at least 1", "it received " + welcome);
    }
    Json limits = welcome.object("limits");
    for (Map.Entry<String, Object> limit : limits.fields().entrySet()) {
      limits.number(limit.getKey());
    }
    for (String name : List.of("maxMessageBytes", "maxNameBytes", "maxRooms")) {
      if (limits.number(name) < 1) {
        throw new Broken(name + " of at least 1 in the limits", "it received " + limits);
      }
    }
  }

  private static void nameBad(SessionStage stage) throws Broken, InterruptedException {
    int most = (int) stage.alice().welcome().object("limits").number("maxNameBytes");
    String longest = stage.nameOf("") + "c".repeat(most - stage.nameOf("").length());
    Talker carol = stage.connectAndOpen("carol");
    carol.send(carol.hello().with("name", longest + "c"));
    carol.receives(error("name-bad", "ask"));
    carol.send(carol.hello().with("name", longest));
    carol.receives(Json.of("welcome").with("name", longest));
  }

  private static void roomRefused(SessionStage stage) throws Broken, InterruptedException {
    Talker carol = stage.connectAndOpen("carol");
    String two =
        "@nobody"; // without an owned name there is no room of two, whether the server has them or
    // not
    carol.send(
        carol.hello().with("rooms", List.of(wish(stage.room()), wish(two), wish(stage.room("b")))));
    carol.receives(Json.of("welcome"));
    carol.receives(Json.of("joined").with("room", stage.room()));
    carol.receives(Json.of("error").with("room", two).with("do", "ask"));
    carol.receives(Json.of("joined").with("room", stage.room("b")));
  }

  private static void clientSecret(SessionStage stage) throws Broken, InterruptedException {
    Talker bob = stage.bob();
    Talker carol = stage.join("carol");
    carol.posts(stage.room(), "hello");
    Json received = bob.receives(stage.message(carol, "hello"));
    stage.runOffTurn(() -> bob.presence(0));
    for (Json each : List.of(received, bob.presence(0).object())) {
      if (JsonWriter.write(each).contains(carol.client())) {
        throw new Broken("nothing that others receive has a client in it", "bob received " + each);
      }
    }
  }
}
