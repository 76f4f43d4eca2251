package io.chatroom.protocol.session;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The fields of objects from servers, for reading. */
final class ServerShapes {

  private static final int MAX_WORDS = 64;

  private static final Value<String> STRING = Value.STRING;
  private static final Value<Long> INTEGER = Value.INTEGER;
  private static final Value<Boolean> BOOLEAN = Value.BOOLEAN;
  private static final Value<List<String>> NAMES = Value.list(STRING, SessionLimits.MAX_LISTED);
  private static final Value<Object> TARGET = Value.either(STRING, INTEGER);

  private static final Map<String, Do> DOS =
      Arrays.stream(Do.values()).collect(Collectors.toUnmodifiableMap(Do::text, act -> act));

  private static final Map<String, FromServer.Resume> RESUMES =
      Arrays.stream(FromServer.Resume.values())
          .collect(Collectors.toUnmodifiableMap(FromServer.Resume::text, resume -> resume));

  private static final Map<String, Value<?>> MESSAGE_FIELDS =
      Map.of(
          "room", STRING,
          "seq", INTEGER,
          "at", INTEGER,
          "from", STRING,
          "owned", BOOLEAN,
          "text", STRING,
          "replyTo", INTEGER,
          "deleted", BOOLEAN);

  private static final Map<String, Value<?>> EVENT_FIELDS =
      Map.of(
          "room", STRING,
          "seq", INTEGER,
          "at", INTEGER,
          "kind", STRING,
          "by", STRING,
          "target", TARGET,
          "text", STRING);

  private static final Value<List<Entry>> ENTRIES =
      Value.list(
          Value.object(new Shape<>(entryFields(), ServerShapes::entry)), SessionLimits.MAX_HISTORY);

  private static final Value<List<FromServer.Room>> ROOMS =
      Value.list(
          Value.object(
              new Shape<>(
                  Map.of("room", STRING, "count", INTEGER, "seq", INTEGER, "topic", STRING),
                  fields ->
                      new FromServer.Room(
                          fields.room(),
                          fields.integer("count"),
                          fields.integer("seq"),
                          fields.optionalString("topic")))),
          SessionLimits.MAX_LISTED);

  private static final Value<List<FromServer.BotToken>> BOT_TOKENS =
      Value.list(
          Value.object(
              new Shape<>(
                  Map.of("label", STRING, "rooms", NAMES, "scope", STRING, "at", INTEGER),
                  fields ->
                      new FromServer.BotToken(
                          fields.string("label"),
                          fields.rooms("rooms"),
                          fields.word("scope", ClientShapes.SCOPES),
                          fields.integer("at")))),
          SessionLimits.MAX_LISTED);

