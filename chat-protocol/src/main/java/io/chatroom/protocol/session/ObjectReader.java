package io.chatroom.protocol.session;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads one object: in one pass if {@code type} comes first, as {@code SESSIONS.md} asks, else in
 * two. Skips unknown fields.
 */
final class ObjectReader {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          // The table of names is shared, and would keep the names that strangers invent.
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(SessionLimits.MAX_DEPTH)
                  .maxTokenCount(SessionLimits.MAX_TOKENS)
                  .maxNameLength(SessionLimits.MAX_FIELD_BYTES)
                  .maxNumberLength(SessionLimits.MAX_DIGITS)
                  .maxStringLength(Integer.MAX_VALUE) // the caller has limited the whole object
                  .build())
          .build();

  /** For objects that are already refused, perhaps because of a duplicate field. */
  private static final JsonFactory LENIENT_JSON =
      JSON.rebuild().disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private ObjectReader() {}

  /** Reads an object of one of these types. */
  static <T> T read(String text, Map<String, Shape<? extends T>> shapes) throws BadObjectException {
    try (JsonParser json = open(JSON, text)) {
      begin(json);
      boolean typeIsFirst =
          json.nextToken() == JsonToken.PROPERTY_NAME && json.currentName().equals("type");
      String type = typeIsFirst ? typeIn(json) : findType(text);
      if (typeIsFirst) {
        json.nextToken();
      }
      Shape<? extends T> shape = shapes.get(type);
      if (shape == null) {
        finish(json);
        throw new BadField(
            Code.UNKNOWN_TYPE,
            "type is "
                + Check.show(type)
                + ", expected one of "
                + String.join(", ", shapes.keySet().stream().sorted().toList()));
      }
      Fields fields = shape.readFields(json);
      end(json);
      return shape.make(fields);
    } catch (BadField e) {
      throw refuse(text, e.code(), e.sentence());
    } catch (IllegalArgumentException e) {
      throw refuse(text, Code.BAD_REQUEST, String.valueOf(e.getMessage()));
    } catch (JacksonException e) {
      throw refuse(text, Code.BAD_REQUEST, sentence(e));
    }
  }

  private static JsonParser open(JsonFactory factory, String text) {
    return factory.createParser(ObjectReadContext.empty(), text);
  }

  private static void begin(JsonParser json) {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new BadField("this is not a JSON object, expected one like {\"type\":\"ping\"}");
    }
  }

  private static void end(JsonParser json) {
    if (json.nextToken() != null) {
      throw new BadField("something follows the object, expected nothing");
    }
  }

  /** Reads the type; the parser is at its name. */
  private static String typeIn(JsonParser json) {
    if (json.nextToken() != JsonToken.VALUE_STRING) {
      throw new BadField("type is not a string, expected one like \"ping\"");
    }
    return Check.text("type", json.getString());
  }

  private static String findType(String text) {
    try (JsonParser json = open(LENIENT_JSON, text)) {
      begin(json);
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        if (json.currentName().equals("type")) {
          return typeIn(json);
        }
        json.nextToken();
        json.skipChildren();
      }
      end(json);
    }
    throw new BadField("type is missing, expected an object like {\"type\":\"ping\"}");
  }

  /** Checks that the rest is JSON; the parser is at the name of a field. */
  private static void finish(JsonParser json) {
    for (JsonToken token = json.currentToken();
        token == JsonToken.PROPERTY_NAME;
        token = json.nextToken()) {
      json.nextToken();
      json.skipChildren();
    }
    end(json);
  }

  /** Makes the exception, with the request's {@code q} or {@code id} if it can be read. */
  private static BadObjectException refuse(String text, Code code, String sentence) {
    Marks marks = new Marks();
    try (JsonParser json = open(LENIENT_JSON, text)) {
      begin(json);
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        marks.take(name, json);
        json.skipChildren();
      }
    } catch (BadField | JacksonException e) {
      // The fields before the unreadable place are enough.
    }
    if (marks.otherVersion != null) {
      return new BadObjectException(
          Code.VERSION,
          "v is " + marks.otherVersion + ", expected " + FromClient.Hello.VERSION,
          null,
          null);
    }
    boolean isPost = "post".equals(marks.type) || marks.q == null;
    return new BadObjectException(
        code, sentence, isPost ? null : marks.q, isPost ? marks.id : null);
  }

  /** The readable fields of a wrong object. */
  private static final class Marks {
    private @Nullable String type;
    private @Nullable String q;
    private @Nullable String id;
    private @Nullable Long otherVersion;

    void take(String name, JsonParser json) {
      if (json.currentToken() == JsonToken.VALUE_STRING) {
        switch (name) {
          case "type" -> type = json.getString();
          case "q" -> q = ifWithin(json.getString(), 0, SessionLimits.MAX_Q_BYTES);
          case "id" -> id = ifWithin(json.getString(), 1, SessionLimits.MAX_ID_BYTES);
          default -> {}
        }
      } else if (name.equals("v")
          && json.currentToken() == JsonToken.VALUE_NUMBER_INT
          && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
          && json.getLongValue() != FromClient.Hello.VERSION
          && ("hello".equals(type) || "welcome".equals(type))) {
        otherVersion = json.getLongValue();
      }
    }

    private static @Nullable String ifWithin(String mark, int minBytes, int maxBytes) {
      int bytes = Check.utf8Length(mark);
      return bytes >= minBytes && bytes <= maxBytes ? mark : null;
    }
  }

  /** Jackson's own messages mention its settings, and quote the stranger's text. */
  private static String sentence(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    return at == null || at.getCharOffset() < 0
        ? "this is not JSON, or too deep or too long, expected one object like {\"type\":\"ping\"}"
        : "this is not JSON at character "
            + at.getCharOffset()
            + ", or too deep or too long, expected one object like {\"type\":\"ping\"}";
  }
}
