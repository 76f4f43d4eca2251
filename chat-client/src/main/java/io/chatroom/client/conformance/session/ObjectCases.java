package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.HelloCases.error;
import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Danger;
import io.chatroom.client.conformance.Section;
import io.chatroom.client.conformance.Surface;
import java.util.List;

/** Objects that are valid although they look odd, and objects that are not. */
final class ObjectCases {

  private ObjectCases() {}

  static List<SessionCase> all() {
    return List.of(
        objects(
            "objects.unknown-fields",
            "S-11",
            "Unknown fields MUST be ignored, whatever their values.",
            stage ->
                taken(
                    stage,
                    "{'x':null,'type':'ping','q':'%q','y':{'a':[1.5,-1e9,true,{}]},'Q':7,'at':'z'}")),
        objects(
            "objects.any-order",
            "S-10",
            "The order of fields, white space and escapes MUST have no meaning.",
            stage -> taken(stage, " \t\r\n{ 'q' : '%q' ,\n'ty\\u0070e':'\\u0070ing' }\n")),
        objects(
            "objects.null-is-absent",
            "S-15",
            "null in an optional field MUST be the same as no field.",
            stage -> {
              Talker carol = stage.join("carol");
              carol.send(
                  text("{'type':'post','id':'n','room':'%r','text':'t','replyTo':null}", stage));
              carol.receives(Json.of("ack").with("id", "n"));
              stage.bob().receives(stage.message(carol, "t"));
            }),
        objects(
            "objects.depth",
            "S-20",
            "Sixteen levels of objects and arrays MUST be accepted.",
            stage ->
                taken(
                    stage, "{'type':'ping','q':'%q','x':" + "[".repeat(15) + "]".repeat(15) + "}")),
        objects(
                "objects.too-deep",
                "S-19 S-20",
                "An object of 50,000 levels MUST be ignored or refused, and the connection stays.",
                stage -> {
                  int levels = 50_000;
                  Talker carol = stage.join("carol");
                  carol.send(
                      "{\"type\":\"ping\",\"x\":" + "[".repeat(levels) + "]".repeat(levels) + "}");
                  Json answer = carol.take(1).get(0);
                  if (!answer.is("pong") && !answer.contains(error("bad-request", "change"))) {
                    throw new Broken("pong, or an error bad-request", "carol received " + answer);
                  }
                  carol.answersPing();
                })
            .danger(Danger.FATAL),
        objects(
            "objects.unknown-type",
            "S-12",
            "An unknown type MUST be answered by an error unknown-type, and the connection stays.",
            stage -> {
              Talker carol = stage.join("carol");
              for (String type : List.of("dance", "", "PING", "welcome")) {
                carol.refused(Json.of(type).with("x", 1), "unknown-type", "change");
              }
            }),
        objects(
            "objects.unsupported",
            "S-12 S-40",
            "A request whose feature is not listed MUST be answered like an unknown type.",
            ObjectCases::unsupported),
        objects(
            "objects.q",
            "S-18",
            "A q of up to 64 bytes MUST come back unchanged, and a longer one MUST be refused.",
            stage -> {
              Talker carol = stage.join("carol");
              for (String q : List.of("", "\0\n\"\\", "x".repeat(64), "\u00e9".repeat(32))) {
                carol.send(Json.of("ping").with("q", q));
                carol.receives(Json.of("pong").with("q", q));
              }
              carol.send(Json.of("ping"));
              if (carol.receives(Json.of("pong")).has("q")) {
                throw new Broken("no q in the answer to a ping without q", "there was one");
              }
              carol.send(Json.of("ping").with("q", "x".repeat(65)));
              carol.receives(error("bad-request", "change"));
              carol.send(Json.of("ping").with("q", "\u00e9".repeat(33)));
              carol.receives(error("bad-request", "change"));
            }),
        objects(
            "objects.id",
            "S-20 S-25",
            "An id of 1 to 64 bytes MUST be accepted, and any other MUST be refused.",
            stage -> {
              Talker carol = stage.join("carol");
              for (String id : List.of("\0", "\u00e9".repeat(32))) {
                carol.send(carol.post(stage.room(), "x").with("id", id));
                carol.receives(Json.of("ack").with("id", id));
              }
              for (String id : List.of("", "x".repeat(65))) {
                carol.send(carol.post(stage.room(), "never").with("id", id));
                carol.receives(error("bad-request", "change"));
              }
            }),
        bad(
            "objects.wrong-types",
            "S-15 S-19",
            "A field of the wrong type MUST be refused with bad-request.",
            "{'type':'join','q':'%q','room':7}",
            "{'type':'join','q':'%q','room':null}",
            "{'type':'join','q':'%q','room':['%r']}",
            "{'type':'join','q':'%q','room':'%r','last':'1'}",
            "{'type':'join','q':'%q','room':'%r','last':true}",
            "{'type':'join','q':'%q','room':'%r','after':7}",
            "{'type':'join','q':'%q','room':'%r','after':{'epoch':1,'seq':1}}",
            "{'type':'join','q':'%q','room':'%r','after':{'epoch':'e'}}"),
        bad(
            "objects.missing-fields",
            "S-15 S-19",
            "A missing field MUST be refused with bad-request.",
            "{'type':'join','q':'%q'}",
            "{'type':'leave','q':'%q'}",
            "{'q':'%q'}"),
        bad(
            "objects.numbers",
            "S-14 S-19",
            "A number with a sign, fraction or exponent, or above 2^53 - 1, MUST be refused.",
            "{'type':'join','q':'%q','room':'%r','last':1.5}",
            "{'type':'join','q':'%q','room':'%r','last':1.0}",
            "{'type':'join','q':'%q','room':'%r','last':1e0}",
            "{'type':'join','q':'%q','room':'%r','last':-1}",
            "{'type':'join','q':'%q','room':'%r','last':-0}",
            "{'type':'join','q':'%q','room':'%r','last':9007199254740992}",
            "{'type':'join','q':'%q','room':'%r','last':99999999999999999999}"),
        objects(
            "objects.bad-post",
            "S-19 S-48",
            "An invalid post MUST be refused with its id, and MUST NOT be delivered.",
            stage -> {
              Talker carol = stage.join("carol");
              for (String wrong :
                  List.of("'text':7", "'text':null", "'text':'x','replyTo':'1'", "'texts':'x'")) {
                carol.send(text("{'type':'post','id':'b','room':'%r'," + wrong + "}", stage));
                carol.receives(error("bad-request", "change").with("id", "b"));
              }
              stage.receivesNothing(stage.bob());
            }),
        objects(
            "objects.lone-surrogate",
            "S-13 S-19",
            "An unpaired surrogate MUST be refused in every field.",
            stage -> {
              Talker carol = stage.join("carol");
              for (String half : List.of("\\ud83d", "\\ude00", "\\ude00\\ud83d", "a\\ud83db")) {
                carol.send(
                    text("{'type':'post','id':'h','room':'%r','text':'" + half + "'}", stage));
                carol.receives(error("bad-request", "change").with("id", "h"));
                carol.send(text("{'type':'ping','q':'" + half + "'}", stage));
                carol.receives(error("bad-request", "change"));
              }
              carol.send(
                  text("{'type':'post','id':'w','room':'%r','text':'\\ud83d\\ude00'}", stage));
              carol.receives(Json.of("ack").with("id", "w"));
              stage.bob().receives(stage.message(carol, "\ud83d\ude00"));
              stage.receivesNothing(stage.bob());
            }),
        objects(
            "objects.duplicate-names",
            "S-10 S-19",
            "An object with a duplicate name MUST be refused with bad-request.",
            stage -> {
              Talker carol = stage.join("carol");
              for (String twice :
                  List.of(
                      "{'type':'ping','type':'ping'}",
                      "{'type':'ping','x':1,'x':2}",
                      "{'type':'post','id':'d','room':'%r','text':'a','text':'b'}",
                      "{'type':'post','id':'d','room':'%r','text':'a','te\\u0078t':'b'}")) {
                carol.send(text(twice, stage));
                carol.receives(error("bad-request", "change"));
              }
              stage.receivesNothing(stage.bob());
            }),
        objects(
                "objects.not-json",
                "S-10 S-19",
                "Anything but one JSON object MUST be refused with bad-request, and the connection"
                    + " stays.",
                stage -> {
                  Talker carol = stage.join("carol");
                  for (String wrong :
                      List.of(
                          "",
                          "hello",
                          "{",
                          "[]",
                          "7",
                          "null",
                          "'ping'",
                          "{'type':'ping'}{'type':'ping'}",
                          "{'type':'ping'} x",
                          "{'type':'ping',}",
                          "{type:'ping'}",
                          "{'type':'ping','x':'\n'}",
                          "{'type':'ping','x':01}",
                          "{'type':'ping','x':NaN}",
                          "\ufeff{'type':'ping'}",
                          "{'type':['ping']}")) {
                    carol.send(text(wrong, stage));
                    carol.receives(error("bad-request", "change"));
                  }
                })
            .danger(Danger.ROUGH),
        objects(
                "objects.not-utf8",
                "S-10 S-19",
                "Bytes that are not UTF-8 MUST be refused with bad-request or bye protocol.",
                ObjectCases::notUtf8)
            .danger(Danger.ROUGH)
            .only(Surface.TCP),
        objects(
            "objects.too-long",
            "S-25",
            "A text of maxMessageBytes MUST be accepted, and a longer one MUST be refused with"
                + " too-long.",
            ObjectCases::tooLong),
        objects(
            "objects.escaped",
            "S-04 S-13",
            "A text of maxMessageBytes MUST be accepted even if each byte takes six in JSON.",
            stage -> {
              Talker carol = stage.join("carol");
              String longest = "\1".repeat(maxMessageBytes(stage));
              carol.posts(stage.room(), longest);
              stage.bob().receives(stage.message(carol, longest));
            }),
        objects(
                "objects.too-big",
                "S-04 S-49 S-61",
                "A frame longer than 8 times maxMessageBytes MUST be answered by bye protocol, from"
                    + " its length alone.",
                stage -> {
                  for (long extra : List.of(1L, 1L << 30)) {
                    Talker carol = stage.join("carol");
                    long length = 8L * maxMessageBytes(stage) + extra;
                    carol.line().send(carol.line().wire().announce(length));
                    carol.receivesBye("protocol", "stop");
                  }
                })
            .danger(Danger.FATAL));
  }