  /** By type. */
  static final Map<String, Shape<? extends FromServer>> ALL =
      Map.ofEntries(
          Map.entry(
              "welcome",
              new Shape<>(
                  Map.of(
                      "v", INTEGER,
                      "name", STRING,
                      "owned", BOOLEAN,
                      "server", STRING,
                      "limits", Value.integers(MAX_WORDS),
                      "features", Value.list(STRING, MAX_WORDS),
                      "pingSeconds", INTEGER,
                      "seedRoom", STRING),
                  ServerShapes::welcome)),
          Map.entry("joined", new Shape<>(joinedFields(), ServerShapes::joined)),
          Map.entry("message", new Shape<>(MESSAGE_FIELDS, ServerShapes::message)),
          Map.entry("event", new Shape<>(EVENT_FIELDS, ServerShapes::event)),
          Map.entry(
              "ack",
              new Shape<>(
                  Map.of(
                      "id", STRING,
                      "room", STRING,
                      "seq", INTEGER,
                      "at", INTEGER,
                      "duplicate", BOOLEAN),
                  fields ->
                      new FromServer.Ack(
                          fields.string("id"),
                          fields.room(),
                          fields.integer("seq"),
                          fields.integer("at"),
                          fields.isTrue("duplicate")))),
          Map.entry(
              "gap",
              new Shape<>(
                  Map.of("room", STRING, "from", INTEGER, "to", INTEGER, "why", STRING),
                  fields ->
                      new FromServer.Gap(
                          fields.room(),
                          fields.integer("from"),
                          fields.integer("to"),
                          fields.string("why")))),
          Map.entry(
              "presence",
              new Shape<>(
                  Map.of("room", STRING, "came", NAMES, "went", NAMES, "count", INTEGER),
                  fields ->
                      new FromServer.Presence(
                          fields.room(),
                          fields.listOrEmpty("came"),
                          fields.listOrEmpty("went"),
                          fields.integer("count")))),
          Map.entry(
              "page",
              new Shape<>(
                  Map.of(
                      "q", STRING,
                      "room", STRING,
                      "epoch", STRING,
                      "messages", ENTRIES,
                      "complete", BOOLEAN,
                      "next", INTEGER),
                  fields ->
                      new FromServer.Page(
                          fields.string("q"),
                          fields.optionalRoom("room"),
                          fields.optionalString("epoch"),
                          fields.list("messages"),
                          fields.bool("complete"),
                          fields.optionalInteger("next")))),
          Map.entry(
              "rooms",
              new Shape<>(
                  Map.of("q", STRING, "rooms", ROOMS, "complete", BOOLEAN),
                  fields ->
                      new FromServer.Rooms(
                          fields.string("q"), fields.list("rooms"), fields.bool("complete")))),
          Map.entry(
              "members",
              new Shape<>(
                  Map.of("q", STRING, "room", STRING, "members", NAMES, "count", INTEGER),
                  fields ->
                      new FromServer.Members(
                          fields.string("q"),
                          fields.optionalRoom("room"),
                          fields.list("members"),
                          fields.integer("count")))),
          Map.entry(
              "read",
              new Shape<>(
                  Map.of("room", STRING, "seq", INTEGER),
                  fields -> new FromServer.Read(fields.room(), fields.integer("seq")))),
          Map.entry(
              "owned",
              new Shape<>(
                  Map.of("q", STRING, "token", STRING, "keepDays", INTEGER),
                  fields ->
                      new FromServer.Owned(
                          fields.string("q"),
                          fields.string("token"),
                          fields.optionalInteger("keepDays")))),
          Map.entry(
              "tokens",
              new Shape<>(
                  Map.of("q", STRING, "tokens", BOT_TOKENS, "token", STRING),
                  fields ->
                      new FromServer.Tokens(
                          fields.string("q"),
                          fields.list("tokens"),
                          fields.optionalString("token")))),
          Map.entry(
              "link",
              new Shape<>(
                  Map.of("q", STRING, "code", STRING, "seconds", INTEGER),
                  fields ->
                      new FromServer.Link(
                          fields.string("q"), fields.string("code"), fields.integer("seconds")))),
          Map.entry(
              "blocked",
              new Shape<>(
                  Map.of("q", STRING, "names", NAMES),
                  fields ->
                      new FromServer.Blocked(fields.optionalString("q"), fields.list("names")))),
          Map.entry(
              "left",
              new Shape<>(
                  Map.of("q", STRING, "room", STRING, "text", STRING),
                  fields ->
                      new FromServer.Left(
                          fields.optionalString("q"),
                          fields.room(),
                          fields.optionalString("text")))),
          Map.entry(
              "moderated",
              new Shape<>(
                  Map.of("q", STRING, "action", STRING, "target", STRING),
                  fields ->
                      new FromServer.Moderated(
                          fields.string("q"),
                          fields.string("action"),
                          fields.optionalString("target")))),
          Map.entry(
              "pong",
              new Shape<>(
                  Map.of("q", STRING, "heads", Value.integers(SessionLimits.MAX_ROOMS)),
                  fields ->
                      new FromServer.Pong(
                          fields.optionalString("q"), heads(fields.integers("heads"))))),
          Map.entry(
              "error",
              new Shape<>(
                  Map.of(
                      "q", STRING,
                      "id", STRING,
                      "room", STRING,
                      "code", STRING,
                      "do", STRING,
                      "afterMillis", INTEGER,
                      "text", STRING),
                  fields ->
                      new FromServer.Error(
                          fields.optionalString("q"),
                          fields.optionalString("id"),
                          fields.optionalRoom("room"),
                          fields.string("code"),
                          fields.word("do", DOS),
                          fields.optionalInteger("afterMillis"),
                          fields.string("text")))),
          Map.entry(
              "bye",
              new Shape<>(
                  Map.of("code", STRING, "do", STRING, "afterMillis", INTEGER, "text", STRING),
                  fields ->
                      new FromServer.Bye(
                          fields.string("code"),
                          fields.word("do", DOS),
                          fields.optionalInteger("afterMillis"),
                          fields.string("text")))));

