package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.HelloCases.error;
import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Section;
import java.util.List;
import java.util.Locale;

/** Rooms: joining, leaving, names, members and topics. */
final class RoomsCases {

  private RoomsCases() {}

  static List<SessionCase> all() {
    return List.of(
        rooms(
            "rooms.joined",
            "S-23 S-41",
            "A joined MUST have the epoch, the newest and the oldest seq, the members and the"
                + " role.",
            RoomsCases::joined),
        rooms(
            "rooms.made-by-joining",
            "S-23 S-50",
            "A room MUST be created when it is first joined, with no seq given yet.",
            stage -> {
              Talker carol = stage.enter("carol");
              Json joined = carol.join(stage.room("new"));
              if (joined.number("seq") != 0 || joined.number("first") != 1) {
                throw new Broken("seq 0 and first 1 in a new room", "it received " + joined);
              }
              Json ack = carol.posts(stage.room("new"), "first!");
              if (ack.number("seq") != 1) {
                throw new Broken("seq 1 for the first post in a room", "it received " + ack);
              }
            }),
        rooms(
            "rooms.live-only",
            "S-23 S-52",
            "After a join without after and last, a session MUST NOT be sent older messages.",
            stage -> {
              Talker carol = stage.join("carol");
              stage.receivesNothing(carol);
            }),
        rooms(
            "rooms.same-name",
            "S-16",
            "Room names MUST be compared by NFKC and case folding.",
            RoomsCases::sameName),
        rooms(
            "rooms.name-bad",
            "S-16 S-19",
            "A room name that is not 1 to 64 bytes of letters, digits, \".\", \"_\" and \"-\""
                + " MUST be refused.",
            stage -> {
              Talker carol = stage.enter("carol");
              for (String name : List.of("", "a b", "a/b", "a\0", "#a", "a@b", "x".repeat(65))) {
                carol.refused(Json.of("join").with("room", name), "bad-request", "change");
              }
              String longest = stage.room("") + "x".repeat(64 - stage.room("").length());
              carol.join(longest);
            }),
        rooms(
            "rooms.apart",
            "S-50",
            "A post MUST be delivered in its room only, and each room has seqs of its own.",
            stage -> {
              Talker carol = stage.join("carol", stage.room("apart"));
              Talker dora = stage.join("dora", stage.room("apart"));
              Json ack = carol.posts(stage.room("apart"), "only here");
              dora.receives(
                  SessionStage.message(stage.room("apart"), carol, "only here").with("seq", 1L));
              if (ack.number("seq") != 1) {
                throw new Broken("seq 1 for the first post in a room", "it received " + ack);
              }
              stage.receivesNothing(stage.bob());
              dora.answersPing();
            }),
        rooms(
            "rooms.leave",
            "S-24 S-47",
            "A leave MUST be answered by left, and nothing of the room comes after that.",
            stage -> {
              Talker carol = stage.join("carol");
              carol.asks(
                  Json.of("leave").with("room", stage.room()),
                  Json.of("left").with("room", stage.room()));
              stage.alice().posts(stage.room(), "gone?");
              stage.bob().receives(stage.message(stage.alice(), "gone?"));
              carol.answersPing();
              carol.join(stage.room());
              stage.receivesNothing(carol);
            }),
        rooms(
            "rooms.leave-unjoined",
            "S-24",
            "A leave of a room that was not joined MUST be refused with not-joined.",
            stage ->
                stage
                    .enter("carol")
                    .refused(Json.of("leave").with("room", stage.room()), "not-joined", "ask")),
        rooms(
            "rooms.join-again",
            "S-23",
            "A join of a room that the session is in MUST be answered by joined alone.",
            stage -> {
              ResumeCases.postMissed(stage, 3);
              Talker carol = stage.join("carol");
              carol.join(Json.of("join").with("room", stage.room()).with("last", 3));
              stage.receivesNothing(carol);
            }),
        rooms(
            "rooms.not-joined",
            "S-25 S-48",
            "A post to a room that was not joined MUST be refused with not-joined, with its id.",
            stage -> {
              Talker carol = stage.enter("carol");
              Json post = carol.post(stage.room(), "from outside");
              carol.send(post);
              carol.receives(error("not-joined", "ask").with("id", post.text("id")));
              stage.receivesNothing(stage.bob());
            }),
        rooms(
            "rooms.many",
            "S-23",
            "A session MUST be able to be in several rooms at once, and receive the messages of"
                + " each.",
            stage -> {
              Talker carol = stage.enter("carol");
              for (String suffix : List.of("a", "b", "c")) {
                carol.join(stage.room(suffix));
              }
              Talker dora = stage.enter("dora");
              for (String suffix : List.of("c", "a", "b")) {
                dora.join(stage.room(suffix));
                dora.posts(stage.room(suffix), suffix);
                carol.receives(SessionStage.message(stage.room(suffix), dora, suffix));
              }
            }),
        rooms(
            "rooms.list",
            "S-28 S-47",
            "A rooms request MUST be answered by the rooms, each with its count and its newest"
                + " seq.",
            RoomsCases::list),
        rooms(
            "rooms.members",
            "S-29 S-47",
            "A members request MUST be answered by the names of the members of the room, and their"
                + " count.",
            RoomsCases::members),
        rooms(
            "rooms.topic",
            "S-32 S-41 S-43",
            "A topic MUST be an event in the room's order, sent to all in it, and be in every later"
                + " joined.",
            RoomsCases::topic));
  }

