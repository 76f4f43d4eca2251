package io.chatroom.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.config.ConfigOption.Setting;
import io.chatroom.server.config.Spellings.Spelling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** A value means the same in every source, in upper case, and between spaces. */
class SpellingTest {

  @TempDir Path dir;

  @ParameterizedTest
  @MethodSource("io.chatroom.server.config.Spellings#all")
  void everySourceReadsEverySpelling(Spelling spelling) throws IOException {
    ConfigOption option =
        ConfigOption.ALL.stream()
            .filter(each -> each.variable().equals(spelling.variable()))
            .findFirst()
            .orElseThrow();
    ServerConfig config = ServerConfig.of(Map.of(option.name(), spelling.plain()));
    Path file = dir.resolve("chat.json");
    Files.writeString(
        file, new JsonMapper().writeValueAsString(Map.of(option.name(), spelling.written())));

    assertThat(ServerConfig.ofEnvironment(Map.of(spelling.variable(), spelling.written())))
        .as("from the environment")
        .isEqualTo(config);
    assertThat(ConfigOption.configOf(ConfigSources.file(file))).as("from a file").isEqualTo(config);
    assertThat(
            ConfigOption.configOf(List.of(new Setting(option, spelling.written(), option.flag()))))
        .as("from a flag")
        .isEqualTo(config);
    assertThat(ServerConfig.of(Map.of(option.name(), spelling.written())))
        .as("from a program")
        .isEqualTo(config);
  }

  /** A default that is written as documented has the same effect as none. */
  @ParameterizedTest
  @MethodSource("io.chatroom.server.config.Spellings#defaults")
  void theDefaultsAreSpellings(Spelling spelling) {
    assertThat(ServerConfig.ofEnvironment(Map.of(spelling.variable(), spelling.written())))
        .isEqualTo(ServerConfig.ofEnvironment(Map.of()));
  }

  /** The tests of all sources use these spellings, so none may be missing. */
  @Test
  void everyDefaultIsTestedInUpperCaseAndBetweenSpaces() {
    for (ConfigOption option : ConfigOption.ALL) {
      String plain = option.option().defaultsTo();
      assertThat(Spellings.defaults().filter(each -> each.variable().equals(option.variable())))
          .extracting(Spelling::written)
          .contains(plain, plain.toUpperCase(Locale.ROOT), " " + plain + "\t", plain + "\r");
    }
  }

  @Test
  void upperCaseIsNotTheLocales() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr"));
    try {
      assertThat(ServerConfig.of(Map.of("logLevel", "INFO", "transport", "NIO")))
          .isEqualTo(ServerConfig.of(Map.of("logLevel", "info", "transport", "nio")));
    } finally {
      Locale.setDefault(before);
    }
  }
}
