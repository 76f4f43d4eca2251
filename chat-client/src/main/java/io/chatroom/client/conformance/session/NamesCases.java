package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.HelloCases.error;
import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Section;
import io.chatroom.client.conformance.Surface;
import java.util.List;

/** Owned names, and what only their owners may do. */
final class NamesCases {

  private NamesCases() {}

  static List<SessionCase> all() {
    return List.of(
        names(
                "names.claim",
                "S-33 S-42",
                "A claim MUST be answered by a token; a connection with it owns the name, and its"
                    + " messages are marked as owned.",
                NamesCases::claim)
            .only(Surface.TCP),
        names(
            "names.owned",
            "S-21",
            "An owned name without its token MUST be refused with name-owned.",
            stage -> {
              if (stage.alice().hasFeature("claim")) {
                Talker thief = thief(stage, stage.owner().name());
                thief.send(thief.hello());
                thief.receives(error("name-owned", "ask"));
              }
            }),
        names(
                "names.token-wrong",
                "S-21",
                "A token that is not the name's MUST be refused with token-wrong, even if nobody"
                    + " owns the name.",
                stage -> {
                  if (stage.alice().hasFeature("claim")) {
                    for (String name : List.of(stage.owner().name(), stage.newName("free"))) {
                      Talker thief = thief(stage, name);
                      thief.useSecret("token", "A".repeat(43));
                      thief.send(thief.hello());
                      thief.receives(error("token-wrong", "ask"));
                    }
                  }
                })
            .only(Surface.TCP),
        names(
            "names.look-alike",
            "S-21",
            "A name that differs from an owned one only by case, width, invisible characters or"
                + " look-alike letters MUST be refused.",
            NamesCases::lookAlike),
        names(
                "names.link",
                "S-37",
                "A link MUST be answered by a code that serves as a token in one hello.",
                NamesCases::link)
            .only(Surface.TCP),
        names(
                "read.all-sessions",
                "S-30 S-41",
                "A read MUST be sent to all sessions of that name, and the mark MUST only grow.",
                NamesCases::read)
            .only(Surface.TCP),
        names(
            "read.guest",
            "S-30",
            "A read by a session that does not own its name MUST be refused with forbidden.",
            stage -> {
              Talker alice = stage.alice();
              if (alice.hasFeature("read")) {
                alice.send(Json.of("read").with("room", stage.room()).with("seq", 1));
                alice.receives(error("forbidden", "ask").with("room", stage.room()));
              }
            }),
        names(
            "delete.erases",
            "S-31 S-42 S-43",
            "A delete by the author MUST be an event in the room's order, and the text MUST be gone"
                + " from everything that is read later.",
            NamesCases::delete),
        names(
            "delete.forbidden",
            "S-31",
            "A delete of somebody else's message, or of one posted under a name that nobody owned,"
                + " MUST be refused with forbidden.",
            stage -> {
              Talker alice = stage.alice();
              if (!alice.hasFeature("delete") || !alice.hasFeature("claim")) {
                return;
              }
              long seq = alice.posts(stage.room(), "mine").number("seq");
              stage.bob().receives(stage.message(alice, "mine"));
              Json delete = Json.of("delete").with("room", stage.room()).with("seq", seq);
              alice.refused(delete, "forbidden", "ask");
              Talker owner = stage.owner();
              owner.join(stage.room());
              owner.refused(delete, "forbidden", "ask");
            }));
  }

  /** Cases for a server that asks for a key, which the kit was given. */
  static List<SessionCase> ofKeys() {
    return List.of(
        names(
            "key.wrong",
            "S-21 S-61",
            "A hello with a wrong key or without one MUST be answered by bye key-wrong.",
            stage -> {
              Talker carol = stage.connectAndOpen("carol");
              carol.send(carol.hello().without("key"));
              carol.receivesBye("key-wrong", "stop");
              Talker dora = stage.connectAndOpen("dora");
              dora.send(dora.hello().with("key", "not-the-key-of-this-server"));
              dora.receivesBye("key-wrong", "stop");
            }));
  }

