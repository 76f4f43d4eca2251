package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.terminal.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands, exit codes, options and variables in client.md are those of the code. */
class OptionsGuideTest {

  private static final CommandLine CLIENT = ClientCommand.commandLine(Stdio.ofProcess(), Map.of());
  private static final CommandSpec CHAT =
      Objects.requireNonNull(CLIENT.getSubcommands().get(ChatCommand.NAME)).getCommandSpec();

  private static String guide = "";

  @BeforeAll
  static void read() throws IOException {
    guide = Files.readString(Path.of("../docs/client.md"));
  }

  @Test
  void commandsAreAllThereWithTheirExitCodes() {
    Map<String, String> codes =
        rows("| command |")
            .collect(
                Collectors.toMap(
                    cells -> cells.get(0).replaceAll("[`\\[\\]]", "").replaceFirst(" .*", ""),
                    cells -> cells.get(2)));
    assertThat(codes).containsOnlyKeys(CLIENT.getSubcommands().keySet());

    codes.forEach(
        (name, text) -> {
          CommandLine command = Objects.requireNonNull(CLIENT.getSubcommands().get(name));
          Map<String, String> declared = command.getCommandSpec().usageMessage().exitCodeList();
          Set<String> own = new TreeSet<>(declared.keySet());
          own.remove("2"); // is below the table, for all commands
          if (declared.equals(CLIENT.getCommandSpec().usageMessage().exitCodeList())) {
            own.remove("1"); // nothing of its own
          }
          assertThat(numbers(text)).as(name).isSubsetOf("0", "1").containsAll(own);
        });
  }

  private static Set<String> numbers(String text) {
    return Pattern.compile("(?:^|else |; )([0-9])\\b")
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void settingsHaveTheirOptions() {
    List<String> documented =
        rows("| in JSON |")
            .map(cells -> cells.get(1).replaceAll("[`]| .*", ""))
            .filter(option -> option.startsWith("--"))
            .toList();

    List<String> options = new ArrayList<>(documented);
    options.addAll(List.of("--tls-ca", "--tls-fingerprint")); // in the section on TLS
    options.addAll(List.of("--key-file", "--help", "--version"));
    assertThat(options)
        .containsExactlyInAnyOrderElementsOf(
            CHAT.options().stream().map(OptionSpec::longestName).toList());
  }

  @Test
  void optionsHaveTheirDefaults() {
    assertThat(cell("`--last N`", 3)).isEqualTo("`" + initial("--last") + "`");
    assertThat(cell("`--protocol`", 3)).isEqualToIgnoringCase("`" + initial("--protocol") + "`");
  }

  @Test
  void variablesAreThoseThatTheCommandsRead() {
    assertThat(cell("`HOST[:PORT]`", 2)).isEqualTo("`" + ServerParameter.VARIABLE + "`");
    assertThat(cell("`--tls`", 2)).isEqualTo("`" + TlsOptions.VARIABLE + "`");
    assertThat(cell("`--name`", 2)).isEqualTo("`" + SendCommand.NAME_VARIABLE + "`");
    assertThat(
            Pattern.compile("\\bCHAT_[A-Z_]+")
                .matcher(guide)
                .results()
                .map(MatchResult::group)
                .distinct())
        .containsExactlyInAnyOrder(
            ServerParameter.VARIABLE,
            TlsOptions.VARIABLE,
            TlsOptions.CA_VARIABLE,
            TlsOptions.FINGERPRINT_VARIABLE,
            SendCommand.NAME_VARIABLE,
            KeyOption.VARIABLE);
  }

  private static String initial(String option) {
    return String.valueOf(Objects.requireNonNull(CHAT.findOption(option)).initialValue());
  }

  private static String cell(String option, int column) {
    return rows("| in JSON |")
        .filter(cells -> cells.get(1).equals(option))
        .map(cells -> cells.get(column))
        .collect(Collectors.joining());
  }

  /** The cells of a table, by how its head begins. */
  private static Stream<List<String>> rows(String head) {
    return guide
        .lines()
        .dropWhile(line -> !line.startsWith(head))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> List.of(line.substring(1).split("\\|", -1)))
        .map(cells -> cells.stream().map(String::strip).toList());
  }
}
