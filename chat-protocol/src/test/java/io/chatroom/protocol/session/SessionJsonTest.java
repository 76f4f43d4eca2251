package io.chatroom.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each object of the page, with all its fields and with as few as may be, in its exact form. */
class SessionJsonTest {

  private static final RoomName LOBBY = RoomName.of("lobby");
  private static final Position PLACE = new Position("7f3a", 41);

  record ClientLine(FromClient object, String json) {}

  record ServerLine(FromServer object, String json) {}

  static List<ClientLine> clientLines() {
    String secret = "00112233445566778899aabbccddeeff";
    return List.of(
        line(
            new FromClient.Hello(
                "alice",
                secret,
                "tok",
                "key",
                "chat/1.0",
                List.of(
                    new FromClient.Wish(LOBBY, PLACE, null),
                    new FromClient.Wish(RoomName.of("café"), null, 20L),
                    new FromClient.Wish(RoomName.of("@bob"), null, null))),
            """
            {"type":"hello","v":2,"name":"alice","client":"00112233445566778899aabbccddeeff",\
            "token":"tok","key":"key","agent":"chat/1.0","rooms":[{"room":"lobby","after":\
            {"epoch":"7f3a","seq":41}},{"room":"café","last":20},{"room":"@bob"}]}\
            """),
        line(
            new FromClient.Hello("", secret, null, null, null, List.of()),
            """
            {"type":"hello","v":2,"name":"","client":"00112233445566778899aabbccddeeff"}\
            """),
        line(
            new FromClient.Join("1", LOBBY, PLACE, null),
            """
            {"type":"join","q":"1","room":"lobby","after":{"epoch":"7f3a","seq":41}}\
            """),
        line(
            new FromClient.Join(null, LOBBY, null, 0L),
            """
            {"type":"join","room":"lobby","last":0}\
            """),
        line(
            new FromClient.Join(null, LOBBY, null, null),
            """
            {"type":"join","room":"lobby"}\
            """),
        line(
            new FromClient.Leave("", LOBBY),
            """
            {"type":"leave","q":"","room":"lobby"}\
            """),
        line(
            new FromClient.Post("a-1", LOBBY, "say \"hé\"\n🙂", 40L),
            """
            {"type":"post","id":"a-1","room":"lobby","text":"say \\"hé\\"\\n🙂","replyTo":40}\
            """),
        line(
            new FromClient.Post("a-2", LOBBY, "", null),
            """
            {"type":"post","id":"a-2","room":"lobby","text":""}\
            """),
        line(
            new FromClient.History("h", LOBBY, FromClient.Side.BEFORE, 41, 200),
            """
            {"type":"history","q":"h","room":"lobby","before":41,"limit":200}\
            """),
        line(
            new FromClient.History("h", LOBBY, FromClient.Side.AFTER, 0, 1),
            """
            {"type":"history","q":"h","room":"lobby","after":0,"limit":1}\
            """),
        line(
            new FromClient.History("h", LOBBY, FromClient.Side.AROUND, 20, 9),
            """
            {"type":"history","q":"h","room":"lobby","around":20,"limit":9}\
            """),
        line(
            new FromClient.Search("s", "tea time", LOBBY, 41L, 50),
            """
            {"type":"search","q":"s","query":"tea time","room":"lobby","before":41,"limit":50}\
            """),
        line(
            new FromClient.Search("s", "tea", null, null, 1),
            """
            {"type":"search","q":"s","query":"tea","limit":1}\
            """),
        line(
            new FromClient.Rooms("r", LOBBY, 200L),
            """
            {"type":"rooms","q":"r","room":"lobby","limit":200}\
            """),
        line(
            new FromClient.Rooms("r", null, null),
            """
            {"type":"rooms","q":"r"}\
            """),
        line(
            new FromClient.Members("m", LOBBY, 1L),
            """
            {"type":"members","q":"m","room":"lobby","limit":1}\
            """),
        line(
            new FromClient.Read(LOBBY, 41),
            """
            {"type":"read","room":"lobby","seq":41}\
            """),
        line(
            new FromClient.Block("b", "mallory", true),
            """
            {"type":"block","q":"b","name":"mallory"}\
            """),
        line(
            new FromClient.Block("b", "mallory", false),
            """
            {"type":"block","q":"b","name":"mallory","on":false}\
            """),
        line(
            new FromClient.Delete("d", LOBBY, 41),
            """
            {"type":"delete","q":"d","room":"lobby","seq":41}\
            """),
        line(
            new FromClient.Topic("t", LOBBY, "Tea"),
            """
            {"type":"topic","q":"t","room":"lobby","text":"Tea"}\
            """),
        line(
            new FromClient.Claim("c"),
            """
            {"type":"claim","q":"c"}\
            """),
        line(
            new FromClient.Link("l"),
            """
            {"type":"link","q":"l"}\
            """),
        line(
            new FromClient.Tokens(
                "t",
                FromClient.TokenAction.MAKE,
                "weather",
                List.of(LOBBY),
                FromClient.Scope.WRITE),
            """
            {"type":"tokens","q":"t","action":"make","label":"weather","rooms":["lobby"],\
            "scope":"write"}\
            """),
        line(
            new FromClient.Tokens("t", FromClient.TokenAction.LIST, null, List.of(), null),
            """
            {"type":"tokens","q":"t","action":"list"}\
            """),
        line(
            new FromClient.Moderate("m", FromClient.Action.MUTE, LOBBY, "bob", 60L, true, "spam"),
            """
            {"type":"moderate","q":"m","action":"mute","room":"lobby","target":"bob",\
            "seconds":60,"address":true,"why":"spam"}\
            """),
        line(
            new FromClient.Moderate("m", FromClient.Action.CLOSE, LOBBY, null, null, false, null),
            """
            {"type":"moderate","q":"m","action":"close","room":"lobby"}\
            """),
        line(
            new FromClient.Ping("p"),
            """
            {"type":"ping","q":"p"}\
            """),
        line(
            new FromClient.Ping(null),
            """
            {"type":"ping"}\
            """),
        line(
            new FromClient.Bye(),
            """
            {"type":"bye"}\
            """));
  }

