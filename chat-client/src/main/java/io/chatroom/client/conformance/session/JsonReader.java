package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * The kit's own rules for JSON: one object in UTF-8, no duplicate names, no unpaired surrogates.
 */
final class JsonReader {

  private static final JsonFactory TOKENS =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private JsonReader() {}

  /**
   * A value that no field of SESSIONS.md has: null, or a number with sign, fraction, or more than
   * 64 bits.
   */
  record Odd(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /** The bytes are not one JSON object; the message is a phrase for people. */
  static final class NotJsonException extends IOException {
    NotJsonException(String what, Bytes bytes) {
      super(what + ": " + Printable.json(bytes));
    }
  }

  static Json read(Bytes bytes) throws NotJsonException {
    String text;
    try {
      text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toArray())).toString();
    } catch (CharacterCodingException e) {
      throw new NotJsonException("bytes came that are not UTF-8", bytes);
    }
    try (JsonParser json = TOKENS.createParser(ObjectReadContext.empty(), text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new NotJsonException("JSON came that is not an object", bytes);
      }
      Json object = object(json);
      if (json.nextToken() != null) {
        throw new NotJsonException("more than one object came in a frame", bytes);
      }
      return object;
    } catch (UnpairedSurrogate e) {
      throw new NotJsonException("an unpaired surrogate came", bytes);
    } catch (JacksonException e) {
      throw new NotJsonException("bytes came that are not JSON, or a duplicate name", bytes);
    }
  }

  private static Json object(JsonParser json) {
    Map<String, Object> fields = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = checked(json.currentName());
      json.nextToken();
      fields.put(name, value(json));
    }
    return new Json(fields);
  }

  private static Object value(JsonParser json) {
    return switch (json.currentToken()) {
      case START_OBJECT -> object(json);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(json));
        }
        yield list;
      }
      case VALUE_STRING -> checked(json.getString());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> integer(json.getString());
      default -> new Odd(json.getString());
    };
  }

  private static Object integer(String digits) {
    try {
      return digits.startsWith("-") ? new Odd(digits) : Long.valueOf(digits);
    } catch (NumberFormatException e) {
      return new Odd(digits);
    }
  }

  private static String checked(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new UnpairedSurrogate();
    }
    return text;
  }

  private static final class UnpairedSurrogate extends RuntimeException {}
}
