package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a release consists of, and that all of it has one version. */
class ReleaseIT {

  private static final Path ROOT = Path.of("..");
  private static final String VERSION = System.getProperty("built.version", "");
  private static final String NUMBER = VERSION.replace("-SNAPSHOT", "");

  @RegisterExtension final Programs programs = new Programs();

  /** Its files; they are made once. */
  @TempDir static Path dir;

  @Test
  void everyPlaceThatNamesTheVersionNamesTheSame() throws IOException {
    for (String pom :
        List.of("chat-protocol", "chat-server", "chat-client", "chat-server/bench/jmh")) {
      assertThat(found("<parent>.*?<version>(.*?)</version>", pom + "/pom.xml"))
          .as(pom)
          .containsExactly(VERSION);
    }
    assertThat(found("chat-client</artifactId>\\s*<version>(.*?)</version>", guide()))
        .containsExactly(VERSION);
    for (String page :
        List.of(
            guide(),
            "chat-protocol/SESSIONS.md",
            "chat-server/src/main/resources/io/chatroom/server/api/asyncapi.json")) {
      assertThat(found("chat-server/(\\d+\\.\\d+\\.\\d+)", page)).as(page).containsOnly(NUMBER);
    }
  }

  /** What is not released yet stands under "Unreleased", and the rest under its number. */
  @Test
  void theChangelogBeginsWithThisVersion() throws IOException {
    assertThat(found("\n## (\\S+)", "CHANGELOG.md"))
        .element(0)
        .isEqualTo(VERSION.equals(NUMBER) ? NUMBER : "Unreleased");
  }

