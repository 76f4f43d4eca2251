package io.chatroom.client.chat;

import io.chatroom.system.Home;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The locations of a person's files on each platform.
 *
 * @param settings the settings, unless {@code --config} names another file
 * @param history the input history
 * @param knownServers the fingerprints of accepted servers
 */
public record Places(Path settings, Path history, Path knownServers) {

  private static final String DIRECTORY = "chatroom";
  private static final String SETTINGS = "client.json";
  private static final String HISTORY = "history";
  private static final String KNOWN_SERVERS = "known_servers";
  private static final String OWNED_NAMES = "owned_names";

  /**
   * The locations on this machine.
   *
   * @throws IOException if this person has none; the message is one sentence
   */
  public static Places here(Map<String, String> environment) throws IOException {
    return of(System.getProperty("os.name", ""), Home.of(environment), environment);
  }

  static Places of(String system, Path home, Map<String, String> environment) throws IOException {
    String os = system.toLowerCase(Locale.ROOT);
    if (os.startsWith("windows")) {
      Path roaming = directory(environment, "APPDATA", home.resolve("AppData/Roaming"));
      Path local = directory(environment, "LOCALAPPDATA", home.resolve("AppData/Local"));
      return in(roaming, local);
    }
    if (os.startsWith("mac")) {
      Path support = home.resolve("Library/Application Support");
      return in(support, support);
    }
    return in(
        directory(environment, "XDG_CONFIG_HOME", home.resolve(".config")),
        directory(environment, "XDG_STATE_HOME", home.resolve(".local/state")));
  }

  /** The names that the person owns, and the tokens that prove it. */
  public Path ownedNames() {
    return knownServers.resolveSibling(OWNED_NAMES);
  }

  private static Places in(Path config, Path state) {
    return new Places(
        config.resolve(DIRECTORY).resolve(SETTINGS),
        state.resolve(DIRECTORY).resolve(HISTORY),
        config.resolve(DIRECTORY).resolve(KNOWN_SERVERS));
  }

  /** Ignores relative paths, as the XDG specification demands. */
  private static Path directory(Map<String, String> environment, String variable, Path otherwise)
      throws IOException {
    String value = environment.getOrDefault(variable, "");
    Path directory = value.isEmpty() ? otherwise : NativePath.of(value);
    return directory.isAbsolute() ? directory : otherwise;
  }
}
