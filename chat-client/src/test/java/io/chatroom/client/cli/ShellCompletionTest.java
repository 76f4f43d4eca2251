package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.jars.RunningProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The output of {@code completion}, in its shells. */
class ShellCompletionTest {

  /** Does what bash does at a Tab: calls the function that was registered, and shows its answer. */
  private static final String TAB_IN_BASH =
      """
      source "$1"; shift
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"
      $(complete -p chat-client | sed 's/.* -F \\([^ ]*\\) .*/\\1/') 2>/dev/null
      printf '%s\\n' "${COMPREPLY[@]}"
      """;

  /** Types into a second zsh, which believes that it is at a terminal. */
  private static final String TABS_IN_ZSH =
      """
      zmodload zsh/zpty
      zpty shell "TERM=dumb HOME=${(q)1:h} zsh -f -i"
      zpty -w shell "PS1=; source ${(q)1}"
      zpty -n -w shell $'chat-client lis\\t'
      zpty -r shell seen '*listen*'
      zpty -n -w shell $'--cou\\t'
      zpty -r shell seen '*--count*'
      zpty -d shell
      print completed
      """;

  @TempDir Path dir;
  private Path script;

  @BeforeEach
  void writeTheScript() throws Exception {
    CommandRun completion = new CommandRun().start("completion");
    assertThat(completion.exitCode()).isZero();
    script = Files.writeString(dir.resolve("completion"), completion.out());
  }

  @ParameterizedTest
  @CsvSource({
    "lis,listen",
    "send --wh,--whole",
    "listen --mat,--match",
    "listen --af,--after",
    "send --proto,--protocol",
    "conformance --ju,--junit",
    "nonsense,''"
  })
  void completesCommandsAndOptionsInBash(String typed, String completed) {
    List<String> out = tabInBash(Stream.of(typed.split(" ")));

    assertThat(out).containsExactly(completed);
  }

  @Test
  void offersEveryCommandInBash() {
    assertThat(tabInBash(Stream.of("")))
        .contains("listen", "send", "conformance", "bench", "completion", "man");
  }

  @Test
  void completesInZsh() {
    RunningProgram.assumeInstalled("zsh");
    try (RunningProgram zsh =
        RunningProgram.start("zsh", "-fc", TABS_IN_ZSH, "zsh", script.toString())) {
      assertThat(zsh.awaitExit()).as("%s", zsh.err()).isZero();
      assertThat(zsh.out()).containsExactly("completed");
    }
  }

  private List<String> tabInBash(Stream<String> words) {
    RunningProgram.assumeInstalled("bash");
    List<String> command = List.of("bash", "--norc", "-c", TAB_IN_BASH, "bash", script.toString());
    String[] line =
        Stream.of(command.stream(), Stream.of("chat-client"), words)
            .flatMap(part -> part)
            .toArray(String[]::new);
    try (RunningProgram bash = RunningProgram.start(line)) {
      assertThat(bash.awaitExit()).as("%s", bash.err()).isZero();
      return bash.out();
    }
  }
}
