package io.chatroom.protocol.session;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the value of a field. The parser is at its first token, and stops at its last. */
@FunctionalInterface
interface Value<T> {

  /** Reads the value of the field with this name, or throws {@link BadField}. */
  T read(String name, JsonParser json);

  Value<String> STRING =
      (name, json) -> {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
          throw wrong(name, json, "a string");
        }
        return Check.text(name, json.getString());
      };

  Value<Long> INTEGER =
      (name, json) -> {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
          throw wrong(name, json, "an integer without fraction and exponent");
        }
        if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
            || json.getLongValue() > SessionLimits.MAX_INTEGER
            || json.getString().charAt(0) == '-') {
          throw new BadField(
              name
                  + " is "
                  + json.getString()
                  + ", expected an integer of 0 to "
                  + SessionLimits.MAX_INTEGER);
        }
        return json.getLongValue();
      };

  Value<Boolean> BOOLEAN =
      (name, json) -> {
        JsonToken token = json.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
          throw wrong(name, json, "true or false");
        }
        return token == JsonToken.VALUE_TRUE;
      };

  Value<Position> POSITION =
      object(
          new Shape<>(
              Map.of("epoch", STRING, "seq", INTEGER),
              fields -> new Position(fields.string("epoch"), fields.integer("seq"))));

  /** An array of values. */
  static <T> Value<List<T>> list(Value<T> entry, int maxEntries) {
    return (name, json) -> {
      if (json.currentToken() != JsonToken.START_ARRAY) {
        throw wrong(name, json, "an array");
      }
      List<T> entries = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (entries.size() == maxEntries) {
          throw new BadField(name + " has more entries than " + maxEntries + ", expected fewer");
        }
        entries.add(entry.read("an entry of " + name, json));
      }
      return entries;
    };
  }

  /** An object of a certain shape. */
  static <T> Value<T> object(Shape<T> shape) {
    return (name, json) -> {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw wrong(name, json, "an object");
      }
      return shape.read(json);
    };
  }

  /** An object with any field names, all of them integers. */
  static Value<Map<String, Long>> integers(int maxEntries) {
    return (name, json) -> {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw wrong(name, json, "an object");
      }
      Map<String, Long> entries = new LinkedHashMap<>();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        if (entries.size() == maxEntries) {
          throw new BadField(name + " has more entries than " + maxEntries + ", expected fewer");
        }
        String key = Check.text("a name in " + name, json.currentName());
        json.nextToken();
        entries.put(key, INTEGER.read("a value in " + name, json));
      }
      return entries;
    };
  }

  /** A string or an integer. */
  static Value<Object> either(Value<String> string, Value<Long> integer) {
    return (name, json) ->
        json.currentToken() == JsonToken.VALUE_STRING
            ? string.read(name, json)
            : integer.read(name, json);
  }

  private static BadField wrong(String name, JsonParser json, String expected) {
    String found =
        switch (json.currentToken()) {
          case START_OBJECT -> "an object";
          case START_ARRAY -> "an array";
          case VALUE_STRING -> "a string";
          case VALUE_NULL -> "null";
          case VALUE_TRUE, VALUE_FALSE -> "true or false";
          case VALUE_NUMBER_FLOAT -> "a number with fraction or exponent";
          case VALUE_NUMBER_INT -> "a number";
          default -> "something else";
        };
    return new BadField(name + " is " + found + ", expected " + expected);
  }
}
