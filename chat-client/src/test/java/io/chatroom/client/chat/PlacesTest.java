package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacesTest {

  private static final Path HOME = Path.of("/home/alice");

  @Test
  void areTheUsualOnesOnLinux() throws IOException {
    assertThat(Places.of("Linux", HOME, Map.of("XDG_CONFIG_HOME", "", "XDG_STATE_HOME", "here")))
        .isEqualTo(
            new Places(
                HOME.resolve(".config/chatroom/client.json"),
                HOME.resolve(".local/state/chatroom/history"),
                HOME.resolve(".config/chatroom/known_servers")));
  }

  @Test
  void followTheEnvironmentOnLinux() throws IOException {
    assertThat(Places.of("Linux", HOME, Map.of("XDG_CONFIG_HOME", "/c", "XDG_STATE_HOME", "/s")))
        .isEqualTo(
            new Places(
                Path.of("/c/chatroom/client.json"),
                Path.of("/s/chatroom/history"),
                Path.of("/c/chatroom/known_servers")));
  }

  @Test
  void areInTheLibraryOnAMac() throws IOException {
    Path support = HOME.resolve("Library/Application Support/chatroom");

    assertThat(Places.of("Mac OS X", HOME, Map.of("XDG_CONFIG_HOME", "/c")))
        .isEqualTo(
            new Places(
                support.resolve("client.json"),
                support.resolve("history"),
                support.resolve("known_servers")));
  }

  @Test
  void areInTheApplicationDataOnWindows() throws IOException {
    assertThat(Places.of("Windows 11", HOME, Map.of("APPDATA", "/roaming", "LOCALAPPDATA", "/l")))
        .isEqualTo(
            new Places(
                Path.of("/roaming/chatroom/client.json"),
                Path.of("/l/chatroom/history"),
                Path.of("/roaming/chatroom/known_servers")));
  }

  @Test
  void areBelowTheHomeThatTheShellMeans() throws IOException {
    assertThat(Places.here(Map.of("HOME", "/home/of/the/shell")).settings())
        .startsWithRaw(Path.of("/home/of/the/shell"));
  }
}
