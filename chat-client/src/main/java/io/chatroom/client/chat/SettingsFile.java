package io.chatroom.client.chat;

import io.chatroom.client.ServerAddress;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.KeptFile;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/**
 * Settings as a JSON object in a file: {@code {"server": "chat.example.org:3306", "tls": true,
 * "name": "alice", "bell": "mention", "color": true}}, all optional. Read token by token, because
 * the prompt waits for it.
 */
public final class SettingsFile {

  private final KeptFile kept;
  private final String shown;

  public SettingsFile(Path file) {
    kept = KeptFile.secret(file);
    shown = NativePath.show(file);
  }

  /**
   * The settings in the file, with the defaults for missing ones.
   *
   * @throws IOException if it cannot be read or understood; the message is one sentence for people
   */
  public Settings read() throws IOException {
    String json;
    try {
      json = kept.read();
    } catch (IOException e) {
      throw new IOException("cannot read " + shown + ": " + FileTrouble.reason(e), e);
    }
    return understand(json);
  }

  private Settings understand(@Nullable String json) throws NotUnderstoodException {
    try {
      return json == null ? Settings.DEFAULT : parse(json);
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation(); // null for endless numbers and the like
      String place =
          at == null ? "" : ":" + Math.max(1, at.getLineNr()) + ":" + Math.max(1, at.getColumnNr());
      throw new NotUnderstoodException(
          shown
              + place
              + ": "
              + (e instanceof UnexpectedEndOfInputException
                  ? "the file ends too early"
                  : at == null ? "something in it is too long" : "this is not JSON")
              + ", expected an object like {\"name\": \"alice\"}",
          e);
    } catch (IllegalArgumentException e) {
      throw new NotUnderstoodException(shown + ": " + e.getMessage(), e);
    }
  }

  /** The content of the file is wrong; the message is a whole sentence. */
  private static final class NotUnderstoodException extends IOException {
    NotUnderstoodException(String sentence, RuntimeException cause) {
      super(sentence, cause);
    }
  }

  private static Settings parse(String text) {
    Settings settings = Settings.DEFAULT;
    Set<String> seen = new HashSet<>();
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("expected a JSON object");
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = json.currentName();
        if (!seen.add(key)) {
          throw new IllegalArgumentException("\"" + key + "\" is set twice, expected once");
        }
        json.nextToken();
        settings =
            switch (key) {
              case "server" -> settings.withServer(ServerAddress.parse(string(key, json)));
              case "tls" -> settings.withTls(bool(key, json));
              case "name" -> settings.withName(string(key, json));
              case "bell" ->
                  new Settings(
                      settings.server(),
                      settings.tls(),
                      settings.name(),
                      bell(string(key, json)),
                      settings.color());
              case "color" ->
                  new Settings(
                      settings.server(),
                      settings.tls(),
                      settings.name(),
                      settings.bell(),
                      bool(key, json));
              default ->
                  throw new IllegalArgumentException(
                      "\""
                          + key
                          + "\" is not a setting, expected server, tls, name, bell or color");
            };
      }
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("expected nothing after the object");
      }
    }
    return settings;
  }

  private static String string(String key, JsonParser json) {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new IllegalArgumentException(key + " is " + json.getString() + ", expected a string");
    }
    return json.getString();
  }

  private static boolean bool(String key, JsonParser json) {
    if (json.currentToken() != JsonToken.VALUE_TRUE
        && json.currentToken() != JsonToken.VALUE_FALSE) {
      throw new IllegalArgumentException(
          key + " is " + json.getString() + ", expected true or false");
    }
    return json.getBooleanValue();
  }

  private static Bell bell(String word) {
    for (Bell bell : Bell.values()) {
      if (text(bell).equals(word)) {
        return bell;
      }
    }
    throw new IllegalArgumentException(
        "bell is \""
            + word
            + "\", expected "
            + Arrays.stream(Bell.values())
                .map(SettingsFile::text)
                .collect(Collectors.joining(" or ")));
  }

  private static String text(Bell bell) {
    return bell.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Changes the settings in the file, which another window may have changed since they were read.
   * Replaces the file as a whole or not at all. Makes the directory if there is none. A link stays
   * a link.
   *
   * @throws IOException if the file cannot be changed; the message is one sentence for people
   */
  public void change(UnaryOperator<Settings> change) throws IOException {
    try {
      kept.makeDirectory();
      kept.change(before -> print(change.apply(understand(before))));
    } catch (NotUnderstoodException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "cannot remember the settings in " + shown + ": " + FileTrouble.reason(e), e);
    }
  }

  private static String print(Settings settings) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      if (settings.server() != null) {
        json.writeStringProperty("server", settings.server().toString());
      }
      if (settings.tls()) {
        json.writeBooleanProperty("tls", true);
      }
      if (settings.name() != null) {
        json.writeStringProperty("name", settings.name());
      }
      json.writeStringProperty("bell", text(settings.bell()));
      json.writeBooleanProperty("color", settings.color());
      json.writeEndObject();
      json.writeRaw("\n");
    }
    return out.toString();
  }
}
