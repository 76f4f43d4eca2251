package io.chatroom.client.conformance.session;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes objects as short as they can be. */
final class JsonWriter {

  private JsonWriter() {}

  static String write(Json object) {
    StringBuilder out = new StringBuilder();
    value(out, object);
    return out.toString();
  }

  private static void value(StringBuilder out, Object value) {
    if (value instanceof Json object) {
      out.append('{');
      String comma = "";
      for (Map.Entry<String, Object> field : object.fields().entrySet()) {
        out.append(comma);
        text(out, field.getKey());
        out.append(':');
        value(out, field.getValue());
        comma = ",";
      }
      out.append('}');
    } else if (value instanceof List<?> list) {
      out.append('[');
      String comma = "";
      for (Object each : list) {
        out.append(comma);
        value(out, each);
        comma = ",";
      }
      out.append(']');
    } else if (value instanceof String text) {
      text(out, text);
    } else {
      out.append(value);
    }
  }

  private static void text(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