  static List<ServerLine> serverLines() {
    FromServer.Message message =
        new FromServer.Message(LOBBY, 42, 1_790_000_000_000L, "bob", true, "hi", 40L);
    FromServer.Message deleted = new FromServer.Message(LOBBY, 43, 0, "", false, null, null);
    FromServer.Event deletion =
        new FromServer.Event(LOBBY, 44, 5, FromServer.Event.DELETED, "bob", 43L, null, null);
    return List.of(
        line(
            new FromServer.Welcome(
                "alice",
                true,
                "chat-server/1.0",
                new TreeMap<>(
                    Map.of(
                        FromServer.Welcome.MAX_ROOMS,
                        50L,
                        FromServer.Welcome.MAX_MESSAGE_BYTES,
                        65_536L)),
                List.of("search", "claim"),
                30,
                RoomName.of("Lobby")),
            """
            {"type":"welcome","v":2,"name":"alice","owned":true,"server":"chat-server/1.0",\
            "limits":{"maxMessageBytes":65536,"maxRooms":50},"features":["search","claim"],\
            "pingSeconds":30,"seedRoom":"Lobby"}\
            """),
        line(
            new FromServer.Joined(
                "1",
                LOBBY,
                "7f3a",
                41,
                1,
                2,
                List.of("alice", "bob"),
                "Tea",
                40L,
                "op",
                FromServer.Resume.GAP),
            """
            {"type":"joined","q":"1","room":"lobby","epoch":"7f3a","seq":41,"first":1,"count":2,\
            "members":["alice","bob"],"topic":"Tea","read":40,"role":"op","resume":"gap"}\
            """),
        line(
            new FromServer.Joined(null, LOBBY, "7f3a", 0, 1, 900, null, null, null, "member", null),
            """
            {"type":"joined","room":"lobby","epoch":"7f3a","seq":0,"first":1,"count":900,\
            "role":"member"}\
            """),
        line(
            message,
            """
            {"type":"message","room":"lobby","seq":42,"at":1790000000000,"from":"bob",\
            "owned":true,"text":"hi","replyTo":40}\
            """),
        line(
            deleted,
            """
            {"type":"message","room":"lobby","seq":43,"at":0,"from":"","deleted":true}\
            """),
        line(
            deletion,
            """
            {"type":"event","room":"lobby","seq":44,"at":5,"kind":"deleted","by":"bob",\
            "target":43}\
            """),
        line(
            new FromServer.Event(
                LOBBY, 45, 5, FromServer.Event.MODERATED, "bob", null, "mallory", "mute"),
            """
            {"type":"event","room":"lobby","seq":45,"at":5,"kind":"moderated","by":"bob",\
            "target":"mallory","text":"mute"}\
            """),
        line(
            new FromServer.Ack("a-1", LOBBY, 46, 5, false),
            """
            {"type":"ack","id":"a-1","room":"lobby","seq":46,"at":5}\
            """),
        line(
            new FromServer.Ack("a-1", LOBBY, 46, 5, true),
            """
            {"type":"ack","id":"a-1","room":"lobby","seq":46,"at":5,"duplicate":true}\
            """),
        line(
            new FromServer.Gap(LOBBY, 3, 40, FromServer.Gap.RETENTION),
            """
            {"type":"gap","room":"lobby","from":3,"to":40,"why":"retention"}\
            """),
        line(
            new FromServer.Presence(LOBBY, List.of("carol"), List.of("bob"), 2),
            """
            {"type":"presence","room":"lobby","came":["carol"],"went":["bob"],"count":2}\
            """),
        line(
            new FromServer.Presence(LOBBY, List.of(), List.of(), 201),
            """
            {"type":"presence","room":"lobby","count":201}\
            """),
        line(
            new FromServer.Page(
                "h", LOBBY, "7f3a", List.of(message, deleted, deletion), false, 42L),
            """
            {"type":"page","q":"h","room":"lobby","epoch":"7f3a","messages":[{"type":"message",\
            "room":"lobby","seq":42,"at":1790000000000,"from":"bob","owned":true,"text":"hi",\
            "replyTo":40},{"type":"message","room":"lobby","seq":43,"at":0,"from":"",\
            "deleted":true},{"type":"event","room":"lobby","seq":44,"at":5,"kind":"deleted",\
            "by":"bob","target":43}],"complete":false,"next":42}\
            """),
        line(
            new FromServer.Page("s", null, null, List.of(), true, null),
            """
            {"type":"page","q":"s","messages":[],"complete":true}\
            """),
        line(
            new FromServer.Rooms(
                "r",
                List.of(
                    new FromServer.Room(LOBBY, 2, 46, "Tea"),
                    new FromServer.Room(RoomName.of("quiet"), 0, 0, null)),
                true),
            """
            {"type":"rooms","q":"r","rooms":[{"room":"lobby","count":2,"seq":46,"topic":"Tea"},\
            {"room":"quiet","count":0,"seq":0}],"complete":true}\
            """),
        line(
            new FromServer.Members("m", LOBBY, List.of("alice"), 1),
            """
            {"type":"members","q":"m","room":"lobby","members":["alice"],"count":1}\
            """),
        line(
            new FromServer.Read(LOBBY, 41),
            """
            {"type":"read","room":"lobby","seq":41}\
            """),
        line(
            new FromServer.Blocked("b", List.of("mallory")),
            """
            {"type":"blocked","q":"b","names":["mallory"]}\
            """),
        line(
            new FromServer.Owned("c", "secret", null),
            """
            {"type":"owned","q":"c","token":"secret"}\
            """),
        line(
            new FromServer.Owned("c", "secret", 365L),
            """
            {"type":"owned","q":"c","token":"secret","keepDays":365}\
            """),
        line(
            new FromServer.Link("l", "secret", 600),
            """
            {"type":"link","q":"l","code":"secret","seconds":600}\
            """),
        line(
            new FromServer.Tokens(
                "t",
                List.of(
                    new FromServer.BotToken(
                        "weather", List.of(LOBBY), FromClient.Scope.READ, 1790000000000L)),
                "secret"),
            """
            {"type":"tokens","q":"t","tokens":[{"label":"weather","rooms":["lobby"],\
            "scope":"read","at":1790000000000}],"token":"secret"}\
            """),
        line(
            new FromServer.Left(null, LOBBY),
            """
            {"type":"left","room":"lobby"}\
            """),
        line(
            new FromServer.Left(null, LOBBY, "You were removed from lobby."),
            """
            {"type":"left","room":"lobby","text":"You were removed from lobby."}\
            """),
        line(
            new FromServer.Moderated("m", "ban", "bob"),
            """
            {"type":"moderated","q":"m","action":"ban","target":"bob"}\
            """),
        line(
            new FromServer.Pong("p", Map.of(LOBBY, 46L, RoomName.of("@bob"), 3L)),
            """
            {"type":"pong","q":"p","heads":{"@bob":3,"lobby":46}}\
            """),
        line(
            FromServer.Error.ofRequest("1", Code.NO_ROOM, null, "There is none."),
            """
            {"type":"error","q":"1","code":"no-room","do":"ask","text":"There is none."}\
            """),
        line(
            FromServer.Error.ofRoom(LOBBY, Code.CLOSED, null, "It is closed."),
            """
            {"type":"error","room":"lobby","code":"closed","do":"ask","text":"It is closed."}\
            """),
        line(
            FromServer.Error.ofPost("a-1", Code.RATE, 500L, "Slow down."),
            """
            {"type":"error","id":"a-1","code":"rate","do":"retry","afterMillis":500,\
            "text":"Slow down."}\
            """),
        line(
            FromServer.Bye.of(Code.DRAINING, 2_000L, "The server stops."),
            """
            {"type":"bye","code":"draining","do":"reconnect","afterMillis":2000,\
            "text":"The server stops."}\
            """));
  }