  private static SessionCase names(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_REQUESTS, id, requirements, sentence, body);
  }

  private static Talker thief(SessionStage stage, String name) throws Broken {
    Talker thief = stage.connect(stage.wire(), "thief", name, Talker.newClient(), false);
    thief.open();
    return thief;
  }

  private static void claim(SessionStage stage) throws Broken, InterruptedException {
    Talker carol = stage.join("carol");
    if (!carol.supports("claim", Json.of("claim"))) {
      return;
    }
    carol.posts(stage.room(), "a guest");
    Json guest = stage.bob().receives(stage.message(carol, "a guest"));
    if (guest.has("owned")) {
      throw new Broken("no owned in a guest's message", "bob received " + guest);
    }
    Talker back = stage.enterAs("carol", carol.name(), carol.claim());
    if (!back.welcome().flag("owned")) {
      throw new Broken("owned true in the welcome", "it received " + back.welcome());
    }
    back.join(stage.room());
    back.posts(stage.room(), "its owner");
    stage.bob().receives(stage.message(back, "its owner").with("owned", true));
  }

  private static void lookAlike(SessionStage stage) throws Broken, InterruptedException {
    if (!stage.alice().hasFeature("claim")) {
      return;
    }
    String name = stage.owner().name();
    for (String fake :
        List.of(
            name.replace("owner", "OWNER"),
            name.replace("owner", "\uff4fwner"),
            name.replace("owner", "o\u200dwner"),
            name.replace("owner", "\u043ewner"))) {
      Talker thief = thief(stage, fake);
      thief.send(thief.hello());
      Json refusal = thief.receives(Json.of("error").with("do", "ask"));
      if (!List.of("name-owned", "name-looks-alike").contains(refusal.text("code"))) {
        throw new Broken("name-owned or name-looks-alike", "it received " + refusal);
      }
    }
  }

  private static void link(SessionStage stage) throws Broken, InterruptedException {
    Talker carol = stage.join("carol");
    if (!carol.supports("link", Json.of("link"))) {
      return;
    }
    carol.refused(Json.of("link"), "forbidden", "ask");
    carol.claim();
    Json link = carol.asks(Json.of("link"), Json.of("link"));
    link.number("seconds");
    Talker phone = stage.enterAs("phone", carol.name(), link.text("code"));
    if (!phone.welcome().flag("owned")) {
      throw new Broken("owned true in the welcome", "it received " + phone.welcome());
    }
    Talker thief = thief(stage, carol.name());
    thief.useSecret("token", link.text("code"));
    thief.send(thief.hello());
    thief.receives(error("token-wrong", "ask"));
  }

  private static void read(SessionStage stage) throws Broken, InterruptedException {
    Talker carol = stage.join("carol");
    if (!carol.hasFeature("read") || !carol.hasFeature("claim")) {
      return;
    }
    String token = carol.claim();
    Talker desk = stage.enterAs("desk", carol.name(), token);
    desk.join(stage.room());
    Talker phone = stage.enterAs("phone", carol.name(), token);
    phone.join(stage.room());
    long seq = stage.alice().posts(stage.room(), "read this").number("seq");
    Json message = stage.message(stage.alice(), "read this");
    desk.receives(message);
    phone.receives(message);
    Json read = Json.of("read").with("room", stage.room());
    desk.send(read.with("seq", seq));
    desk.receives(read.with("seq", seq));
    phone.receives(read.with("seq", seq));
    phone.send(read.with("seq", 1));
    phone.receives(read.with("seq", seq));
    Talker later = stage.enterAs("later", carol.name(), token);
    Json joined = later.join(stage.room());
    if (!joined.contains(Json.empty().with("read", seq))) {
      throw new Broken("read %d in joined".formatted(seq), "it received " + joined);
    }
  }

  private static void delete(SessionStage stage) throws Broken, InterruptedException {
    Talker alice = stage.alice();
    if (!alice.hasFeature("delete") || !alice.hasFeature("claim")) {
      return;
    }
    Talker owner = stage.owner();
    owner.join(stage.room());
    long seq = owner.posts(stage.room(), "a regretted word").number("seq");
    alice.receives(stage.message(owner, "a regretted word"));
    stage.bob().receives(stage.message(owner, "a regretted word"));
    Json delete = Json.of("delete").with("room", stage.room()).with("seq", seq);
    owner.send(delete.with("q", owner.newQ()));
    Json event =
        Json.of("event")
            .with("room", stage.room())
            .with("seq", seq + 1)
            .with("kind", "deleted")
            .with("by", owner.name())
            .with("target", seq);
    owner.receives(event);
    alice.receives(event);
    stage.bob().receives(event);
    owner.refused(delete, "bad-request", "change");
    Talker carol = stage.enter("carol");
    carol.join(Json.of("join").with("room", stage.room()).with("last", 2));
    Json kept = carol.receives(Json.of("message").with("seq", seq).with("from", owner.name()));
    if (kept.has("text") || !kept.contains(Json.empty().with("deleted", true))) {
      throw new Broken("deleted true and no text", "it received " + kept);
    }
    carol.receives(event);
    if (carol.hasFeature("search")) {
      Json search = Json.of("search").with("room", stage.room()).with("query", "regretted");
      Json page = carol.asks(search.with("limit", 10), Json.of("page"));
      if (!page.objects("messages").isEmpty()) {
        throw new Broken("a search that finds no deleted message", "it received " + page);
      }
    }
  }
}
