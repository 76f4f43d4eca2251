package io.chatroom.client.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.cli.CommandRun;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What the command prints, and its exit codes. */
class ConformanceCommandTest {

  private CommandRun command = new CommandRun();

  private int run(String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of("conformance"));
    all.addAll(List.of(args));
    command = new CommandRun().start(all.toArray(String[]::new));
    return command.exitCode();
  }

  /** Runs against a reference server of its own. */
  private int runAgainst(@Nullable Defect defect, String... args) throws Exception {
    try (ReferenceServer server = new ReferenceServer(defect, Duration.ofSeconds(10))) {
      List<String> all = new ArrayList<>(List.of("127.0.0.1:" + server.address().getPort()));
      all.addAll(List.of(args));
      return run(all.toArray(String[]::new));
    }
  }

  @Test
  void exitsWith0WhenAllPass() throws Exception {
    assertThat(runAgainst(null, "--only", "room,relay.excludes-sender")).isZero();
    assertThat(command.out())
        .contains("The room", "room.works", "3. Relaying", "relay.excludes-sender")
        .endsWith(
            "The server conforms: 2 passed, 0 MUSTs failed, 0 SHOULDs failed."
                + System.lineSeparator());
    assertThat(command.err()).isEmpty();
  }

  @Test
  void printsExpectedAndActualAndExitsWith1WhenMustFails() throws Exception {
    assertThat(runAgainst(Defect.ECHOES, "--only", "relay.excludes-sender")).isEqualTo(1);
    assertThat(command.out())
        .containsPattern("(?m)^  . relay\\.excludes-sender  \\(MUST, P-14, P-16\\)$")
        .contains("A message MUST NOT be sent to its sender.")
        .contains("expected: alice receives nothing more")
        .containsPattern("actual:   it received \"k\\w+-alice\": \"do I hear myself\\?\"")
        .contains("The server does not conform: 0 passed, 1 MUST failed");
  }

  @Test
  void shouldCountsOnlyInStrictMode() throws Exception {
    String id = "relay.headers-byte-for-byte";
    assertThat(runAgainst(Defect.REWRITES_HEADERS, "--only", id)).isZero();
    assertThat(command.out()).contains("1 SHOULD failed (counted only with --strict)");
    assertThat(runAgainst(Defect.REWRITES_HEADERS, "--only", id, "--strict")).isEqualTo(1);
  }

  @Test
  void listNeedsNoServer() throws Exception {
    assertThat(run("--list")).isZero();
    for (Case each : Cases.all()) {
      assertThat(command.out()).contains(each.id() + "  (" + each.numbers() + ")", each.sentence());
    }
  }

  @Test
  void unknownIdIsUsageError() throws Exception {
    assertThat(run("--list", "--only", "relay.excludes-sendr")).isEqualTo(2);
    assertThat(command.err()).contains("the nearest is relay.excludes-sender");
  }

  @Test
  void badAddressesAndTimesAreUsageErrors() throws Exception {
    for (String address : List.of("host:", "host:0", "host:65536", "::1", "[::1", ":3306")) {
      assertThat(run(address)).as(address).isEqualTo(2);
    }
    assertThat(run()).as("no address").isEqualTo(2);
    assertThat(command.err()).startsWith("expected the HOST[:PORT] to judge: ");
    assertThat(run("--timeout", "0")).isEqualTo(2);
    assertThat(command.err()).contains("--timeout: expected 0.1 to 60 seconds, but it is 0");
    assertThat(run("--talk-for", "4000")).isEqualTo(2);
    assertThat(command.err()).contains("--talk-for: expected 0.1 to 3600 seconds, but it is 4000");
  }

  @Test
  void unreachableServerIsReportedInOneLine() throws Exception {
    String nobody = io.chatroom.client.Peer.nobody().toString();
    assertThat(run(nobody)).isEqualTo(1);
    assertThat(command.err()).startsWith("cannot connect to " + nobody + ": ").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/nosuch/x.xml|cannot write /nosuch/x.xml: no such file or directory",
        "/dev/full|cannot write /dev/full: no space left on device",
        "/|cannot write /: is a directory"
      })
  void saysWhyTheJunitFileCannotBeWritten(String file, String sentence) throws Exception {
    assertThat(runAgainst(null, "--only", "room.works", "--junit", file)).isEqualTo(1);
    assertThat(command.err()).isEqualToIgnoringNewLines(sentence);
  }

  @Test
  void exitsWith1WhenItCannotPrintTheReport() throws Exception {
    try (ReferenceServer server = new ReferenceServer(null, Duration.ofSeconds(10));
        FileOutputStream full = new FileOutputStream("/dev/full")) {
      String address = "127.0.0.1:" + server.address().getPort();
      command = new CommandRun().writingTo(full);
      command.start("conformance", address, "--only", "room.works");

      assertThat(command.exitCode()).isEqualTo(1);
      assertThat(command.err())
          .isEqualToIgnoringNewLines("cannot write the output: no space left on device");
    }
  }

  @Test
  void junitFileIsXmlWithTheSameResults(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("report.xml");
    String cases = "room,relay.excludes-sender,frames.any-utf8-message,relay.no-reply";
    assertThat(runAgainst(Defect.ECHOES, "--only", cases, "--junit", file.toString())).isEqualTo(1);

    Document xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    NodeList tests = xml.getElementsByTagName("testcase");
    assertThat(tests.getLength()).isEqualTo(4);
    assertThat(xml.getElementsByTagName("failure").getLength()).isEqualTo(2);
    Element suite = (Element) xml.getElementsByTagName("testsuite").item(2);
    assertThat(suite.getAttribute("name")).isEqualTo("conformance: 3. Relaying");
    assertThat(suite.getAttribute("failures")).isEqualTo("2");
    assertThat(xml.getElementsByTagName("failure").item(0).getTextContent())
        .contains("expected: alice receives nothing more");
  }

  @Test
  void unwritableJunitFileIsReportedInOneLineBeforeJudging(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("missing").resolve("report.xml");
    assertThat(runAgainst(null, "--only", "room", "--junit", file.toString())).isEqualTo(1);
    assertThat(command.err()).startsWith("cannot write " + file).hasLineCount(1);
    assertThat(command.out()).as("the report").isEmpty();
    assertThat(Files.exists(file)).isFalse();
  }

  @Test
  void reportIsPlainAsciiWithoutUnicode() {
    StringWriter text = new StringWriter();
    Case judged = Cases.all().get(0);
    List<Result> results =
        List.of(
            new Result(judged, new Verdict.Holds(), Duration.ZERO),
            new Result(judged, new Verdict.Fails("this", "that"), Duration.ZERO),
            new Result(judged, new Verdict.NotRun("no time"), Duration.ZERO));
    new Report(new PrintWriter(text), false).results(results, true);
    assertThat(text.toString().chars()).allMatch(c -> c < 0x7f);
    assertThat(text.toString().toLowerCase(Locale.ROOT))
        .contains("1 passed, 1 must failed, 0 shoulds failed, 1 not run");
  }

  @Test
  void reasonForNotRunningIsPrintedOnceForAllItsCases() {
    StringWriter text = new StringWriter();
    List<Case> cases = Cases.all().subList(0, 3);
    List<String> reasons = List.of("no time", "no room", "no time");
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      results.add(new Result(cases.get(i), new Verdict.NotRun(reasons.get(i)), Duration.ZERO));
    }
    new Report(new PrintWriter(text), false).results(results, false);
    assertThat(text.toString())
        .containsOnlyOnce("no time")
        .contains("? 2 not run: no time", "? 1 not run: no room");
    for (Case each : cases) {
      assertThat(text.toString()).containsOnlyOnce("  ? " + each.id() + System.lineSeparator());
    }
  }
}
