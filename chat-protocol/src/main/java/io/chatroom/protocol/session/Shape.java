package io.chatroom.protocol.session;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The fields of one type of object, and how to make its record.
 *
 * @param values reads each field, by name
 * @param maker makes the record; throws {@link IllegalArgumentException} or {@link BadField}
 */
record Shape<T>(Map<String, Value<?>> values, Function<Fields, T> maker) {

  /** Reads the fields up to the end of the object; the parser is at the name of the first one. */
  Fields readFields(JsonParser json) {
    Map<String, Object> read = new HashMap<>();
    JsonToken token = json.currentToken();
    while (token == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      Value<?> value = values.get(name);
      JsonToken begin = json.nextToken();
      if (value == null) {
        json.skipChildren();
      } else if (begin != JsonToken.VALUE_NULL) {
        read.put(name, value.read(name, json));
      }
      token = json.nextToken();
    }
    return new Fields(read);
  }

  T make(Fields fields) {
    return maker.apply(fields);
  }

  /** Reads a whole object; the parser is at its opening brace. */
  T read(JsonParser json) {
    json.nextToken();
    return make(readFields(json));
  }
}
