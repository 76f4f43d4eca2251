package io.chatroom.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.data.DataCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The options, their values, and the commands in server.md are those of the code. */
class ServerGuideTest {

  private static final Pattern CHOICE = Pattern.compile("\\| `(\\w+)` \\| (`.+`) \\|");

  /** In the first cell of a row; of {@code name list DIR} both words. */
  private static final Pattern COMMAND =
      Pattern.compile("`((?:name |operator )?[a-z]+) (?:DIR|--from)");

  @Test
  void listsEveryOptionAsItIs() throws IOException {
    List<String> rows = guide().stream().filter(line -> line.contains(" | `CHAT_")).toList();

    assertThat(rows)
        .containsExactlyElementsOf(
            ConfigOption.ALL.stream()
                .map(
                    option ->
                        String.format(
                            "| `%s` | `%s` | `%s` | `%s` | %s |",
                            option.name(),
                            option.flag(),
                            option.variable(),
                            option.option().defaultsTo(),
                            option.option().help()))
                .toList());
  }

  @Test
  void valuesAreThoseOfTheOptions() throws IOException {
    Map<String, String> choices =
        ConfigOption.ALL.stream()
            .filter(option -> option.type().isEnum())
            .collect(Collectors.toMap(ConfigOption::name, ConfigOption::placeholder));
    Map<String, String> values = new TreeMap<>();
    for (String row : table("| option | values |")) {
      Matcher choice = CHOICE.matcher(row);
      if (choice.matches() && choices.containsKey(choice.group(1))) {
        values.put(choice.group(1), choice.group(2).replace("`", "").replace(", ", "|"));
      }
    }

    assertThat(values).containsExactlyInAnyOrderEntriesOf(choices);
  }

  @Test
  void commandsAreThoseOfTheServer() throws IOException {
    Set<String> documented = new TreeSet<>();
    for (String row : guide()) {
      if (row.endsWith(" | yes |") || row.endsWith(" | no |")) {
        String cell = row.substring(0, row.indexOf(" | ", 2));
        COMMAND.matcher(cell).results().forEach(command -> documented.add(command.group(1)));
      }
    }
    String page = String.join(" ", guide());
    Set<String> commands = new TreeSet<>();
    for (Object each : DataCommand.all()) {
      CommandLine command = new CommandLine(each);
      String name = command.getCommandName();
      if (command.getSubcommands().isEmpty()) {
        commands.add(name);
      }
      command.getSubcommands().keySet().forEach(word -> commands.add(name + " " + word));
      assertThat(options(command)).allSatisfy(option -> assertThat(page).contains(option));
    }

    assertThat(documented).isEqualTo(commands);
  }

  private static List<String> options(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .filter(option -> !option.hidden() && !option.usageHelp() && !option.versionHelp())
        .map(OptionSpec::longestName)
        .toList();
  }

  private static List<String> table(String head) throws IOException {
    return guide().stream()
        .dropWhile(line -> !line.equals(head))
        .takeWhile(line -> line.startsWith("|"))
        .toList();
  }

  private static List<String> guide() throws IOException {
    return Files.readAllLines(Path.of("..", "docs", "server.md"));
  }
}
