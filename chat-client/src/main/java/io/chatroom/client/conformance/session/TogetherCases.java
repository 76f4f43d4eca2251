package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Section;
import io.chatroom.client.conformance.session.SeedMember.Said;
import java.util.ArrayList;
import java.util.List;

/** Sessions and members of the seed's protocol in one room, which others may use too. */
final class TogetherCases {

  private TogetherCases() {}

  static List<SessionCase> all() {
    return List.of(
        together(
            "together.hear-each-other",
            "S-01 S-50",
            "Sessions and seed members in one room MUST receive each other's messages.",
            stage -> {
              SeedMember sam = member(stage, "sam");
              Talker carol = stage.join("carol", stage.seedRoom());
              meet(stage, carol, sam);
              posts(carol, stage, "hello, sam");
              sam.takeUntil(new Said(carol.name(), "hello, sam"));
              sam.say("hello, carol");
              carol.takeUntil(said(stage, sam, "hello, carol"));
            }),
        together(
            "together.one-order",
            "S-50",
            "Sessions and seed members MUST receive one order, each seed member without its own"
                + " messages.",
            TogetherCases::oneOrder),
        together(
            "together.messages-only",
            "S-50",
            "A seed member MUST be sent messages only: no ack, no event, no presence.",
            TogetherCases::messagesOnly),
        together(
            "together.counted",
            "S-41",
            "The count of a room MUST include its sessions and its seed members.",
            stage -> {
              Talker carol = stage.come("carol");
              Json members = Json.of("members").with("room", stage.seedRoom()).with("limit", 200);
              SeedMember sam = member(stage, "sam");
              meet(stage, stage.join("dora", stage.seedRoom()), sam);
              carol.join(stage.seedRoom());
              boolean named = carol.joined().has("members");
              if (named && !carol.joined().texts("members").contains(sam.name())) {
                throw new Broken(
                    sam.name() + " among the members", "carol received " + carol.joined());
              }
              if (carol.joined().number("count") < 3) {
                throw new Broken("a count of at least 3", "carol received " + carol.joined());
              }
              if (carol.hasFeature("members")) {
                String q = carol.newQ();
                carol.say(members.with("q", q));
                carol.takeUntil(Json.of("members").with("q", q));
              }
            }));
  }

  private static SessionCase together(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_LAWS, id, requirements, sentence, body);
  }

  private static SeedMember member(SessionStage stage, String role) throws Broken {
    return stage.seed(role);
  }

  private static Json said(SessionStage stage, SeedMember member, String text) {
    return Json.of("message")
        .with("room", stage.seedRoom())
        .with("from", member.name())
        .with("text", text);
  }

  /** Waits until the talker receives a message of the member; a registration has no reply. */
  private static void meet(SessionStage stage, Talker talker, SeedMember member)
      throws Broken, InterruptedException {
    member.say("here I am");
    talker.takeUntil(said(stage, member, "here I am"));
  }

  private static void posts(Talker talker, SessionStage stage, String text)
      throws Broken, InterruptedException {
    Json post = talker.post(stage.seedRoom(), text);
    talker.say(post);
    talker.takeUntil(Json.of("ack").with("id", post.text("id")));
  }

  private static void oneOrder(SessionStage stage) throws Broken, InterruptedException {
    SeedMember sam = member(stage, "sam");
    SeedMember listener = member(stage, "listener");
    Talker carol = stage.join("carol", stage.seedRoom());
    Talker dora = stage.join("dora", stage.seedRoom());
    meet(stage, carol, sam);
    meet(stage, carol, listener);
    posts(dora, stage, "let us begin");
    for (int i = 1; i <= 30; i++) {
      carol.say(carol.post(stage.seedRoom(), "carol " + i));
      sam.say("sam " + i);
    }
    carol.say(carol.post(stage.seedRoom(), "carol's last"));
    sam.say("sam's last");
    takeBoth(
        dora,
        SessionStage.message(stage.seedRoom(), carol, "carol's last"),
        said(stage, sam, "sam's last"));
    posts(dora, stage, "the end");
    List<Said> bySeed = listener.takeUntil(new Said(dora.name(), "the end"));
    Talker late = stage.come("late");
    late.say(Json.of("join").with("room", stage.seedRoom()).with("last", 200));
    Json joined = late.hears(Json.of("joined"));
    List<Said> bySession = new ArrayList<>();
    for (Json each : late.take((int) Math.min(200, joined.number("seq")))) {
      if (each.is("message") && stage.setting().tag().isIn(each.text("from"))) {
        bySession.add(new Said(each.text("from"), each.text("text")));
      }
    }
    Said begin = new Said(dora.name(), "let us begin");
    same(behind(bySession, begin), behind(bySeed, begin), "the seed member");
    List<Said> bySam = sam.takeUntil(new Said(dora.name(), "the end"));
    List<Said> lessItsOwn =
        bySession.stream().filter(said -> !said.name().equals(sam.name())).toList();
    same(behind(lessItsOwn, begin), behind(bySam, begin), "sam");
  }

  /** Takes objects until both have come, in either order. */
  private static void takeBoth(Talker talker, Json one, Json other)
      throws Broken, InterruptedException {
    boolean heardOne = false;
    boolean heardOther = false;
    while (!heardOne || !heardOther) {
      Json next = talker.take(1).get(0);
      heardOne |= next.contains(one);
      heardOther |= next.contains(other);
    }
  }

  private static List<Said> behind(List<Said> said, Said begin) {
    return said.subList(said.indexOf(begin) + 1, said.size());
  }

  private static void same(List<Said> expected, List<Said> heard, String who) throws Broken {
    for (int i = 0; i < expected.size(); i++) {
      if (i >= heard.size() || !heard.get(i).equals(expected.get(i))) {
        throw new Broken(
            "%s receives, as message %d, what sessions receive: %s"
                .formatted(who, i + 1, expected.get(i).text()),
            i >= heard.size() ? "it received nothing more" : "it received " + heard.get(i).text());
      }
    }
  }

  private static void messagesOnly(SessionStage stage) throws Broken, InterruptedException {
    SeedMember sam = member(stage, "sam");
    Talker carol = stage.join("carol", stage.seedRoom());
    meet(stage, carol, sam);
    posts(carol, stage, "one");
    if (carol.hasFeature("topic")) {
      String q = carol.newQ();
      String topic =
          stage.nameOf("topic"); // has the tag of the case, so sam notices if it is relayed
      Json request = Json.of("topic").with("q", q).with("room", stage.seedRoom());
      carol.say(request.with("text", topic));
      carol.takeUntil(Json.of("event").with("text", topic));
      carol.say(request.with("text", ""));
      carol.takeUntil(Json.of("event").with("text", ""));
    }
    Talker dora = stage.join("dora", stage.seedRoom());
    dora.say(Json.of("bye"));
    dora.closes();
    posts(carol, stage, "two");
    sam.takeUntil(new Said(carol.name(), "one"));
    List<Said> heard = sam.takeUntil(new Said(carol.name(), "two"));
    if (heard.size() > 1) {
      throw new Broken("sam receives two next", "it received " + heard.get(0));
    }
  }
}
