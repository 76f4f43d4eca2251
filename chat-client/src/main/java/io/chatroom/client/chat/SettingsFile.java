package io.chatroom.client.chat;

import io.chatroom.client.ServerAddress;
import io.chatroom.system.FileTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Settings as a JSON object in a file: {@code {"server": "chat.example.org:3306", "tls": true,
 * "name": "alice", "bell": "mention", "color": true}}, all optional. Read token by token, because
 * the prompt waits for it.
 */
public final class SettingsFile {

  private final Path file;

  public SettingsFile(Path file) {
    this.file = file;
  }

  /**
   * What the file says, and the defaults where it says nothing or does not exist.
   *
   * @throws IOException if it cannot be read or understood; the message is one sentence for people
   */
  public Settings read() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(in);
    } catch (NoSuchFileException e) {
      return Settings.DEFAULT;
    } catch (JacksonException e) {
      throw new IOException(file + " is not JSON: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + FileTrouble.reason(e), e);
    }
  }

  private static Settings parse(InputStream in) {
    Settings settings = Settings.DEFAULT;
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), in)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("expected a JSON object");
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = json.currentName();
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
   * Writes the settings, as a whole or not at all, and makes the directory where there is none. A
   * link stays one.
   *
   * @throws IOException if that is not possible; the message is one sentence for people
   */
  public void write(Settings settings) throws IOException {
    try {
      Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
      Path directory = target.resolveSibling("");
      Files.createDirectories(directory);
      // A draft of its own, as two windows may write at the same time.
      Path draft = Files.createTempFile(directory, "client", ".new");
      try {
        print(settings, draft);
        Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException | JacksonException e) {
      throw new IOException(
          "cannot remember the settings in " + file + ": " + FileTrouble.reason(e), e);
    }
  }

  private static void print(Settings settings, Path draft) throws IOException {
    try (OutputStream out = Files.newOutputStream(draft);
        JsonGenerator json =
            new JsonFactory().createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
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
  }
}
