package io.chatroom.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonLinesTest {

  private final Logger logger = new LoggerContext().getLogger("io.chatroom.server.Something");
  private final JsonLines encoder = new JsonLines();

  JsonLinesTest() {
    encoder.start();
  }

  @Test
  void namesItsFieldsAsCloudLoggingDoes() {
    JsonNode line = line(Level.INFO, "alice says \"hi\"\nand {}", null, "more é");

    assertThat(line.get("severity").asString()).isEqualTo("INFO");
    assertThat(line.get("message").asString()).isEqualTo("alice says \"hi\"\nand more é");
    assertThat(Instant.parse(line.get("time").asString())).isBefore(Instant.now().plusMillis(1));
    assertThat(line.get("logger").asString()).isEqualTo("io.chatroom.server.Something");
    assertThat(line.get("thread").asString()).isEqualTo(Thread.currentThread().getName());
    assertThat(line.has("exception")).isFalse();
  }

  @Test
  void keepsAStackTraceInsideItsLine() {
    JsonNode line = line(Level.ERROR, "broken", new IllegalStateException("why"));

    assertThat(line.get("message").asString()).isEqualTo("broken");
    assertThat(line.get("exception").asString())
        .startsWith("java.lang.IllegalStateException: why\n")
        .contains("\tat io.chatroom.server.logging.JsonLinesTest.");
  }

  @ParameterizedTest
  @CsvSource({"ERROR,ERROR", "WARN,WARNING", "INFO,INFO", "DEBUG,DEBUG", "TRACE,DEBUG"})
  void callsLevelsAsCloudLoggingDoes(String level, String severity) {
    assertThat(line(Level.valueOf(level), "x", null).get("severity").asString())
        .isEqualTo(severity);
  }

  private JsonNode line(
      Level level, String message, @Nullable Throwable thrown, Object... arguments) {
    LoggingEvent event = new LoggingEvent("", logger, level, message, thrown, arguments);
    String line = new String(encoder.encode(event), StandardCharsets.UTF_8);
    assertThat(line).endsWith("}\n");
    assertThat(line.strip()).doesNotContain("\n");
    return JsonMapper.shared().readTree(line);
  }
}