  private ServerShapes() {}

  private static FromServer.Welcome welcome(Fields fields) {
    fields.checkVersion();
    return new FromServer.Welcome(
        fields.string("name"),
        fields.bool("owned"),
        fields.string("server"),
        new TreeMap<>(fields.integers("limits")),
        fields.list("features"),
        fields.integer("pingSeconds"),
        fields.optionalRoom("seedRoom"));
  }

  private static Map<String, Value<?>> joinedFields() {
    Map<String, Value<?>> fields = new HashMap<>();
    for (String name : List.of("q", "room", "epoch", "topic", "role", "resume")) {
      fields.put(name, STRING);
    }
    for (String name : List.of("seq", "first", "count", "read")) {
      fields.put(name, INTEGER);
    }
    fields.put("members", NAMES);
    return fields;
  }

  private static FromServer.Joined joined(Fields fields) {
    return new FromServer.Joined(
        fields.optionalString("q"),
        fields.room(),
        fields.string("epoch"),
        fields.integer("seq"),
        fields.integer("first"),
        fields.integer("count"),
        fields.optionalList("members"),
        fields.optionalString("topic"),
        fields.optionalInteger("read"),
        fields.string("role"),
        fields.has("resume") ? fields.word("resume", RESUMES) : null);
  }

  private static FromServer.Message message(Fields fields) {
    boolean deleted = fields.isTrue("deleted");
    if (deleted && fields.has("text")) {
      throw new BadField("text is there, expected none where deleted is true");
    }
    return new FromServer.Message(
        fields.room(),
        fields.integer("seq"),
        fields.integer("at"),
        fields.string("from"),
        fields.isTrue("owned"),
        deleted ? null : fields.string("text"),
        fields.optionalInteger("replyTo"));
  }

  private static FromServer.Event event(Fields fields) {
    Object target = fields.target();
    return new FromServer.Event(
        fields.room(),
        fields.integer("seq"),
        fields.integer("at"),
        fields.string("kind"),
        fields.string("by"),
        target instanceof Long seq ? seq : null,
        target instanceof String name ? name : null,
        fields.optionalString("text"));
  }

  /** The fields of messages and events together; a name in both has the same type. */
  private static Map<String, Value<?>> entryFields() {
    Map<String, Value<?>> fields = new HashMap<>(MESSAGE_FIELDS);
    fields.putAll(EVENT_FIELDS);
    fields.put("type", STRING);
    return fields;
  }

  private static Entry entry(Fields fields) {
    String type = fields.string("type");
    return switch (type) {
      case "message" -> message(fields);
      case "event" -> event(fields);
      default ->
          throw new BadField(
              "the type of an entry is " + Check.show(type) + ", expected message or event");
    };
  }

  private static Map<RoomName, Long> heads(Map<String, Long> read) {
    Map<RoomName, Long> heads = new HashMap<>();
    read.forEach(
        (room, seq) -> {
          if (heads.put(RoomName.of("a room in heads", room), seq) != null) {
            throw new BadField("heads has " + Check.show(room) + " twice, expected it once");
          }
        });
    return heads;
  }
}