  @Test
  void hasItsFilesWithTheirChecksums() throws IOException {
    make();

    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "CHANGELOG.md",
              "LICENSE",
              "SHA256SUMS",
              "chat-client",
              "chat-client.1",
              "chat-client.bom.json",
              "chat-client.jar",
              "chat-server.8",
              "chat-server.bom.json",
              "chat-server.default",
              "chat-server.jar",
              "chat-server.service",
              "chat-server.sysusers");
    }
    assertThat(Files.readAllLines(dir.resolve("SHA256SUMS"))).hasSize(12);
    RunningProgram check =
        programs.start(
            RunningProgram.start("sh", "-c", "cd '" + dir + "' && sha256sum --check SHA256SUMS"));
    assertThat(check.awaitExit()).as("%s %s", check.out(), check.err()).isZero();
  }

  /** The SBOM and THIRD-PARTY.txt list the same libraries, with a licence for each. */
  @Test
  void theBillsOfMaterialsNameWhatTheJarsDo() throws IOException {
    make();
    for (String program : List.of("chat-server", "chat-client")) {
      JsonNode bill = JsonMapper.shared().readTree(dir.resolve(program + ".bom.json").toFile());
      assertThat(bill.at("/metadata/component/version").asString()).isEqualTo(VERSION);
      List<String> libraries = new ArrayList<>();
      for (JsonNode component : bill.get("components")) {
        String name = component.get("group").asString() + ":" + component.get("name").asString();
        assertThat(component.get("licenses")).as(name).isNotEmpty();
        libraries.add(name + ":" + component.get("version").asString());
      }
      assertThat(bill.toString()).as("JLine's licence").doesNotContain("BSD-4-Clause");
      libraries.removeIf(library -> library.startsWith("io.chatroom:"));
      if (program.equals("chat-client")) {
        assertThat(libraries).as("it uses NIO").noneMatch(each -> each.contains("-native-epoll"));
      }

      assertThat(libraries.stream().distinct())
          .as(program)
          .containsExactlyInAnyOrderElementsOf(thirdParties(program));
    }
  }

  private static List<String> thirdParties(String program) throws IOException {
    try (JarFile jar = new JarFile(dir.resolve(program + ".jar").toFile());
        InputStream list = jar.getInputStream(jar.getEntry("META-INF/THIRD-PARTY.txt"))) {
      return Pattern.compile("\\(([^ ():]+:[^ ():]+:[^ ():]+) - ")
          .matcher(new String(list.readAllBytes(), StandardCharsets.UTF_8))
          .results()
          .map((MatchResult match) -> match.group(1))
          .distinct()
          .toList();
    }
  }

  @Test
  void bothHaveAManualPageThatGroffUnderstands() throws IOException {
    RunningProgram.assumeInstalled("groff");
    make();

    assertThat(shown("chat-client.1")).contains("chat-client listen");
    assertThat(shown("chat-server.8"))
        .contains(
            "chat-server - A chat server: rooms with history for people and programs, on one port",
            "--max-name-bytes N",
            "chat-server backup",
            "chat-server name free",
            "Print the manual page, in the format of man.",
            "exit code 143")
        .anyMatch(line -> line.contains("CHAT_MAX_NAME_BYTES"));
  }

  @Test
  void theServiceIsOneThatSystemdUnderstandsAndFindsSafe(@TempDir Path units) throws IOException {
    RunningProgram.assumeInstalled("systemd-analyze");
    Path source = ROOT.resolve("docker/systemd/chat-server.service");
    String unit =
        Files.readString(source).replace("/usr/bin/java", QuickJava.OURS); // where it is here
    Path service = Files.writeString(units.resolve("chat-server.service"), unit);

    RunningProgram verify = analyze("--man=no", "verify", service.toString());
    assertThat(verify.awaitExit()).as("%s", verify.err()).isZero();
    assertThat(verify.err()).filteredOn(line -> line.contains("chat-server.service")).isEmpty();

    // 9.6 is a service without any protection, 2 one that systemd calls OK
    RunningProgram security =
        analyze("security", "--offline=true", "--threshold=20", service.toString());
    assertThat(security.awaitExit()).as("%s", security.out()).isZero();
  }

  /** A variable of its environment that the server does not know would be ignored. */
  @Test
  void theServiceSetsOptionsThatThereAre() throws IOException {
    List<String> variables = new ArrayList<>();
    for (String file : List.of("chat-server.service", "chat-server.default")) {
      variables.addAll(found("(?m)^(?:Environment=|#)(CHAT_[A-Z_]+)=", "docker/systemd/" + file));
    }
    assertThat(variables).contains("CHAT_DATA", "CHAT_TLS_CERT");
    make();
    String page = Files.readString(dir.resolve("chat-server.8")).replace("\\-", "-");
    assertThat(variables)
        .allSatisfy(
            variable -> {
              String words = variable.substring("CHAT_".length()).replace('_', '-');
              assertThat(page).containsIgnoringCase("\\fB--" + words + "\\fR");
            });
  }

  private void make() {
    if (Files.exists(dir.resolve("SHA256SUMS"))) {
      return;
    }
    RunningProgram release =
        programs.start(
            RunningProgram.start(
                ROOT.resolve("docker/release.sh").toString(), "--built", dir.toString()));
    assertThat(release.awaitExit()).as("%s", release.err()).isZero();
  }

  private List<String> shown(String page) {
    RunningProgram groff =
        programs.start(
            RunningProgram.start(
                "groff",
                "-man",
                "-ww",
                "-Tutf8",
                "-P-cbou",
                "-rLL=200n",
                dir.resolve(page).toString()));
    assertThat(groff.awaitExit()).isZero();
    assertThat(groff.err()).isEmpty();
    return groff.out().stream().map(String::strip).toList();
  }

  private RunningProgram analyze(String... arguments) {
    return programs.start(
        RunningProgram.start(
            Stream.concat(Stream.of("systemd-analyze", "--no-pager"), Stream.of(arguments))
                .toArray(String[]::new)));
  }

  private static String guide() {
    return "docs/bots.md";
  }

  private static List<String> found(String regex, String file) throws IOException {
    return Pattern.compile(regex, Pattern.DOTALL)
        .matcher(Files.readString(ROOT.resolve(file)))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
