package io.chatroom.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | text/plain",
        "*/* | text/plain",
        "application/openmetrics-text | application/openmetrics-text",
        "application/openmetrics-text;q=0.5,text/plain;q=0.4 | application/openmetrics-text",
        "application/openmetrics-text;q=0.2,text/plain;q=0.9 | text/plain",
        "application/openmetrics-text;q=0.000 | text/plain"
      })
  void usesThePreferredFormat(String accept, String type) {
    assertThat(new PrometheusText(new ServerMetrics(), List.of(), "1").contentType(accept))
        .startsWith(type + ";");
  }
}
