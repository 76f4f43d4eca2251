package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Printable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object, sent or received, with its fields in order. A value is a {@link String}, a {@link
 * Long}, a {@link Boolean}, a {@link List}, another {@link Json}, or a {@link JsonReader.Odd} for
 * what SESSIONS.md never allows.
 */
final class Json {

  private final Map<String, Object> fields;

  Json(Map<String, Object> fields) {
    this.fields = fields;
  }

  /** Returns an object without fields. */
  static Json empty() {
    return new Json(new LinkedHashMap<>());
  }

  /** Returns an object with a type and no other fields. */
  static Json of(String type) {
    return empty().with("type", type);
  }

  /** Returns a copy in which this field is added or replaced. */
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

  /** Returns an integer from 0 to 2^53 - 1. */
  long number(String name) throws Broken {
    if (fields.get(name) instanceof Long number && number >= 0 && number < 1L << 53) {
      return number;
    }
    throw wrong(name, "an integer from 0 to 2^53 - 1");
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
    return new Broken(name + " is " + expected, "it received " + this);
  }

  /** Returns true if this has all fields of the other, with the same values. */
  boolean contains(Json others) {
    return others.fields.entrySet().stream()
        .allMatch(field -> field.getValue().equals(fields.get(field.getKey())));
  }

  /** Returns true if this has the same seq as the other. */
  boolean hasSameSeqAs(Json other) {
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

  /** Formats the object for people; see {@link Printable}. */
  @Override
  public String toString() {
    return Printable.json(bytes());
  }
}
