package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * The scripts that measure, as far as they go without measuring: what they explain, read and draw.
 */
class BenchScriptsTest {

  private static final Path BENCH = Path.of("bench");

  /** What compare.py prints about us: three ratios to relay. */
  private static final Pattern RATIOS =
      Pattern.compile("(?m)^ +ours .*?ratio +([\\d.]+) .*?ratio +([\\d.]+) .*?ratio +([\\d.]+)$");

  private static final Pattern CLASS = Pattern.compile("io\\.chatroom(?:\\.[a-z]+)+\\.[A-Z]\\w*");

  /**
   * One work of two rounds: half and a quarter of the deliveries at twice and three times the time.
   */
  private static final String KEPT =
      """
      {"64x100": {"asked": [100, 1, 64, 1000, 100, "--window 64"], "rounds": [
        {"relay": {"per_s": 8000, "cpu_ns_per_delivery": 100, "p99_us": 10, "lost": 0, "bad": 0},
         "a<b": {"per_s": 4000, "cpu_ns_per_delivery": 200, "p99_us": 10, "lost": 0, "bad": 0}},
        {"relay": {"per_s": 8000, "cpu_ns_per_delivery": 100, "p99_us": 10, "lost": 0, "bad": 0},
         "a<b": {"per_s": 2000, "cpu_ns_per_delivery": 300, "p99_us": 10, "lost": LOST, "bad": 0}}]}}
      """;

  @TempDir Path dir;

  private record Done(int code, String output) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "compare",
        "warmup",
        "soak",
        "backlog",
        "memory",
        "tls",
        "vanish",
        "herd",
        "crash",
        "powerloss",
        "faults",
        "search",
        "store",
        "attack",
        "cluster",
        "shared",
        "scaling"
      })
  void everyScriptExplainsItself(String script) throws Exception {
    Done done = run(script, "--help");

    assertThat(done.code()).as(done.output()).isZero();
    assertThat(done.output()).contains(script + ".py");
  }

  /** A run proves nothing if its judge overlooks what is wrong. */
  @Test
  void theJudgeOfAClusterFindsEachForgery() throws Exception {
    Done done = run("cluster", "--self-test");

    assertThat(done.output()).startsWith("the judge has found all ");
    assertThat(done.code()).isZero();
  }

  /** They look into a server's memory, and start it, by the names of its classes. */
  @ParameterizedTest
  @ValueSource(strings = {"bench/room.py", "bench/warmup.py", "../docker/Dockerfile"})
  void classesThatAreNamedExist(String file) throws IOException {
    String text = Files.readString(Path.of(file)).replace("\\.", ".");

    assertThat(CLASS.matcher(text).results().map(MatchResult::group))
        .isNotEmpty()
        .allSatisfy(
            name ->
                assertThat(Class.forName(name, false, getClass().getClassLoader())).isNotNull());
  }

  @Test
  void whatWasKeptIsDrawn() throws Exception {
    Path kept = Files.writeString(dir.resolve("kept"), KEPT.replace("LOST", "0"));

    String chart = drawn(kept);

    assertThat(texts(chart))
        .contains("64 B, 64 in flight, 100 receivers", "Ratios to relay, round by round")
        .contains("0.38", "2.50") // medians
        .doesNotContain("lost or wrong");
    assertThat(parse(chart).getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("a<b against relay");
    assertThat(parse(chart).getElementsByTagName("desc").item(0).getTextContent())
        .contains("deliveries 0.38, processor time 2.50");
    assertThat(chart).contains("prefers-color-scheme:dark");
    assertThat(drawn(kept)).as("drawn again").isEqualTo(chart);
  }

  @Test
  void noRatioIsDrawnWhereMessagesWereLost() throws Exception {
    Path kept = Files.writeString(dir.resolve("kept"), KEPT.replace("LOST", "1"));

    assertThat(texts(drawn(kept))).contains("lost or wrong").doesNotContain("0.38", "2.50");
  }

  @Test
  void whatIsKeptAgainIsTheSame() throws Exception {
    Path kept = Files.writeString(dir.resolve("kept"), KEPT.replace("LOST", "0"));
    Path again = dir.resolve("again");

    assertThat(run("compare", "--from", kept, "--json", again).code()).isZero();

    assertThat(drawn(again)).isEqualTo(drawn(kept));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[1]", "not JSON", "{\"64x100\": {\"rounds\": []}}"})
  void aFileWithoutResultsIsRefusedInOneSentence(String content) throws Exception {
    Path kept = Files.writeString(dir.resolve("kept"), content);

    Done done = run("compare", "--from", kept);

    assertThat(done.code()).isEqualTo(1);
    assertThat(done.output()).hasLineCount(1).contains(kept.toString(), "--json of compare.py");
  }

  /** The picture beside performance.md is of the figures beside it. */
  @Test
  void thePictureShowsTheFigures() throws Exception {
    Path figures = Path.of("speed.json");
    assumeTrue(Files.exists(figures), "skipped: no figures are kept in speed.json");

    assertThat(Path.of("speed.svg")).content(StandardCharsets.UTF_8).isEqualTo(drawn(figures));
  }

  /** The table of performance.md beside that picture is of the same figures. */
  @Test
  void performanceHasTheRatiosOfTheFigures() throws Exception {
    Path figures = Path.of("speed.json");
    assumeTrue(Files.exists(figures), "skipped: no figures are kept in speed.json");

    Done done = run("compare", "--from", figures, "--chart", dir.resolve("chart.svg"));
    List<String> measured =
        RATIOS
            .matcher(done.output())
            .results()
            .map(row -> "%s | %s | %s |".formatted(row.group(1), row.group(2), row.group(3)))
            .toList();
    List<String> told =
        Files.readAllLines(Path.of("../docs/performance.md")).stream()
            .dropWhile(line -> !line.endsWith("| CPU per delivery | p99 |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .map(line -> line.replace("**", "").replaceFirst("^\\| [^|]+ \\| ", ""))
            .toList();

    assertThat(told).isNotEmpty().isEqualTo(measured);
  }

  /** Its tables are those of the figures that are kept, and the model still predicts them. */
  @Test
  void scalingHasTheTablesOfTheModel() throws Exception {
    Path page = Path.of("../docs/scaling.md");
    Path again = Files.copy(page, dir.resolve("scaling.md"));

    Done done = run("scaling", "--into", again);

    assertThat(done.output()).isEmpty();
    assertThat(done.code()).isZero();
    assertThat(again).content(StandardCharsets.UTF_8).isEqualTo(Files.readString(page));
  }

  private String drawn(Path kept) throws Exception {
    Path chart = dir.resolve("chart.svg");
    Done done = run("compare", "--from", kept, "--chart", chart);
    assertThat(done.code()).as(done.output()).isZero();
    return Files.readString(chart);
  }

  private static List<String> texts(String svg) throws Exception {
    NodeList found = parse(svg).getElementsByTagName("text");
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      texts.add(found.item(i).getTextContent());
    }
    return texts;
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static Done run(String script, Object... arguments) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("python3", "-B", BENCH.resolve(script + ".py") + ""));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    Process python;
    try {
      python = new ProcessBuilder(words).redirectErrorStream(true).start();
    } catch (IOException e) {
      assertThat(System.getenv("CI")).as("CI must have python3").isNull();
      assumeTrue(false, "skipped: needs python3");
      throw e;
    }
    String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Done(python.waitFor(), output);
  }
}