  private static SessionCase objects(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_OBJECTS, id, requirements, sentence, body);
  }

  /** Checks that each of these is refused, with its q. */
  private static SessionCase bad(String id, String requirements, String sentence, String... wrong) {
    return objects(
        id,
        requirements,
        sentence,
        stage -> {
          Talker carol = stage.enter("carol");
          for (String each : wrong) {
            String q = carol.newQ();
            carol.send(text(each.replace("%q", q), stage));
            carol.receives(error("bad-request", "change").with("q", q));
          }
          carol.answersPing();
        });
  }

  /** Replaces apostrophes with quotes, and {@code %r} with the room of the case. */
  private static String text(String written, SessionStage stage) {
    return written.replace('\'', '"').replace("%r", stage.room());
  }

  private static void taken(SessionStage stage, String ping) throws Broken, InterruptedException {
    Talker carol = stage.join("carol");
    carol.send(text(ping.replace("%q", "taken"), stage));
    carol.receives(Json.of("pong").with("q", "taken"));
  }

  private static void unsupported(SessionStage stage) throws Broken, InterruptedException {
    Talker carol = stage.join("carol");
    Json room = Json.empty().with("room", stage.room());
    for (Json request :
        List.of(
            room.with("type", "history").with("before", 1).with("limit", 1),
            room.with("type", "search").with("query", "x").with("limit", 1),
            room.with("type", "rooms"),
            room.with("type", "members"),
            room.with("type", "read").with("seq", 1),
            room.with("type", "delete").with("seq", 1),
            room.with("type", "topic").with("text", "x"),
            room.with("type", "claim"),
            room.with("type", "link"),
            room.with("type", "block"),
            room.with("type", "tokens").with("action", "list"),
            room.with("type", "moderate").with("action", "open"))) {
      if (request.is("read") && !carol.hasFeature("read")) {
        carol.send(request); // a read has no q
        carol.receives(error("unknown-type", "change"));
      } else if (!carol.hasFeature(request.text("type"))) {
        carol.refused(request, "unknown-type", "change");
      }
    }
  }

  private static void notUtf8(SessionStage stage) throws Broken, InterruptedException {
    for (String bytes : List.of("e9", "c0 af", "ed a0 80", "f4 90 80 80", "e2 82")) {
      Bytes begin = Bytes.utf8("{\"type\":\"ping\",\"x\":\"");
      Talker carol = stage.join("carol");
      carol.line().send(carol.line().wire().frame(begin.plus(Bytes.hex(bytes)).plus("\"}")));
      Json answer = carol.take(1).get(0);
      if (answer.contains(error("bad-request", "change"))) {
        carol.answersPing();
      } else if (answer.contains(Json.of("bye").with("code", "protocol"))) {
        carol.closes();
      } else {
        throw new Broken("an error bad-request, or bye protocol", "carol received " + answer);
      }
    }
  }

  static int maxMessageBytes(SessionStage stage) throws Broken {
    return (int) stage.alice().welcome().object("limits").number("maxMessageBytes");
  }

  private static void tooLong(SessionStage stage) throws Broken, InterruptedException {
    int most = maxMessageBytes(stage);
    Talker carol = stage.join("carol");
    String longest = "\u00e9".repeat(most / 2) + "e".repeat(most % 2);
    carol.posts(stage.room(), longest);
    stage.bob().receives(stage.message(carol, longest));
    for (String text : List.of(longest + "e", "x".repeat(most + 1))) {
      Json post = carol.post(stage.room(), text);
      carol.send(post);
      carol.receives(error("too-long", "change").with("id", post.text("id")));
    }
    carol.answersPing();
    stage.receivesNothing(stage.bob());
  }
}