  private static ClientLine line(FromClient object, String json) {
    return new ClientLine(object, json);
  }

  private static ServerLine line(FromServer object, String json) {
    return new ServerLine(object, json);
  }

  @ParameterizedTest
  @MethodSource("clientLines")
  void clientsSay(ClientLine line) throws BadObjectException {
    assertThat(Json.of(line.object())).isEqualTo(line.json());
    assertThat(Json.client(line.json())).isEqualTo(line.object());
  }

  @ParameterizedTest
  @MethodSource("serverLines")
  void serversSay(ServerLine line) throws BadObjectException {
    assertThat(Json.of(line.object())).isEqualTo(line.json());
    assertThat(Json.server(line.json())).isEqualTo(line.object());
  }

  @Test
  void frameIsHeaderAndObject() {
    ByteBuf out = Unpooled.buffer().writeByte('x');

    SessionJson.writeFrame(new FromClient.Ping("é"), out);
    SessionJson.writeFrame(new FromServer.Left(null, LOBBY), out);

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "x24        {\"type\":\"ping\",\"q\":\"é\"}30       "
                + " {\"type\":\"left\",\"room\":\"lobby\"}");
  }

  @Test
  void tenBytesMakeTheConnectionASession() {
    assertThat(SessionJson.magic())
        .hasSize(10)
        .isEqualTo("CHATROOM/2".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void readingLeavesTheBufferAsItIs() throws BadObjectException {
    ByteBuf direct =
        Unpooled.directBuffer()
            .writeBytes("x{\"type\":\"bye\"}y".getBytes(StandardCharsets.US_ASCII));
    ByteBuf object = direct.slice(1, direct.readableBytes() - 2);

    assertThat(SessionJson.readServer(Json.bytes("{\"type\":\"left\",\"room\":\"a\"}")))
        .isNotNull();
    assertThat(SessionJson.readClient(object, io.chatroom.protocol.Limits.DEFAULT))
        .isEqualTo(new FromClient.Bye());

    assertThat(object.readableBytes()).isEqualTo(14);
    direct.release();
  }

  @Test
  void orderOfFieldsHasNoMeaning() throws BadObjectException {
    assertThat(
            Json.client(
                " {\"text\":\"hi\", \"x\":[{\"type\":1}],\r"
                    + "\t\"room\":\"lobby\",\"id\":\"1\",\"type\":\"post\"}\r\n"))
        .isEqualTo(new FromClient.Post("1", LOBBY, "hi", null));
  }

  @Test
  void escapesOfAllKindsAreRead() throws BadObjectException {
    assertThat(
            Json.client(
                "{\"\\u0074ype\":\"p\\u006fst\",\"id\":\"1\",\"room\":\"lobby\",\"text\":\"\\ud83d\\uDE42\\/\\b\\f\\u0000\"}"))
        .isEqualTo(new FromClient.Post("1", LOBBY, "🙂/\b\f\u0000", null));
  }

  @Test
  void secretsAreNotInWhatIsLogged() {
    FromClient hello =
        new FromClient.Hello(
            "alice", "00112233445566778899aabbccddeeff", "tok1", "key1", null, List.of());

    assertThat(hello.toString()).contains("alice").doesNotContain("0011", "tok1", "key1");
    assertThat(new FromServer.Owned("1", "tok1", 9L).toString()).doesNotContain("tok1");
    assertThat(new FromServer.Link("1", "tok1", 9).toString()).doesNotContain("tok1");
    assertThat(new FromServer.Tokens("1", List.of(), "tok1").toString()).doesNotContain("tok1");
  }
}
