package io.chatroom.protocol.session;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields that were present in one object, with the types of its {@link Shape}. A null field
 * counts as missing.
 */
record Fields(Map<String, Object> read) {

  boolean has(String name) {
    return read.containsKey(name);
  }

  String string(String name) {
    return (String) required(name);
  }

  @Nullable String optionalString(String name) {
    return (String) read.get(name);
  }

  long integer(String name) {
    return (Long) required(name);
  }

  /** An integer, reduced to the maximum of {@code int}. */
  int small(String name) {
    return (int) Math.min(Integer.MAX_VALUE, integer(name));
  }

  @Nullable Long optionalInteger(String name) {
    return (Long) read.get(name);
  }

  boolean bool(String name) {
    return (Boolean) required(name);
  }

  boolean isTrue(String name) {
    return Boolean.TRUE.equals(read.get(name));
  }

  boolean isFalse(String name) {
    return Boolean.FALSE.equals(read.get(name));
  }

  RoomName room() {
    return RoomName.of(string("room"));
  }

  @Nullable RoomName optionalRoom(String name) {
    String room = optionalString(name);
    return room == null ? null : RoomName.of(room);
  }

  /** Empty if there is no such field. */
  List<RoomName> rooms(String name) {
    return this.<String>listOrEmpty(name).stream().map(RoomName::of).toList();
  }

  @Nullable Position position(String name) {
    return (Position) read.get(name);
  }

  <T> List<T> list(String name) {
    return cast(required(name));
  }

  <T> @Nullable List<T> optionalList(String name) {
    Object list = read.get(name);
    return list == null ? null : Fields.<List<T>>cast(list);
  }

  <T> List<T> listOrEmpty(String name) {
    return has(name) ? list(name) : List.of();
  }

  /** The target of an event: a string, an integer, or null. */
  @Nullable Object target() {
    return read.get("target");
  }

  /** Checks the version before the other fields, which another version may have changed. */
  void checkVersion() {
    long version = integer("v");
    if (version != FromClient.Hello.VERSION) {
      throw new BadField(
          Code.VERSION, "v is " + version + ", expected " + FromClient.Hello.VERSION);
    }
  }

  Map<String, Long> integers(String name) {
    return cast(required(name));
  }

  /** A word of a fixed list. */
  <E extends Enum<E>> E word(String name, Map<String, E> words) {
    String text = string(name);
    E word = words.get(text);
    if (word == null) {
      throw new BadField(
          name
              + " is "
              + Check.show(text)
              + ", expected one of "
              + String.join(", ", words.keySet().stream().sorted().toList()));
    }
    return word;
  }

  private Object required(String name) {
    Object value = read.get(name);
    if (value == null) {
      throw new BadField(name + " is missing, expected it in this object");
    }
    return value;
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the shape has made it
  private static <T> T cast(Object value) {
    return (T) value;
  }
}
