package io.chatroom.server.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HookLinesTest {

  private static final String SECRET = "0123456789abcdef";

  @Test
  void readsOneHookPerLine() throws IOException {
    assertThat(
            HookLines.read(
                "# told\r\n\r\n Lobby\tHTTPS://hooks.example:8443/a?b=c  "
                    + SECRET
                    + "\r\ntea http://[2001:db8::1] "
                    + SECRET))
        .satisfiesExactly(
            hook -> {
              assertThat(hook.room().key()).isEqualTo("lobby");
              assertThat(hook.host()).isEqualTo("hooks.example");
              assertThat(hook.port()).isEqualTo(8443);
              assertThat(hook.isEncrypted()).isTrue();
              assertThat(hook.target()).isEqualTo("/a?b=c");
              assertThat(hook).hasToString("hook of Lobby to https://hooks.example:8443");
            },
            hook -> {
              assertThat(hook.host()).isEqualTo("2001:db8::1");
              assertThat(hook.port()).isEqualTo(80);
              assertThat(hook.isEncrypted()).isFalse();
              assertThat(hook.target()).isEqualTo("/");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tea https://a.example | it does not have three words",
        "tea https://a.example 0123456789abcdef more | it does not have three words",
        "@bob https://a.example 0123456789abcdef | the first word is not the name of a public room",
        "t:a https://a.example 0123456789abcdef | the first word is not the name of a public room",
        "tea ftp://a.example 0123456789abcdef | the second word is not an http or https URL",
        "tea a.example/b 0123456789abcdef | the second word is not an http or https URL",
        "tea https:///b 0123456789abcdef | the second word is not an http or https URL",
        "tea https://me:pw@a.example 0123456789abcdef | the second word is not an http or https URL",
        "tea https://a.example/#b 0123456789abcdef | the second word is not an http or https URL",
        "tea https://a.example:70000 0123456789abcdef | the second word is not an http or https URL",
        "tea https://a.example 0123456789abcde | the secret has 15 characters",
      })
  void refusesMalformedLinesWithoutQuotingThem(String line, String sentence) {
    assertThatThrownBy(() -> HookLines.read("#\n" + line))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("line 2: " + sentence)
        .hasMessageNotContaining("abcde");
  }

  @Test
  void refusesDuplicatesAndTooManyHooks() {
    String line = "tea https://a.example " + SECRET + "\n";
    assertThatThrownBy(() -> HookLines.read(line + line.replace("tea", "TEA")))
        .hasMessage("line 2: an earlier line has the same room and URL, expected others");
    StringBuilder many = new StringBuilder();
    for (int i = 0; i <= HookLines.MOST; i++) {
      many.append(line.replace("tea", "tea" + i));
    }
    assertThatThrownBy(() -> HookLines.read(many.toString()))
        .hasMessage("line 101: there are more than 100 hooks");
  }
}
