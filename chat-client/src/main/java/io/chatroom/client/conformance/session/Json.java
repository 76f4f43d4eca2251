package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Visible;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object as it is said or was heard: its fields in order. A value is a {@link String}, a {@link
 * Long}, a {@link Boolean}, a {@link List}, another {@link Json}, or a {@link JsonReader.Odd} for
 * what SESSIONS.md never has.
 */
final class Json {

  private final Map<String, Object> fields;

  Json(Map<String, Object> fields) {
    this.fields = fields;
  }

  /** An object without fields. */
  static Json empty() {
    return new Json(new LinkedHashMap<>());
  }

  /** An object of a type, with no more fields. */
  static Json of(String type) {
    return empty().with("type", type);
  }

  /** The same with another field. */
  Json with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(fields);
    more.put(name, value instanceof Integer number ? Long.valueOf(number) : value);
    return new Json(more);
  }

  Json without(String name) {
    Map<String, Object> fewer = new LinkedHashMap<>(fields);
    fewer.remove(name);
    return new Json(fewer);
  }

  boolean has(String name) {
    return fields.containsKey(name);
  }

  boolean is(String type) {
    return type.equals(fields.get("type"));
  }

  @Nullable Object get(String name) {
    return fields.get(name);
  }

  Map<String, Object> fields() {
    return fields;
  }

  String text(String name) throws Broken {
    if (fields.get(name) instanceof String text) {
      return text;
    }
    throw wrong(name, "a string");
  }

  /** An integer of 0 to 2^53 - 1. */
  long number(String name) throws Broken {
    if (fields.get(name) instanceof Long number && number >= 0 && number < 1L << 53) {
      return number;
    }
    throw wrong(name, "an integer of 0 to 2^53 - 1");
  }

  boolean flag(String name) throws Broken {
    if (fields.get(name) instanceof Boolean flag) {
      return flag;
    }
    throw wrong(name, "true or false");
  }

  Json object(String name) throws Broken {
    if (fields.get(name) instanceof Json object) {
      return object;
    }
    throw wrong(name, "an object");
  }

  List<String> texts(String name) throws Broken {
    return list(name, String.class, "a list of strings");
  }

  List<Json> objects(String name) throws Broken {
    return list(name, Json.class, "a list of objects");
  }

  private <T> List<T> list(String name, Class<T> kind, String expected) throws Broken {
    if (fields.get(name) instanceof List<?> list && list.stream().allMatch(kind::isInstance)) {
      return list.stream().map(kind::cast).toList();
    }
    throw wrong(name, expected);
  }

  private Broken wrong(String name, String expected) {
    return new Broken(name + " is " + expected + " in what is sent", "it was in " + this);
  }

  /** Whether all fields of another are in this, with the same values. */
  boolean contains(Json others) {
    return others.fields.entrySet().stream()
        .allMatch(field -> field.getValue().equals(fields.get(field.getKey())));
  }

  /** Whether this has the number of another. */
  boolean hasPlaceOf(Json other) {
    return fields.get("seq") instanceof Long seq && seq.equals(other.fields.get("seq"));
  }

  Bytes bytes() {
    return Bytes.utf8(JsonWriter.write(this));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Json json && fields.equals(json.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  /** For people: see {@link Visible}. */
  @Override
  public String toString() {
    return Visible.json(bytes());
  }
}
