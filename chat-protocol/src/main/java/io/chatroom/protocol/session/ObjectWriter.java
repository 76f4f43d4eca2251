package io.chatroom.protocol.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes the fields of one object; what is null is left out. */
final class ObjectWriter {

  private static final JsonFactory JSON = new JsonFactory();

  private final JsonGenerator json;

  private ObjectWriter(JsonGenerator json) {
    this.json = json;
  }

  /** Writes one object, whose fields the caller fills in, to the end of the buffer. */
  static void write(ByteBuf out, Consumer<ObjectWriter> fields) {
    OutputStream bytes = new ByteBufOutputStream(out);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      fields.accept(new ObjectWriter(json));
      json.writeEndObject();
    }
  }

  ObjectWriter field(String name, @Nullable String value) {
    if (value != null) {
      json.writeStringProperty(name, value);
    }
    return this;
  }

  ObjectWriter field(String name, @Nullable RoomName value) {
    return field(name, value == null ? null : value.text());
  }

  ObjectWriter field(String name, long value) {
    json.writeNumberProperty(name, value);
    return this;
  }

  ObjectWriter field(String name, @Nullable Long value) {
    if (value != null) {
      json.writeNumberProperty(name, value.longValue());
    }
    return this;
  }

  ObjectWriter field(String name, boolean value) {
    json.writeBooleanProperty(name, value);
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
    json.writeObjectPropertyStart(name);
    fields.accept(this);
    json.writeEndObject();
    return this;
  }

  ObjectWriter strings(String name, @Nullable List<String> values) {
    if (values != null) {
      json.writeArrayPropertyStart(name);
      values.forEach(json::writeString);
      json.writeEndArray();
    }
    return this;
  }

  /** An array of objects, each of whose fields the caller fills in. */
  <T> ObjectWriter objects(String name, List<T> values, Consumer<T> fields) {
    json.writeArrayPropertyStart(name);
    for (T value : values) {
      json.writeStartObject();
      fields.accept(value);
      json.writeEndObject();
    }
    json.writeEndArray();
    return this;
  }
}
