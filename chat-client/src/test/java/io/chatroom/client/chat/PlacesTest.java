package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
  void areNowhereWithoutAHome() {
    assertThatThrownBy(() -> Places.home(Map.of(), "?"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "there is no home directory to keep anything in, expected one in the environment's"
                + " HOME");
    assertThatThrownBy(() -> Places.home(Map.of("HOME", "/home/j\uFFFDrg"), "/"))
        .hasMessage("\"/home/j\uFFFDrg\" cannot be the name of a file");
  }

  @Test
  void areBelowTheHomeThatTheShellMeans() throws IOException {
    Path users = Path.of(System.getProperty("user.home"));

    assertThat(Places.home(Map.of("HOME", "/home/of/the/shell")))
        .isEqualTo(Path.of("/home/of/the/shell"));
    assertThat(Places.home(Map.of("HOME", ""))).isEqualTo(users);
    assertThat(Places.home(Map.of())).isEqualTo(users);
    assertThat(Places.here(Map.of("HOME", "/home/of/the/shell")).settings())
        .startsWithRaw(Path.of("/home/of/the/shell"));
  }
}
