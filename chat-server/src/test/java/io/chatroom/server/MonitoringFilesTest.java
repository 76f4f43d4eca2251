package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chatroom.server.config.ServerConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The files for Prometheus and Grafana, held against what a server really shows. */
class MonitoringFilesTest {

  private static final Path PROMETHEUS = Path.of("..", "docker", "prometheus");
  private static final Path ALERTS = PROMETHEUS.resolve("alerts.yaml");
  private static final Path OPERATING = Path.of("..", "docs", "operating.md");
  private static final Path DASHBOARD = Path.of("..", "docker", "grafana", "chatroom.json");
  private static final Pattern METRIC = Pattern.compile("\\b(?:chat|jvm|process)_[a-z0-9_]+");
  private static final Pattern LABEL =
      Pattern.compile("\\b(outcome|kind|state|area)=\"([^\"|.]+)\"");

  private static ChatServer server;
  private static String scrape;

  @TempDir Path dir;

  @BeforeAll
  static void look(@TempDir Path data) throws IOException {
    server =
        ChatServer.start(
            ServerConfig.of(
                Map.of(
                    "host",
                    "127.0.0.1",
                    "port",
                    "0",
                    "admin",
                    "127.0.0.1:0",
                    "data",
                    data.toString())));
    scrape = TestHttp.get(Objects.requireNonNull(server.adminAddress()), "/metrics").body();
  }

  @AfterAll
  static void close() {
    server.close();
  }

  static Stream<String> alertExpressions() throws IOException {
    List<String> expressions = new ArrayList<>();
    new YAMLMapper()
        .readTree(Files.readString(ALERTS))
        .findValues("expr")
        .forEach(expression -> expressions.add(expression.asString()));
    return expressions.stream();
  }

  static Stream<String> panelExpressions() throws IOException {
    List<String> expressions = new ArrayList<>();
    JsonMapper.shared()
        .readTree(Files.readString(DASHBOARD))
        .findValues("expr")
        .forEach(expression -> expressions.add(expression.asString()));
    return expressions.stream();
  }

  @Test
  void alertsAskForWhatThereIs() throws IOException {
    assertThat(alertExpressions()).hasSizeGreaterThan(5).allSatisfy(this::asksForWhatThereIs);
  }

  @Test
  void theDashboardAsksForWhatThereIs() throws IOException {
    assertThat(panelExpressions()).hasSizeGreaterThan(10).allSatisfy(this::asksForWhatThereIs);
  }

  private void asksForWhatThereIs(String expression) {
    Set<String> there =
        scrape
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.replaceFirst("[{ ].*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(METRIC.matcher(expression).results().map(found -> found.group()))
        .as(expression)
        .allSatisfy(metric -> assertThat(there).contains(metric));
    assertThat(LABEL.matcher(expression).results().map(found -> found.group()))
        .as(expression)
        .allSatisfy(label -> assertThat(scrape).contains(label));
  }

  /** Every alert says what it means and where to read on. */
  @Test
  void alertsSayWhatTheyMean() throws IOException {
    JsonNode groups = new YAMLMapper().readTree(Files.readString(ALERTS)).get("groups");

    for (JsonNode group : groups) {
      for (JsonNode rule : group.get("rules")) {
        assertThat(rule.at("/annotations/summary").asString()).as("%s", rule).isNotBlank();
        assertThat(rule.at("/annotations/action").asString()).as("%s", rule).isNotBlank();
        assertThat(rule.at("/labels/severity").asString()).isIn("page", "ticket");
      }
    }
  }

  /** The operator's page has a row for each alert, and none for one that does not exist. */
  @Test
  void theOperatorsPageExplainsEveryAlert() throws IOException {
    List<String> alerts = new ArrayList<>();
    for (JsonNode group : new YAMLMapper().readTree(Files.readString(ALERTS)).get("groups")) {
      for (JsonNode rule : group.get("rules")) {
        alerts.add(rule.get("alert").asString());
      }
    }
    List<String> rows =
        Pattern.compile("(?m)^\\| `(Chatroom\\w+)` \\|")
            .matcher(Files.readString(OPERATING))
            .results()
            .map(row -> row.group(1))
            .toList();

    assertThat(rows).containsExactlyElementsOf(alerts);
  }

  @Test
  void theDashboardShowsEveryMetricOfOurs() throws IOException {
    String all = panelExpressions().collect(Collectors.joining("\n"));

    assertThat(
            scrape
                .lines()
                .filter(line -> line.startsWith("# TYPE chat_"))
                .map(line -> line.replaceFirst("# TYPE ", "").replaceFirst(" .*", ""))
                .filter(name -> !name.equals("chat_build_info")))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(all).contains(name));
  }

  /** Prometheus' own tool knows what is right, where it is installed. */
  @ParameterizedTest
  @ValueSource(
      strings = {"check rules ALERTS", "test rules TESTS", "check config CONFIG", "check metrics"})
  void promtoolAgrees(String command) throws Exception {
    List<String> words = new ArrayList<>(List.of("promtool"));
    for (String word : List.of(command.split(" ", -1))) {
      words.add(
          switch (word) {
            case "ALERTS" -> "alerts.yaml";
            case "TESTS" -> "alerts_test.yaml";
            case "CONFIG" -> "prometheus.yaml";
            default -> word;
          });
    }
    Path input = Files.writeString(dir.resolve("metrics"), ours(scrape));
    Process promtool;
    try {
      promtool =
          new ProcessBuilder(words)
              .directory(PROMETHEUS.toFile())
              .redirectErrorStream(true)
              .redirectInput(input.toFile())
              .start();
    } catch (IOException e) {
      assertThat(System.getenv("CI")).as("CI must have promtool").isNull();
      assumeTrue(false, "skipped: needs promtool, of Debian's package prometheus");
      return;
    }
    String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(promtool.waitFor()).as(said).isZero();
    if (command.equals("check metrics")) {
      assertThat(said).isEmpty(); // it does not count remarks as failures
    }
  }

  /** Those of the JVM are named by others. */
  private static String ours(String scrape) {
    return scrape
            .lines()
            .filter(line -> line.startsWith("chat_") || line.contains(" chat_"))
            .collect(Collectors.joining("\n"))
        + "\n";
  }
}
