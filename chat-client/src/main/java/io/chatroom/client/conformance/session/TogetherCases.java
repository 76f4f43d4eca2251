package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Section;
import io.chatroom.client.conformance.session.SeedMember.Post;
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
              post(carol, stage, "hello, sam");
              sam.takeUntil(new Post(carol.name(), "hello, sam"));
              sam.send("hello, carol");
              carol.takeUntil(messageOf(stage, sam, "hello, carol"));
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
              Talker carol = stage.enter("carol");
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
                carol.send(members.with("q", q));
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

  private static Json messageOf(SessionStage stage, SeedMember member, String text) {
    return Json.of("message")
        .with("room", stage.seedRoom())
        .with("from", member.name())
        .with("text", text);
  }

  /** Waits until the talker receives a message of the member; a registration has no reply. */
  private static void meet(SessionStage stage, Talker talker, SeedMember member)
      throws Broken, InterruptedException {
    member.send("here I am");
    talker.takeUntil(messageOf(stage, member, "here I am"));
  }

  private static void post(Talker talker, SessionStage stage, String text)
      throws Broken, InterruptedException {
    Json post = talker.post(stage.seedRoom(), text);
    talker.send(post);
    talker.takeUntil(Json.of("ack").with("id", post.text("id")));
  }

  private static void oneOrder(SessionStage stage) throws Broken, InterruptedException {
    SeedMember sam = member(stage, "sam");
    SeedMember listener = member(stage, "listener");
    Talker carol = stage.join("carol", stage.seedRoom());
    Talker dora = stage.join("dora", stage.seedRoom());
    meet(stage, carol, sam);
    meet(stage, carol, listener);
    post(dora, stage, "let us begin");
    for (int i = 1; i <= 30; i++) {
      carol.send(carol.post(stage.seedRoom(), "carol " + i));
      sam.send("sam " + i);
    }
    carol.send(carol.post(stage.seedRoom(), "carol's last"));
    sam.send("sam's last");
    takeBoth(
        dora,
        SessionStage.message(stage.seedRoom(), carol, "carol's last"),
        messageOf(stage, sam, "sam's last"));
    post(dora, stage, "the end");
    List<Post> bySeed = listener.takeUntil(new Post(dora.name(), "the end"));
    Talker late = stage.enter("late");
    late.send(Json.of("join").with("room", stage.seedRoom()).with("last", 200));
    Json joined = late.receives(Json.of("joined"));
    List<Post> bySession = new ArrayList<>();
    for (Json each : late.take((int) Math.min(200, joined.number("seq")))) {
      if (each.is("message") && stage.setting().tag().isIn(each.text("from"))) {
        bySession.add(new Post(each.text("from"), each.text("text")));
      }
    }
    Post begin = new Post(dora.name(), "let us begin");
    same(behind(bySession, begin), behind(bySeed, begin), "the seed member");
    List<Post> bySam = sam.takeUntil(new Post(dora.name(), "the end"));
    List<Post> lessItsOwn =
        bySession.stream().filter(sent -> !sent.name().equals(sam.name())).toList();
    same(behind(lessItsOwn, begin), behind(bySam, begin), "sam");
  }

  /** Takes objects until both have come, in either order. */
  private static void takeBoth(Talker talker, Json one, Json other)
      throws Broken, InterruptedException {
    boolean receivedOne = false;
    boolean receivedOther = false;
    while (!receivedOne || !receivedOther) {
      Json next = talker.take(1).get(0);
      receivedOne |= next.contains(one);
      receivedOther |= next.contains(other);
    }
  }

  private static List<Post> behind(List<Post> sent, Post begin) {
    return sent.subList(sent.indexOf(begin) + 1, sent.size());
  }

  private static void same(List<Post> expected, List<Post> received, String who) throws Broken {
    for (int i = 0; i < expected.size(); i++) {
      if (i >= received.size() || !received.get(i).equals(expected.get(i))) {
        throw new Broken(
            "%s receives, as message %d, what sessions receive: %s"
                .formatted(who, i + 1, expected.get(i).text()),
            i >= received.size()
                ? "it received nothing more"
                : "it received " + received.get(i).text());
      }
    }
  }

  private static void messagesOnly(SessionStage stage) throws Broken, InterruptedException {
    SeedMember sam = member(stage, "sam");
    Talker carol = stage.join("carol", stage.seedRoom());
    meet(stage, carol, sam);
    post(carol, stage, "one");
    if (carol.hasFeature("topic")) {
      String q = carol.newQ();
      String topic =
          stage.nameOf("topic"); // has the tag of the case, so sam notices if it is relayed
      Json request = Json.of("topic").with("q", q).with("room", stage.seedRoom());
      carol.send(request.with("text", topic));
      carol.takeUntil(Json.of("event").with("text", topic));
      carol.send(request.with("text", ""));
      carol.takeUntil(Json.of("event").with("text", ""));
    }
    Talker dora = stage.join("dora", stage.seedRoom());
    dora.send(Json.of("bye"));
    dora.closes();
    post(carol, stage, "two");
    sam.takeUntil(new Post(carol.name(), "one"));
    List<Post> received = sam.takeUntil(new Post(carol.name(), "two"));
    if (received.size() > 1) {
      throw new Broken("sam receives \"two\" next", "it received " + received.get(0));
    }
  }
}
