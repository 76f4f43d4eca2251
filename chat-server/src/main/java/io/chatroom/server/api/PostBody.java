package io.chatroom.server.api;

import io.chatroom.protocol.Utf8;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.web.Request;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a post from a request. */
final class PostBody {

  private static final int ID_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final Pattern OTHER_CHARSET =
      Pattern.compile(".*;\\s*charset=(?!\"?utf-?8\"?\\s*(;|$)).*", Pattern.CASE_INSENSITIVE);

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  // The table of names is shared, and would hold strangers' names forever.
                  .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(SessionLimits.MAX_DEPTH)
                          .maxTokenCount(SessionLimits.MAX_TOKENS)
                          .maxNameLength(SessionLimits.MAX_FIELD_BYTES)
                          .maxNumberLength(SessionLimits.MAX_DIGITS)
                          .maxStringLength(Integer.MAX_VALUE) // the whole body is bounded
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private PostBody() {}

  /**
   * Reads a post.
   *
   * @param maxMessageBytes the length of the longest message, in bytes of UTF-8
   */
  static FromClient.Post read(Request request, RoomName room, int maxMessageBytes) {
    String type = type(request.header("content-type"));
    String body = text(request.body());
    String key = request.header("idempotency-key");
    FromClient.Post post =
        switch (type) {
          case "text/plain", "application/x-www-form-urlencoded" ->
              new FromClient.Post(key == null ? randomId() : key, room, body, null);
          case "application/json" -> json(body, key, room);
          default -> throw wrongType(type, "text/plain or application/json");
        };
    int bytes = post.text().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > maxMessageBytes) {
      throw new ProblemException(
          Problem.of(Code.TOO_LONG, "text has " + bytes + " bytes, limit " + maxMessageBytes));
    }
    return post;
  }

  /**
   * The media type of the body; text is the default. A type with a charset other than UTF-8 is
   * returned whole, so that it matches no accepted type.
   */
  private static String type(@Nullable String header) {
    if (header == null || header.isBlank()) {
      return "text/plain";
    }
    int parameters = header.indexOf(';');
    return parameters < 0
        ? header.strip().toLowerCase(Locale.ROOT)
        : OTHER_CHARSET.matcher(header).matches()
            ? header
            : header.substring(0, parameters).strip().toLowerCase(Locale.ROOT);
  }

  /** The body of a request as plain text. */
  static String plain(Request request) {
    String type = type(request.header("content-type"));
    if (!type.equals("text/plain")) {
      throw wrongType(type, "text/plain");
    }
    return text(request.body());
  }

  private static ProblemException wrongType(String type, String expected) {
    return new ProblemException(
        Problem.ofStatus(
            Problem.WRONG_TYPE,
            "The Content-Type is "
                + Parameters.show(type)
                + ", expected "
                + expected
                + " in UTF-8"));
  }

  /** The whole body, unchanged. */
  private static String text(ByteBuf body) {
    if (!Utf8.isValid(body, body.readerIndex(), body.readableBytes())) {
      throw ProblemException.bad(
          "the body of " + body.readableBytes() + " bytes is not UTF-8, expected text in UTF-8");
    }
    return body.toString(StandardCharsets.UTF_8);
  }

  private static FromClient.Post json(String body, @Nullable String key, RoomName room) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JacksonException e) {
      throw ProblemException.bad(
          "the body is not JSON, expected an object like {\"text\":\"hello\"}");
    }
    if (!json.isObject()) {
      throw ProblemException.bad(
          "the body is not a JSON object, expected one like {\"text\":\"hello\"}");
    }
    String text = string(json, "text");
    if (text == null) {
      throw ProblemException.bad("text is missing, expected an object like {\"text\":\"hello\"}");
    }
    String id = string(json, "id");
    if (id != null && key != null && !Objects.equals(id, key)) {
      throw ProblemException.bad("id and Idempotency-Key differ, expected one of them");
    }
    String known = id == null ? key : id;
    return new FromClient.Post(known == null ? randomId() : known, room, text, replyTo(json));
  }

  /** The string in a field; null if it is missing. */
  private static @Nullable String string(JsonNode json, String field) {
    JsonNode value = json.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw ProblemException.bad(field + " is not a string, expected one");
    }
    return value.asString();
  }

  private static @Nullable Long replyTo(JsonNode json) {
    JsonNode value = json.get("replyTo");
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw ProblemException.bad("replyTo is not an integer, expected the seq of a message");
    }
    return value.asLong();
  }

  private static String randomId() {
    byte[] random = new byte[ID_BYTES];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
