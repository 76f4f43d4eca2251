package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginNameTest {

  @ParameterizedTest
  @CsvSource({
    "alice,bob,carol,alice",
    "?,bob,carol,bob",
    "?,'',carol,carol",
    "j\uFFFDrg,jürg,carol,jürg",
    "'','','',",
    "?,?,j\uFFFDrg,",
  })
  void isTheFirstUsableOne(String jdk, String logname, String user, String expected) {
    assertThat(LoginName.of(jdk, Map.of("LOGNAME", logname, "USER", user))).isEqualTo(expected);
  }
}
