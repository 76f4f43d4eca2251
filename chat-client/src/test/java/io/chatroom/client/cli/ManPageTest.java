package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.jars.RunningProgram;
import io.chatroom.commands.ManPage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class ManPageTest {

  private String page = "";

  @BeforeEach
  void print() throws Exception {
    CommandRun man = new CommandRun().start("man");
    assertThat(man.exitCode()).isZero();
    page = man.out();
  }

  @Test
  void hasTheSectionsThatAPageHas() {
    assertThat(page.lines().filter(line -> line.startsWith(".SH")))
        .containsExactly(
            ".SH \"NAME\"",
            ".SH \"SYNOPSIS\"",
            ".SH \"DESCRIPTION\"",
            ".SH \"COMMANDS\"",
            ".SH \"EXIT STATUS\"");
    assertThat(page).startsWith(".TH \"CHAT\\-CLIENT\" \"1\" \"\" \"chat\\-client ");
  }

  @Test
  void hasEveryCommandWithItsOptionsAndExitCodes() {
    assertThat(page.lines())
        .contains(
            ".SS \"chat\\-client listen\"",
            "\\fB\\-\\-match\\fR REGEX",
            "\\fB\\-\\-json\\fR",
            "\\fB\\-\\-after\\fR EPOCH:SEQ",
            "The name to register. Default: msg_screen.",
            ".SS \"chat\\-client send\"",
            "\\fBHOST[:PORT]\\fR",
            "exit code \\fB1\\fR");
  }

  @Test
  void usesCommonRequestsAndAsciiOnly() {
    assertThat(page.lines())
        .allSatisfy(
            line -> {
              assertThat(line).isNotEmpty().doesNotStartWith("'");
              if (line.startsWith(".")) {
                assertThat(line).matches("\\.(TH|SH|SS|PP|TP|br)( \".*\")*");
              }
            });
    assertThat(page.chars()).allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7F));
  }

  @Test
  void escapesRequestsAndBackslashesInTexts() {
    CommandSpec tricky = CommandSpec.create().name("tricky");
    tricky.usageMessage().description(".so /etc/passwd \\fB '~é🙂", "");
    tricky.addOption(OptionSpec.builder("--twas").description("'twas").build());

    assertThat(ManPage.of(new CommandLine(tricky).getCommandSpec(), 1).lines())
        .contains(
            "\\&.so /etc/passwd \\efB \\(aq~\\[u00E9]\\[u1F642]".replace("~", "\\(ti"),
            "\\(aqtwas");
  }

  @Test
  void isWhatGroffExpects(@TempDir Path dir) throws Exception {
    RunningProgram.assumeInstalled("groff");
    Path file = Files.writeString(dir.resolve("chat-client.1"), page);
    try (RunningProgram groff =
        RunningProgram.start("groff", "-man", "-ww", "-Tutf8", "-P-cbou", file.toString())) {
      assertThat(groff.awaitExit()).isZero();
      assertThat(groff.err()).isEmpty();
      assertThat(groff.out()).map(String::strip).contains("NAME", "chat-client listen");
      assertThat(String.join(" ", groff.out()).replaceAll("\\s+", " "))
          .contains("chat-client - Chat in rooms from a terminal")
          .contains("mkdir -p ~/.local/share/man/man1 ")
          .contains("chat-client man > ~/.local/share/man/man1/chat-client.1");
    }
  }
}
