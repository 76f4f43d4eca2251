package io.chatroom.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HomeTest {

  private static final Map<String, String> MINE = Map.of("HOME", "/home/me");

  @Test
  void isWhatTheShellMeans() throws IOException {
    Path users = Path.of(System.getProperty("user.home"));

    assertThat(Home.of(Map.of("HOME", "/home/of/the/shell")))
        .isEqualTo(Path.of("/home/of/the/shell"));
    assertThat(Home.of(Map.of("HOME", ""))).isEqualTo(users);
    assertThat(Home.of(Map.of())).isEqualTo(users);
  }

  @Test
  void doesNotExistForAnUnknownUser() {
    assertThatThrownBy(() -> Home.of(Map.of(), "?"))
        .isInstanceOf(IOException.class)
        .hasMessage("there is no home directory, expected one in the environment variable HOME");
    assertThatThrownBy(() -> Home.of(Map.of("HOME", "/home/j\uFFFDrg"), "/"))
        .hasMessage("\"/home/j\uFFFDrg\" cannot be the name of a file");
  }

  @Test
  void isATilde() throws IOException {
    assertThat(Home.path("~", MINE)).isEqualTo(Path.of("/home/me"));
    assertThat(Home.path("~/a b", MINE)).isEqualTo(Path.of("/home/me/a b"));
    assertThat(Home.path("~//a", MINE)).isEqualTo(Path.of("/home/me/a"));
    assertThat(Home.path("./~", MINE)).isEqualTo(Path.of("./~"));
    assertThat(Home.path("a~", MINE)).isEqualTo(Path.of("a~"));
    assertThatThrownBy(() -> Home.path("~bob", MINE))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "other users' homes are not supported, expected ~/FILE for your own, or ./~bob for a"
                + " file of that name");
  }
}
