package io.chatroom.protocol.session;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The fields of objects from clients, for reading. */
final class ClientShapes {

  private static final Value<String> STRING = Value.STRING;
  private static final Value<Long> INTEGER = Value.INTEGER;

  private static final Map<String, FromClient.Action> ACTIONS =
      Arrays.stream(FromClient.Action.values())
          .collect(Collectors.toUnmodifiableMap(FromClient.Action::text, action -> action));

  private static final Map<String, FromClient.TokenAction> TOKEN_ACTIONS =
      Arrays.stream(FromClient.TokenAction.values())
          .collect(Collectors.toUnmodifiableMap(FromClient.TokenAction::text, action -> action));

  static final Map<String, FromClient.Scope> SCOPES =
      Arrays.stream(FromClient.Scope.values())
          .collect(Collectors.toUnmodifiableMap(FromClient.Scope::text, scope -> scope));

  private static final Value<List<FromClient.Wish>> WISHES =
      Value.list(
          Value.object(
              new Shape<>(
                  Map.of("room", STRING, "after", Value.POSITION, "last", INTEGER),
                  fields ->
                      new FromClient.Wish(
                          fields.room(),
                          fields.position("after"),
                          fields.optionalInteger("last")))),
          SessionLimits.MAX_ROOMS);

  /** By type. */
  static final Map<String, Shape<? extends FromClient>> ALL =
      Map.ofEntries(
          Map.entry(
              "hello",
              new Shape<>(
                  Map.of(
                      "v", INTEGER,
                      "name", STRING,
                      "client", STRING,
                      "token", STRING,
                      "key", STRING,
                      "agent", STRING,
                      "rooms", WISHES),
                  ClientShapes::hello)),
          Map.entry(
              "join",
              new Shape<>(
                  Map.of("q", STRING, "room", STRING, "after", Value.POSITION, "last", INTEGER),
                  fields ->
                      new FromClient.Join(
                          fields.optionalString("q"),
                          fields.room(),
                          fields.position("after"),
                          fields.optionalInteger("last")))),
          Map.entry(
              "leave",
              new Shape<>(
                  Map.of("q", STRING, "room", STRING),
                  fields -> new FromClient.Leave(fields.optionalString("q"), fields.room()))),
          Map.entry(
              "post",
              new Shape<>(
                  Map.of("id", STRING, "room", STRING, "text", STRING, "replyTo", INTEGER),
                  fields ->
                      new FromClient.Post(
                          fields.string("id"),
                          fields.room(),
                          fields.string("text"),
                          fields.optionalInteger("replyTo")))),
          Map.entry(
              "history",
              new Shape<>(
                  Map.of(
                      "q", STRING,
                      "room", STRING,
                      "before", INTEGER,
                      "after", INTEGER,
                      "around", INTEGER,
                      "limit", INTEGER),
                  ClientShapes::history)),
          Map.entry(
              "search",
              new Shape<>(
                  Map.of(
                      "q", STRING,
                      "query", STRING,
                      "room", STRING,
                      "before", INTEGER,
                      "limit", INTEGER),
                  fields ->
                      new FromClient.Search(
                          fields.string("q"),
                          fields.string("query"),
                          fields.optionalRoom("room"),
                          fields.optionalInteger("before"),
                          fields.small("limit")))),
          Map.entry(
              "rooms",
              new Shape<>(
                  Map.of("q", STRING, "room", STRING, "limit", INTEGER),
                  fields ->
                      new FromClient.Rooms(
                          fields.string("q"),
                          fields.optionalRoom("room"),
                          fields.optionalInteger("limit")))),
          Map.entry(
              "members",
              new Shape<>(
                  Map.of("q", STRING, "room", STRING, "limit", INTEGER),
                  fields ->
                      new FromClient.Members(
                          fields.string("q"),
                          fields.optionalRoom("room"),
                          fields.optionalInteger("limit")))),
          Map.entry(
              "read",
              new Shape<>(
                  Map.of("room", STRING, "seq", INTEGER),
                  fields -> new FromClient.Read(fields.room(), fields.integer("seq")))),
          Map.entry(
              "block",
              new Shape<>(
                  Map.of("q", STRING, "name", STRING, "on", Value.BOOLEAN),
                  fields ->
                      new FromClient.Block(
                          fields.string("q"),
                          fields.optionalString("name"),
                          !fields.isFalse("on")))),
          Map.entry(
              "delete",
              new Shape<>(
                  Map.of("q", STRING, "room", STRING, "seq", INTEGER),
                  fields ->
                      new FromClient.Delete(
                          fields.string("q"), fields.room(), fields.integer("seq")))),
          Map.entry(
              "topic",
              new Shape<>(
                  Map.of("q", STRING, "room", STRING, "text", STRING),
                  fields ->
                      new FromClient.Topic(
                          fields.string("q"), fields.room(), fields.string("text")))),
          Map.entry(
              "claim",
              new Shape<>(Map.of("q", STRING), fields -> new FromClient.Claim(fields.string("q")))),
          Map.entry(
              "tokens",
              new Shape<>(
                  Map.of(
                      "q", STRING,
                      "action", STRING,
                      "label", STRING,
                      "rooms", Value.list(STRING, SessionLimits.MAX_TOKEN_ROOMS),
                      "scope", STRING),
                  fields ->
                      new FromClient.Tokens(
                          fields.string("q"),
                          fields.word("action", TOKEN_ACTIONS),
                          fields.optionalString("label"),
                          fields.rooms("rooms"),
                          fields.has("scope") ? fields.word("scope", SCOPES) : null))),
          Map.entry(
              "link",
              new Shape<>(Map.of("q", STRING), fields -> new FromClient.Link(fields.string("q")))),
          Map.entry(
              "moderate",
              new Shape<>(
                  Map.of(
                      "q", STRING,
                      "action", STRING,
                      "room", STRING,
                      "target", STRING,
                      "seconds", INTEGER,
                      "address", Value.BOOLEAN,
                      "why", STRING),
                  fields ->
                      new FromClient.Moderate(
                          fields.string("q"),
                          fields.word("action", ACTIONS),
                          fields.optionalRoom("room"),
                          fields.optionalString("target"),
                          fields.optionalInteger("seconds"),
                          fields.isTrue("address"),
                          fields.optionalString("why")))),
          Map.entry(
              "ping",
              new Shape<>(
                  Map.of("q", STRING), fields -> new FromClient.Ping(fields.optionalString("q")))),
          Map.entry("bye", new Shape<>(Map.of(), fields -> new FromClient.Bye())));

  private ClientShapes() {}

  private static FromClient.Hello hello(Fields fields) {
    fields.checkVersion();
    return new FromClient.Hello(
        fields.string("name"),
        fields.string("client"),
        fields.optionalString("token"),
        fields.optionalString("key"),
        fields.optionalString("agent"),
        fields.listOrEmpty("rooms"));
  }

  private static FromClient.History history(Fields fields) {
    List<FromClient.Side> sides =
        Arrays.stream(FromClient.Side.values()).filter(side -> fields.has(side.text())).toList();
    if (sides.size() != 1) {
      throw new BadField(
          "before, after and around: "
              + sides.size()
              + " of them are there, expected exactly one of the three");
    }
    FromClient.Side side = sides.get(0);
    return new FromClient.History(
        fields.string("q"),
        fields.room(),
        side,
        fields.integer(side.text()),
        fields.small("limit"));
  }
}
