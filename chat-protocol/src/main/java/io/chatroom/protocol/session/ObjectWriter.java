package io.chatroom.protocol.session;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes the fields of one object, and omits null fields.
 *
 * <p>It writes the JSON itself, because creating a Jackson generator costs more than writing a
 * message, and a server writes two objects for each post. Only texts that need escapes are left to
 * Jackson. The bytes are collected in an array, because every access to a buffer is checked.
 */
final class ObjectWriter {

  private static final JsonFactory JSON = new JsonFactory();

  /** Enough for most messages. */
  private static final int USUAL_BYTES = 256;

  private byte[] bytes = new byte[USUAL_BYTES];
  private int end;

  /** True if the next field or value needs a comma before it. */
  private boolean follows;

  /** False to omit {@code q}. */
  private final boolean marked;

  private ObjectWriter(boolean marked) {
    this.marked = marked;
  }

  /** Appends one object, whose fields the caller writes. */
  static void write(ByteBuf out, Consumer<ObjectWriter> fields) {
    write(out, true, fields);
  }

  /** The same without {@code q}, if the answer needs none to find its request. */
  static void writeUnmarked(ByteBuf out, Consumer<ObjectWriter> fields) {
    write(out, false, fields);
  }

  private static void write(ByteBuf out, boolean marked, Consumer<ObjectWriter> fields) {
    ObjectWriter json = new ObjectWriter(marked);
    json.begin('{');
    fields.accept(json);
    json.end('}');
    out.writeBytes(json.bytes, 0, json.end);
  }

  private void reserve(int more) {
    if (bytes.length - end < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, end + more));
    }
  }

  private void put(char ascii) {
    reserve(1);
    bytes[end++] = (byte) ascii;
  }

  private void put(byte[] more) {
    reserve(more.length);
    System.arraycopy(more, 0, bytes, end, more.length);
    end += more.length;
  }

  private void begin(char bracket) {
    put(bracket);
    follows = false;
  }

  private void end(char bracket) {
    put(bracket);
    follows = true;
  }

  private void separate() {
    if (follows) {
      put(',');
    }
    follows = true;
  }

  private void name(String name) {
    separate();
    string(name);
    put(':');
  }

  private void string(String text) {
    int start = end;
    put('"');
    if (putAsItIs(text)) {
      put('"');
    } else {
      end = start;
      putEscaped(text);
    }
  }

  /** Writes an ASCII text without escapes; false if the text is not one. */
  private boolean putAsItIs(String text) {
    int length = text.length();
    reserve(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
      bytes[end + i] = (byte) c;
    }
    end += length;
    return true;
  }

  private void putEscaped(String text) {
    ByteArrayOutputStream escaped = new ByteArrayOutputStream(text.length() + 2);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), escaped)) {
      json.writeString(text);
    }
    put(escaped.toByteArray());
  }

  /** The {@code q} of a request, which the answer repeats. */
  ObjectWriter mark(@Nullable String q) {
    return field("q", marked ? q : null);
  }

  ObjectWriter field(String name, @Nullable String value) {
    if (value != null) {
      name(name);
      string(value);
    }
    return this;
  }

  ObjectWriter field(String name, @Nullable RoomName value) {
    return field(name, value == null ? null : value.text());
  }

  ObjectWriter field(String name, long value) {
    name(name);
    putAsItIs(Long.toString(value));
    return this;
  }

  ObjectWriter field(String name, @Nullable Long value) {
    return value == null ? this : field(name, value.longValue());
  }

  ObjectWriter field(String name, boolean value) {
    name(name);
    putAsItIs(Boolean.toString(value));
    return this;
  }

  /** A field that is omitted if it is false. */
  ObjectWriter onlyIf(String name, boolean value) {
    return value ? field(name, true) : this;
  }

  ObjectWriter field(String name, @Nullable Position value) {
    return value == null
        ? this
        : object(name, inner -> inner.field("epoch", value.epoch()).field("seq", value.seq()));
  }

  ObjectWriter object(String name, Consumer<ObjectWriter> fields) {
    name(name);
    begin('{');
    fields.accept(this);
    end('}');
    return this;
  }

  ObjectWriter strings(String name, @Nullable List<String> values) {
    if (values != null) {
      name(name);
      begin('[');
      for (String value : values) {
        separate();
        string(value);
      }
      end(']');
    }
    return this;
  }

  /** An array of objects, whose fields the caller writes. */
  <T> ObjectWriter objects(String name, List<T> values, Consumer<T> fields) {
    name(name);
    begin('[');
    for (T value : values) {
      separate();
      begin('{');
      fields.accept(value);
      end('}');
    }
    end(']');
    return this;
  }
}