  private static SessionCase rooms(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_REQUESTS, id, requirements, sentence, body);
  }

  private static void joined(SessionStage stage) throws Broken, InterruptedException {
    Json ack = stage.alice().posts(stage.room(), "the newest");
    Talker carol = stage.join("carol");
    Json joined = carol.joined();
    joined.text("epoch");
    joined.text("role");
    long first = joined.number("first");
    long newest = ack.number("seq");
    if (joined.number("seq") != newest || first < 1 || first > newest + 1) {
      throw new Broken(
          "seq %d, and first from 1 to one above it".formatted(newest), "it received " + joined);
    }
    List<String> members = joined.texts("members");
    List<String> expected = List.of(stage.alice().name(), stage.bob().name(), carol.name());
    if (joined.number("count") != 3
        || !members.containsAll(expected)
        || members.size() != expected.size()) {
      throw new Broken("count 3 and members " + expected, "it received " + joined);
    }
  }

  private static void sameName(SessionStage stage) throws Broken, InterruptedException {
    Talker carol = stage.enter("carol");
    String wide = stage.room().replace('k', '\uff2b').toUpperCase(Locale.ROOT);
    Json join = Json.of("join").with("room", wide);
    Json joined = carol.asks(join, Json.of("joined"));
    if (!joined.text("epoch").equals(stage.alice().joined().text("epoch"))
        || joined.number("count") != 3) {
      throw new Broken(wide + " is the room " + stage.room(), "carol received " + joined);
    }
    stage.alice().posts(stage.room(), "one room");
    carol.receives(Json.of("message").with("text", "one room"));
  }

  private static void list(SessionStage stage) throws Broken, InterruptedException {
    long newest = stage.alice().posts(stage.room(), "the newest").number("seq");
    Talker carol = stage.enter("carol");
    if (!carol.supports("rooms", Json.of("rooms"))) {
      return;
    }
    carol.join(stage.room("b"));
    String before = stage.room().substring(0, stage.room().length() - 1);
    Json rooms =
        carol.asks(Json.of("rooms").with("room", before).with("limit", 200), Json.of("rooms"));
    Json expected = Json.empty().with("room", stage.room()).with("count", 2L).with("seq", newest);
    if (rooms.objects("rooms").stream().noneMatch(room -> room.contains(expected))) {
      throw new Broken(expected + " among the rooms", "carol received " + rooms);
    }
    Json one = carol.asks(Json.of("rooms").with("limit", 1), Json.of("rooms"));
    if (one.objects("rooms").size() != 1) {
      throw new Broken("one room, as the limit says", "carol received " + one);
    }
    String last = one.objects("rooms").get(0).text("room");
    Json behind =
        carol.asks(Json.of("rooms").with("room", last).with("limit", 200), Json.of("rooms"));
    if (behind.objects("rooms").stream().anyMatch(room -> last.equals(room.get("room")))) {
      throw new Broken("only rooms after " + last, "carol received " + behind);
    }
  }

  private static void members(SessionStage stage) throws Broken, InterruptedException {
    Talker alice = stage.alice();
    Json request = Json.of("members").with("room", stage.room());
    if (!alice.supports("members", request)) {
      return;
    }
    Json answer = alice.asks(request, Json.of("members").with("count", 2));
    List<String> expected = List.of(stage.alice().name(), stage.bob().name());
    List<String> members = answer.texts("members");
    if (members.size() != 2 || !members.containsAll(expected)) {
      throw new Broken("members " + expected, "alice received " + answer);
    }
    Json one = alice.asks(request.with("limit", 1), Json.of("members").with("count", 2));
    if (one.texts("members").size() != 1) {
      throw new Broken("one member, as the limit says", "alice received " + one);
    }
  }

  private static void topic(SessionStage stage) throws Broken, InterruptedException {
    Talker alice = stage.alice();
    Json topic = Json.of("topic").with("room", stage.room()).with("text", "cats");
    if (!alice.supports("topic", topic)) {
      return;
    }
    long before = alice.posts(stage.room(), "what now?").number("seq");
    stage.bob().receives(stage.message(alice, "what now?"));
    alice.send(topic.with("q", alice.newQ()));
    Json event =
        Json.of("event")
            .with("room", stage.room())
            .with("kind", "topic")
            .with("by", alice.name())
            .with("text", "cats")
            .with("seq", before + 1);
    alice.receives(event);
    stage.bob().receives(event);
    Json joined = stage.join("carol").joined();
    if (!joined.contains(Json.empty().with("topic", "cats"))) {
      throw new Broken("the topic in joined", "carol received " + joined);
    }
  }
}
