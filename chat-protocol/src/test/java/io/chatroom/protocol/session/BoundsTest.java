package io.chatroom.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.chatroom.protocol.Limits;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, at every edge, and what a sender is told about it. */
class BoundsTest {

  private static final String HELLO =
      "{\"type\":\"hello\",\"v\":2,\"name\":\"a\",\"client\":\"00112233445566778899aabbccddeeff\"%s}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ping      | q      | 0 | 64
          leave     | q      | 0 | 64
          post      | id     | 1 | 64
          search    | query  | 1 | 256
          topic     | text   | 0 | 512
          moderate  | why    | 0 | 512
          hello     | token  | 1 | 256
          hello     | key    | 1 | 256
          hello     | agent  | 0 | 128
          """)
  void stringsHaveBoundsInBytesOfUtf8(String type, String field, int min, int max)
      throws BadObjectException {
    Json.client(with(type, field, "\"" + "x".repeat(min) + "\""));
    Json.client(with(type, field, "\"" + "x".repeat(max) + "\""));
    Json.client(with(type, field, "\"" + "🙂".repeat(max / 4) + "\""));

    assertThat(Json.refusedOfClient(with(type, field, "\"" + "x".repeat(max + 1) + "\"")))
        .hasMessage(field + " has " + (max + 1) + " bytes, expected " + min + " to " + max)
        .extracting(BadObjectException::code)
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(Json.refusedOfClient(with(type, field, "\"x" + "🙂".repeat(max / 4) + "\"")))
        .hasMessageContaining((max + 1) + " bytes");
    if (min > 0) {
      assertThat(Json.refusedOfClient(with(type, field, "\"\""))).hasMessageContaining("0 bytes");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "history, limit, 1, 200",
    "search, limit, 1, 50",
    "rooms, limit, 1, 200",
    "members, limit, 1, 200",
    "history, before, 0, 9007199254740991",
    "read, seq, 0, 9007199254740991",
    "delete, seq, 1, 9007199254740991",
    "post, replyTo, 1, 9007199254740991",
    "join, last, 0, 9007199254740991",
    "moderate, seconds, 1, 9007199254740991"
  })
  void integersHaveBounds(String type, String field, long min, long max) throws BadObjectException {
    Json.client(with(type, field, Long.toString(min)));
    Json.client(with(type, field, Long.toString(max)));

    for (String wrong :
        List.of(
            Long.toString(min - 1),
            Long.toString(max + 1),
            "-0",
            "-9223372036854775808",
            "9223372036854775808",
            "4294967297000000000000000",
            "1.0",
            "1e1",
            "1E400",
            "\"1\"",
            "true",
            "[1]",
            "{}")) {
      assertThat(Json.refusedOfClient(with(type, field, wrong)))
          .as(wrong)
          .hasMessageContaining(field)
          .hasMessageContaining("expected")
          .extracting(BadObjectException::code)
          .isEqualTo(Code.BAD_REQUEST);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"01", "+1", ".1", "1.", "0x1", "NaN", "Infinity", "1e", "--1", "1_0"})
  void whatIsNoNumberOfJsonIsNoJson(String number) {
    assertThat(Json.refusedOfClient(with("read", "seq", number)))
        .hasMessageContaining("this is not JSON");
  }

  /** An object of the type with all it needs and this field. */
  private static String with(String type, String field, String value) {
    var fields = new TreeMap<String, String>();
    switch (type) {
      case "hello" -> {
        fields.put("v", "2");
        fields.put("name", "\"a\"");
        fields.put("client", "\"00112233445566778899aabbccddeeff\"");
      }
      case "post" -> {
        fields.put("id", "\"1\"");
        fields.put("room", "\"a\"");
        fields.put("text", "\"hi\"");
      }
      case "history" -> {
        fields.put("q", "\"1\"");
        fields.put("room", "\"a\"");
        fields.put("before", "9");
        fields.put("limit", "1");
      }
      case "search" -> {
        fields.put("q", "\"1\"");
        fields.put("query", "\"hi\"");
        fields.put("limit", "1");
      }
      case "moderate" -> {
        fields.put("q", "\"1\"");
        fields.put("action", "\"ban\"");
        fields.put("target", "\"bob\"");
      }
      case "ping" -> {}
      case "read" -> {
        fields.put("room", "\"a\"");
        fields.put("seq", "1");
      }
      case "topic" -> {
        fields.put("q", "\"1\"");
        fields.put("room", "\"a\"");
        fields.put("text", "\"hi\"");
      }
      case "delete" -> {
        fields.put("q", "\"1\"");
        fields.put("room", "\"a\"");
        fields.put("seq", "1");
      }
      case "join", "leave" -> fields.put("room", "\"a\"");
      default -> fields.put("q", "\"1\"");
    }
    fields.put(field, value);
    return fields.entrySet().stream()
        .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
        .collect(Collectors.joining(",", "{\"type\":\"" + type + "\",", "}"));
  }

  @ParameterizedTest
  @CsvSource({
    "post, id",
    "post, room",
    "post, text",
    "history, q",
    "history, room",
    "history, limit",
    "search, query",
    "read, seq",
    "hello, v",
    "hello, name",
    "hello, client",
    "claim, q",
    "link, q",
    "moderate, action"
  })
  void nullIsNoValueOfRequiredField(String type, String field) {
    assertThat(Json.refusedOfClient(with(type, field, "null")))
        .hasMessage(field + " is missing, expected it in this object");
  }

  @Test
  void nullIsAnOptionalFieldThatIsMissing() throws BadObjectException {
    assertThat(
            Json.client("{\"type\":\"join\",\"q\":null,\"room\":\"a\",\"after\":null,\"last\":3}"))
        .isEqualTo(new FromClient.Join(null, RoomName.of("a"), null, 3L));
  }

  @Test
  void nullInArrayIsRefused() {
    assertThat(Json.refusedOfClient(HELLO.formatted(",\"rooms\":[null]")))
        .hasMessage("an entry of rooms is null, expected an object");
    assertThat(
            Json.refusedOfServer(
                "{\"type\":\"members\",\"q\":\"1\",\"members\":[\"a\",null],\"count\":1}"))
        .hasMessage("an entry of members is null, expected a string");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\ud800",
        "\\udc00",
        "\\udc00\\ud800",
        "a\\ud83d",
        "\\ud83dx",
        "\\ud83d\\ud83d\\ude42"
      })
  void halfASurrogatePairIsInvalid(String text) {
    for (String field : List.of("id", "text", "room")) {
      BadObjectException refused = Json.refusedOfClient(with("post", field, "\"" + text + "\""));

      assertThat(refused.code()).isEqualTo(Code.BAD_REQUEST);
      assertThat(refused)
          .hasMessage(field + " has half a surrogate pair in it, expected whole characters");
    }
    assertThat(Json.refusedOfClient("{\"type\":\"" + text + "\"}").code())
        .isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void halfASurrogatePairIsNotWritten() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FromClient.Post("1", RoomName.of("a"), "x\uD83D", null))
        .withMessageContaining("half a surrogate pair");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new FromServer.Message(RoomName.of("a"), 1, 1, "\uDC00", false, "", null));
    assertThatIllegalArgumentException().isThrownBy(() -> RoomName.of("a\uD83D"));
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    for (byte[] wrong :
        List.of(
            new byte[] {(byte) 0xC0, (byte) 0x80},
            new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
            new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            new byte[] {(byte) 0xFF})) {
      assertThat(
              Json.refusedOfClient(
                  Unpooled.wrappedBuffer(
                      "{\"type\":\"ping\",\"q\":\"".getBytes(StandardCharsets.UTF_8),
                      wrong,
                      "\"}".getBytes(StandardCharsets.UTF_8))))
          .hasMessageContaining("is not UTF-8");
    }
  }

  @Test
  void otherEncodingsAreNotGuessed() {
    String json = "{\"type\":\"bye\"}";
    for (var encoding :
        List.of(
            StandardCharsets.UTF_16,
            StandardCharsets.UTF_16BE,
            StandardCharsets.UTF_16LE,
            java.nio.charset.Charset.forName("UTF-32BE"),
            java.nio.charset.Charset.forName("UTF-32LE"))) {
      assertThat(Json.refusedOfClient(Unpooled.wrappedBuffer(json.getBytes(encoding))).code())
          .as(encoding.name())
          .isEqualTo(Code.BAD_REQUEST);
    }
    assertThat(Json.refusedOfClient((char) 0xFEFF + json).code()).isEqualTo(Code.BAD_REQUEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "\"ping\"",
        "1",
        "{",
        "}",
        "{\"type\":\"ping\"",
        "{\"type\":\"ping\",}",
        "{\"type\":\"ping\"}}",
        "{\"type\":\"ping\"} x",
        "{\"type\":\"ping\"}{\"type\":\"ping\"}",
        "{\"type\":\"ping\"},",
        "{type:\"ping\"}",
        "{'type':'ping'}",
        "{\"type\":\"ping\"}//",
        "/**/{\"type\":\"ping\"}",
        "{\"type\":\"ping\",\"q\":\"a\nb\"}",
        "{\"type\":\"ping\",\"q\":\"\\x41\"}",
        "{\"type\":\"ping\",\"q\":\"\\u12g4\"}",
        "{\"type\":\"ping\",\"q\":\"a}",
        "{\"type\":\"ping\" \"q\":\"a\"}",
        "{\"type\" \"ping\"}",
        "{\"type\":}",
        "{}",
        "{\"q\":\"1\"}",
        "{\"type\":null}",
        "{\"type\":1}",
        "{\"type\":[\"ping\"]}",
        "{\"type\":{\"type\":\"ping\"}}"
      })
  void whatIsNoObjectWithATypeIsRefused(String json) {
    BadObjectException refused = Json.refusedOfClient(json);

    assertThat(refused.code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(refused.getMessage()).contains("expected").doesNotContain("tools.jackson");
    assertThat(refused.answer()).isInstanceOf(FromServer.Error.class);
    assertThat(refused.getStackTrace()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"ping\",\"q\":\"1\",\"q\":\"1\"}",
        "{\"type\":\"ping\",\"type\":\"ping\",\"q\":\"1\"}",
        "{\"q\":\"1\",\"type\":\"ping\",\"type\":\"bye\"}",
        "{\"type\":\"ping\",\"q\":\"1\",\"x\":1,\"x\":1}",
        "{\"type\":\"ping\",\"q\":\"1\",\"x\":{\"y\":1,\"\\u0079\":1}}",
        "{\"q\":\"1\",\"type\":\"nonsense\",\"x\":1,\"x\":1}"
      })
  void fieldThatIsThereTwiceIsRefused(String json) {
    BadObjectException refused = Json.refusedOfClient(json);

    assertThat(refused.code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(refused.q()).isEqualTo("1");
  }

  @Test
  void unknownFieldsAreIgnoredButNotWithoutBounds() throws BadObjectException {
    String ping = "{\"type\":\"ping\",\"x\":%s,\"q\":\"1\"}";

    for (String anything :
        List.of("null", "1.5e300", "\"\\ud800\"", "[[],{}]", "true", "-1", deep(15))) {
      assertThat(Json.client(ping.formatted(anything))).isEqualTo(new FromClient.Ping("1"));
    }
    for (String tooMuch :
        List.of(
            deep(16),
            deep(100_000),
            "[".repeat(100_000),
            "1".repeat(65),
            "[" + "0,".repeat(SessionLimits.MAX_TOKENS) + "0]",
            "{\"" + "n".repeat(SessionLimits.MAX_FIELD_BYTES + 1) + "\":1}")) {
      BadObjectException refused = Json.refusedOfClient(ping.formatted(tooMuch));

      assertThat(refused.code()).isEqualTo(Code.BAD_REQUEST);
      assertThat(refused.getMessage()).hasSizeLessThan(200);
    }
  }

  private static String deep(int arrays) {
    return "[".repeat(arrays) + "]".repeat(arrays);
  }

  @Test
  void unknownTypeIsToldApartAndNamesTheRequest() {
    BadObjectException refused = Json.refusedOfClient("{\"type\":\"dance\",\"q\":\"7\"}");

    assertThat(refused.code()).isEqualTo(Code.UNKNOWN_TYPE);
    assertThat(refused.q()).isEqualTo("7");
    assertThat(refused)
        .hasMessage(
            "type is \"dance\", expected one of block, bye, claim, delete, hello, history, join,"
                + " leave, link, members, moderate, ping, post, read, rooms, search, tokens, topic");
    assertThat(refused.answer())
        .isEqualTo(
            FromServer.Error.ofRequest(
                "7", Code.UNKNOWN_TYPE, null, String.valueOf(refused.getMessage())));
    assertThat(Json.refusedOfClient("{\"type\":\"message\"}").code()).isEqualTo(Code.UNKNOWN_TYPE);
    assertThat(Json.refusedOfServer("{\"type\":\"post\"}").code()).isEqualTo(Code.UNKNOWN_TYPE);
    assertThat(Json.refusedOfClient("{\"type\":\"\\u001b[2J" + "x".repeat(9_000) + "\"}"))
        .hasMessageStartingWith("type is \"\\x1b[2Jxxx");
  }

  @Test
  void markOfRequestIsFoundWhereverItCanBeRead() {
    assertThat(Json.refusedOfClient("{\"room\":1,\"q\":\"7\",\"type\":\"join\"}").q())
        .isEqualTo("7");
    assertThat(Json.refusedOfClient("{\"type\":\"post\",\"q\":\"7\",\"id\":\"8\"}").q()).isNull();
    assertThat(Json.refusedOfClient("{\"type\":\"post\",\"q\":\"7\",\"id\":\"8\"}").id())
        .isEqualTo("8");
    assertThat(Json.refusedOfClient("{\"type\":\"ping\",\"q\":\"7\",,").q()).isEqualTo("7");
    assertThat(Json.refusedOfClient("{\"type\":\"ping\",,\"q\":\"7\"").q()).isNull();
    assertThat(Json.refusedOfClient("{\"type\":\"ping\",\"q\":\"\\ud800\"}").q()).isNull();
    assertThat(Json.refusedOfClient("{\"type\":\"ping\",\"q\":\"" + "x".repeat(65) + "\"}").q())
        .isNull();
    assertThat(Json.refusedOfClient("{\"type\":\"post\",\"id\":\"\"}").id()).isNull();
  }

  @Test
  void textsAndNamesHaveTheLimitsOfTheServer() throws BadObjectException {
    Limits limits = new Limits(3, 4);
    String post = "{\"type\":\"post\",\"id\":\"8\",\"room\":\"a\",\"text\":\"%s\"}";
    SessionJson.readClient(Json.bytes(post.formatted("\\u00e9\\u00e9")), limits);
    SessionJson.readClient(Json.bytes(HELLO.formatted("")), limits);

    BadObjectException refused =
        org.assertj.core.api.Assertions.catchThrowableOfType(
            BadObjectException.class,
            () -> SessionJson.readClient(Json.bytes(post.formatted("éé.")), limits));
    assertThat(refused).hasMessage("text has 5 bytes, limit 4");
    assertThat(refused.answer())
        .isEqualTo(
            new FromServer.Error(
                null, "8", null, "too-long", Do.CHANGE, null, "text has 5 bytes, limit 4"));
    BadObjectException name =
        org.assertj.core.api.Assertions.catchThrowableOfType(
            BadObjectException.class,
            () ->
                SessionJson.readClient(
                    Json.bytes(HELLO.formatted("").replace("\"a\"", "\"éé\"")), limits));
    assertThat(name.code()).isEqualTo(Code.NAME_BAD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"hello\",\"v\":3}",
        "{\"type\":\"hello\",\"v\":1,\"name\":7}",
        "{\"type\":\"hello\",\"name\":[],\"v\":0}",
        "{\"name\":\"a\",\"type\":\"hello\",\"v\":3}",
        "{\"type\":\"hello\",\"v\":3,\"rooms\":9}"
      })
  void anotherVersionIsTheEnd(String json) {
    BadObjectException refused = Json.refusedOfClient(json);

    assertThat(refused.code()).isEqualTo(Code.VERSION);
    assertThat(refused.answer()).isInstanceOf(FromServer.Bye.class);
  }

  @Test
  void clientIsThirtyTwoHexadecimalDigits() throws BadObjectException {
    String capitals = HELLO.formatted("").replace("aabbccddeeff", "AABBCCDDEEFF");

    assertThat(((FromClient.Hello) Json.client(capitals)).client())
        .isEqualTo("00112233445566778899aabbccddeeff");
    for (String wrong : List.of("", "0", "0".repeat(31), "0".repeat(33), "g".repeat(32))) {
      assertThat(Json.refusedOfClient(with("hello", "client", "\"" + wrong + "\"")))
          .hasMessageContaining("expected 32 hexadecimal digits");
    }
  }

  @Test
  void startIsAPositionOrANumberButNotBoth() {
    assertThat(
            Json.refusedOfClient(
                "{\"type\":\"join\",\"room\":\"a\",\"after\":{\"epoch\":\"e\",\"seq\":1},\"last\":1}"))
        .hasMessageContaining("after and last are both present");
    assertThat(
            Json.refusedOfClient("{\"type\":\"join\",\"room\":\"a\",\"after\":{\"epoch\":\"e\"}}"))
        .hasMessageContaining("seq is missing");
    assertThat(
            Json.refusedOfClient(
                "{\"type\":\"join\",\"room\":\"a\",\"after\":{\"epoch\":\"a:b\",\"seq\":1}}"))
        .hasMessageContaining("epoch is \"a:b\"");
    assertThat(Json.refusedOfClient("{\"type\":\"join\",\"room\":\"a\",\"after\":4}"))
        .hasMessage("after is a number, expected an object");
  }

  @Test
  void historyHasExactlyOneSide() {
    assertThat(
            Json.refusedOfClient("{\"type\":\"history\",\"q\":\"1\",\"room\":\"a\",\"limit\":1}"))
        .hasMessageContaining("expected exactly one");
    assertThat(
            Json.refusedOfClient(
                "{\"type\":\"history\",\"q\":\"1\",\"room\":\"a\",\"before\":1,\"after\":2,\"limit\":1}"))
        .hasMessageContaining("2 of them are there");
  }

  @Test
  void roomsOfHelloAreBoundedAndDistinct() throws BadObjectException {
    Json.client(HELLO.formatted(",\"rooms\":" + rooms(1_000)));
    assertThat(Json.refusedOfClient(HELLO.formatted(",\"rooms\":" + rooms(1_001))))
        .hasMessageContaining("more entries than 1000");
    assertThat(
            Json.refusedOfClient(
                HELLO.formatted(",\"rooms\":[{\"room\":\"tea\"},{\"room\":\"TEA\"}]")))
        .hasMessage("rooms has \"TEA\" twice, expected each room once");
  }

  private static String rooms(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"room\":\"r" + i + "\",\"after\":{\"epoch\":\"e\",\"seq\":1}}")
        .collect(Collectors.joining(",", "[", "]"));
  }

  @Test
  void moderationNeedsWhomOrWhere() {
    assertThat(Json.refusedOfClient("{\"type\":\"moderate\",\"q\":\"1\",\"action\":\"ban\"}"))
        .hasMessageContaining("target is missing");
    assertThat(Json.refusedOfClient("{\"type\":\"moderate\",\"q\":\"1\",\"action\":\"close\"}"))
        .hasMessageContaining("room is missing");
    assertThat(
            Json.refusedOfClient(
                "{\"type\":\"moderate\",\"q\":\"1\",\"action\":\"invite\",\"target\":\"bob\"}"))
        .hasMessageContaining("room is missing");
    assertThat(
            Json.refusedOfClient(
                "{\"type\":\"moderate\",\"q\":\"1\",\"action\":\"slow\",\"room\":\"lobby\"}"))
        .hasMessageContaining("seconds is missing");
    assertThat(Json.refusedOfClient("{\"type\":\"moderate\",\"q\":\"1\",\"action\":\"smite\"}"))
        .hasMessage(
            "action is \"smite\", expected one of ban, close, deop, invite, kick, mute, op, open,"
                + " restrict, slow, unban, uninvite, unmute, unrestrict, unslow");
  }

  @Test
  void wordsOfListsThatGrowMayBeUnknown() throws BadObjectException {
    assertThat(
            Json.server(
                "{\"type\":\"error\",\"q\":\"1\",\"code\":\"too-loud\",\"do\":\"ask\",\"text\":\"Hush\"}"))
        .isEqualTo(new FromServer.Error("1", null, null, "too-loud", Do.ASK, null, "Hush"));
    assertThat(Code.of("too-loud")).isNull();
    assertThat(
            Json.server(
                "{\"type\":\"event\",\"room\":\"a\",\"seq\":3,\"at\":4,\"kind\":\"renamed\",\"by\":\"b\",\"target\":9}"))
        .isEqualTo(new FromServer.Event(RoomName.of("a"), 3, 4, "renamed", "b", 9L, null, null));
    assertThat(
            Json.refusedOfServer(
                "{\"type\":\"bye\",\"code\":\"x\",\"do\":\"dance\",\"text\":\"\"}"))
        .hasMessage("do is \"dance\", expected one of ask, change, reconnect, retry, stop");
  }

  @Test
  void serversKeepTheirBoundsToo() {
    RoomName room = RoomName.of("a");
    assertThat(
            Json.refusedOfServer(
                "{\"type\":\"message\",\"room\":\"a\",\"seq\":0,\"at\":1,\"from\":\"b\",\"text\":\"\"}"))
        .hasMessage("seq is 0, expected an integer of 1 to 9007199254740991");
    assertThat(
            Json.refusedOfServer(
                "{\"type\":\"message\",\"room\":\"a\",\"seq\":1,\"at\":1,\"from\":\"b\",\"text\":\"\",\"deleted\":true}"))
        .hasMessage("text is there, expected none where deleted is true");
    assertThat(
            Json.refusedOfServer(
                "{\"type\":\"gap\",\"room\":\"a\",\"from\":5,\"to\":3,\"why\":\"lagged\"}"))
        .hasMessageContaining("to is 3");
    assertThat(Json.refusedOfServer("{\"type\":\"pong\",\"heads\":{\"a\":1,\"A\":1}}"))
        .hasMessage("heads has \"A\" twice, expected it once");
    assertThat(
            Json.refusedOfServer(
                "{\"type\":\"page\",\"q\":\"1\",\"messages\":[{\"type\":\"gap\"}],\"complete\":true}"))
        .hasMessage("the type of an entry is \"gap\", expected message or event");
    List<String> names = Collections.nCopies(SessionLimits.MAX_LISTED, "a");
    assertThatNoException().isThrownBy(() -> new FromServer.Members("1", room, names, 200));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new FromServer.Members(
                    "1", room, Collections.nCopies(SessionLimits.MAX_LISTED + 1, "a"), 201))
        .withMessage("members has 201 entries, expected at most 200");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FromServer.Error.ofRequest("1", Code.KICKED, null, ""));
    assertThatIllegalArgumentException().isThrownBy(() -> FromServer.Bye.of(Code.RATE, null, ""));
  }

  @Test
  void largestObjectsFitIntoAFrame() {
    String longest = "\u0001".repeat(65_536);
    var message =
        new FromServer.Message(
            RoomName.of("r".repeat(64)),
            SessionLimits.MAX_INTEGER,
            SessionLimits.MAX_INTEGER,
            "\u0001".repeat(128),
            true,
            longest,
            SessionLimits.MAX_INTEGER);

    assertThat(Json.of(message).length()).isLessThan(SessionLimits.maxFrameBytes(65_536));
    assertThat(SessionLimits.maxFrameBytes(Integer.MAX_VALUE)).isPositive();
  }
}
