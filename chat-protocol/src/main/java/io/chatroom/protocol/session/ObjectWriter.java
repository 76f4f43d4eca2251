package io.chatroom.protocol.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.ByteBufUtil;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes the fields of one object; what is null is left out.
 *
 * <p>It puts the bytes where they belong by itself: to set up a generator costs more than all that
 * one writes for a message, and a server writes two objects for each post. Only a text that needs
 * escapes is left to Jackson.
 */
final class ObjectWriter {

  private static final JsonFactory JSON = new JsonFactory();

  private final ByteBuf out;

  /** Whether a comma goes in front of what comes next. */
  private boolean follows;

  private ObjectWriter(ByteBuf out) {
    this.out = out;
  }

  /** Writes one object, whose fields the caller fills in, to the end of the buffer. */
  static void write(ByteBuf out, Consumer<ObjectWriter> fields) {
    ObjectWriter json = new ObjectWriter(out);
    json.begin('{');
    fields.accept(json);
    json.end('}');
  }

  private void begin(char bracket) {
    out.writeByte(bracket);
    follows = false;
  }

  private void end(char bracket) {
    out.writeByte(bracket);
    follows = true;
  }

  private void separate() {
    if (follows) {
      out.writeByte(',');
    }
    follows = true;
  }

  private void name(String name) {
    separate();
    string(name);
    out.writeByte(':');
  }

  private void string(String text) {
    if (needsNoEscapes(text)) {
      out.writeByte('"');
      ByteBufUtil.reserveAndWriteUtf8(out, text, ByteBufUtil.utf8Bytes(text));
      out.writeByte('"');
    } else {
      OutputStream bytes = new ByteBufOutputStream(out);
      try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
        json.writeString(text);
      }
    }
  }

  private static boolean needsNoEscapes(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\' || c == '/' || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
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
    ByteBufUtil.writeAscii(out, Long.toString(value));
    return this;
  }

  ObjectWriter field(String name, @Nullable Long value) {
    return value == null ? this : field(name, value.longValue());
  }

  ObjectWriter field(String name, boolean value) {
    name(name);
    ByteBufUtil.writeAscii(out, Boolean.toString(value));
    return this;
  }

  /** A field that is there only if it is true. */
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

  /** An array of objects, each of whose fields the caller fills in. */
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
