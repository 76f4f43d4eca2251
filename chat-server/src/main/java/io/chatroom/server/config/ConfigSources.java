package io.chatroom.server.config;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.config.ConfigOption.Setting;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.NativePath;
import io.chatroom.system.Spelling;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The sources of settings. Each source is read into {@link Setting}s that know where they were
 * written, so that all errors are reported in the same way.
 */
public final class ConfigSources {

  /** Variables of the client, its launcher and the container's scripts. */
  private static final Set<String> OF_OTHER_PROGRAMS =
      Set.of(
          "CHAT_SERVER",
          "CHAT_NAME",
          "CHAT_TLS",
          "CHAT_TLS_CA",
          "CHAT_TLS_FINGERPRINT",
          "CHAT_CLIENT_JAR",
          "CHAT_IMAGE",
          "CHAT_PUBLISH",
          "CHAT_STATE");

  private ConfigSources() {}

  /**
   * Reads a JSON file: one object, with a key for each option that is set. It is read token by
   * token, to know the line and column of an error.
   *
   * @throws ConfigException if it cannot be read, is not JSON, or has an unknown option
   */
  public static List<Setting> file(Path file) {
    byte[] json;
    try {
      json = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException("--config " + NativePath.show(file) + ": there is no such file");
    } catch (AccessDeniedException e) {
      throw new ConfigException("--config " + NativePath.show(file) + ": permission denied");
    } catch (IOException e) {
      throw new ConfigException(
          "--config " + NativePath.show(file) + " cannot be read: " + FileTrouble.reason(e));
    }
    try (JsonParser parser = new JsonMapper().createParser(json)) {
      return object(parser, file);
    } catch (JacksonException e) {
      throw new ConfigException(
          at(file, e.getLocation())
              + (e instanceof UnexpectedEndOfInputException
                  ? ": the file ends too early"
                  : e.getLocation() == null
                      ? ": something in it is too long"
                      : ": this is not JSON")
              + ", expected an object like {\"port\": 3306}");
    }
  }

  private static List<Setting> object(JsonParser parser, Path file) {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new ConfigException(
          NativePath.show(file) + ":1:1: expected an object like {\"port\": 3306}" + found(parser));
    }
    List<Setting> settings = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      String keyAt = at(file, parser.currentTokenLocation());
      ConfigOption option = known(key, keyAt);
      if (!seen.add(key)) {
        throw new ConfigException(keyAt + ": " + key + " is set twice, expected once");
      }
      JsonToken value = parser.nextToken();
      String where = at(file, parser.currentTokenLocation());
      if (!value.isScalarValue() || value == JsonToken.VALUE_NULL) {
        throw new ConfigException(
            where + ": " + key + " is " + describe(value) + ", expected " + option.expected());
      }
      settings.add(new Setting(option, parser.getString(), where));
    }
    if (parser.nextToken() != null) {
      throw new ConfigException(
          at(file, parser.currentTokenLocation())
              + ": expected nothing after the object"
              + found(parser));
    }
    return settings;
  }

  /** Settings of a program, by their names in JSON. */
  static List<Setting> map(Map<String, String> values) {
    List<Setting> settings = new ArrayList<>();
    values.forEach(
        (name, text) ->
            settings.add(new Setting(known(name, "ServerConfig"), text, "ServerConfig")));
    return settings;
  }

  /** Reads the variables {@code CHAT_…}. An empty or blank one counts as not set. */
  public static List<Setting> environment(Map<String, String> environment) {
    List<Setting> settings = new ArrayList<>();
    for (ConfigOption option : ConfigOption.ALL) {
      String text = environment.get(option.variable());
      if (text != null && !text.isBlank()) {
        settings.add(new Setting(option, text, option.variable()));
      }
    }
    return settings;
  }

  /**
   * A sentence for each variable {@code CHAT_…} that looks like a misspelt option. These do not
   * prevent the start, as the environment also serves other programs.
   */
  public static List<String> suspects(Map<String, String> environment) {
    List<String> names = names(ConfigOption::variable);
    return environment.keySet().stream()
        .filter(name -> name.startsWith("CHAT_") && !names.contains(name))
        .filter(name -> !OF_OTHER_PROGRAMS.contains(name))
        .sorted()
        .map(name -> suspect(name, Spelling.nearest(name, names)))
        .filter(Objects::nonNull)
        .toList();
  }

  private static @Nullable String suspect(String name, @Nullable String near) {
    return near == null
        ? null
        : name + " in the environment is not an option, did you mean " + near + "?";
  }

  private static List<String> names(Function<ConfigOption, String> name) {
    return ConfigOption.ALL.stream().map(name).toList();
  }

  private static ConfigOption known(String name, String where) {
    return ConfigOption.named(name).orElseThrow(() -> unknown(name, where));
  }

  private static ConfigException unknown(String name, String where) {
    List<String> known = names(ConfigOption::name);
    String near = Spelling.nearest(name, known);
    String hint =
        near == null
            ? "expected one of " + String.join(", ", known)
            : "did you mean \"" + near + "\"?";
    return new ConfigException(
        where + ": \"" + VisibleText.of(name) + "\" is not an option, " + hint);
  }

  /** The library gives no location for a token that is too long. */
  private static String at(Path file, @Nullable TokenStreamLocation location) {
    if (location == null) {
      return NativePath.show(file);
    }
    return NativePath.show(file)
        + ":"
        + Math.max(1, location.getLineNr())
        + ":"
        + Math.max(1, location.getColumnNr());
  }

  private static String found(JsonParser parser) {
    JsonToken token = parser.currentToken();
    return token == null ? ", found nothing" : ", found " + describe(token);
  }

  private static String describe(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_NULL -> "null";
      case VALUE_STRING -> "a string";
      default ->
          token.isNumeric() ? "a number" : token.isBoolean() ? "a truth value" : token.asString();
    };
  }
}
