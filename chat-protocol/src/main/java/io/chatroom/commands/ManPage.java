package io.chatroom.commands;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The manual page of a command and its subcommands, in the format of man(7). It is generated from
 * the same texts as {@code --help}, so the two cannot differ.
 *
 * <p>Picocli's own generator writes AsciiDoc, which would need a large program to become a page.
 */
public final class ManPage {

  private final StringBuilder page = new StringBuilder();

  private ManPage() {}

  /**
   * Generates the page, ready for {@code man -l}.
   *
   * @param section the manual section: 1 for programs, 8 for servers
   */
  public static String of(CommandSpec root, int section) {
    ManPage man = new ManPage();
    man.head(root, section);
    man.synopsis(root);
    man.section("DESCRIPTION");
    man.paragraphs(root.usageMessage().description());
    man.arguments(root);
    man.paragraphs(root.usageMessage().footer());
    man.section("COMMANDS");
    subcommands(root).forEach(man::command);
    man.section("EXIT STATUS");
    man.exitCodes(root);
    man.paragraph("Each command above explains its own exit codes.");
    return man.page.toString();
  }

  /** All subcommands, each followed by its own subcommands. */
  private static Stream<CommandSpec> subcommands(CommandSpec root) {
    return root.subcommands().values().stream()
        .distinct()
        .map(CommandLine::getCommandSpec)
        .filter(command -> !command.usageMessage().hidden())
        .flatMap(command -> Stream.concat(Stream.of(command), subcommands(command)));
  }

  private void head(CommandSpec root, int section) {
    String title = root.name().toUpperCase(Locale.ROOT);
    // No date, for a reproducible page.
    request("TH", title, Integer.toString(section), "", version(root), "Chat room");
    section("NAME");
    line(root.name() + " \\- " + escape(firstSentence(root)));
  }

  private static String version(CommandSpec root) {
    return String.join(" ", root.version());
  }

  private static String firstSentence(CommandSpec command) {
    String[] description = command.usageMessage().description();
    return description.length == 0 ? "" : description[0].replaceFirst("\\.$", "");
  }

  private void synopsis(CommandSpec root) {
    section("SYNOPSIS");
    Stream.concat(Stream.of(root), subcommands(root))
        .forEach(
            command -> {
              String name = command.qualifiedName();
              String synopsis = command.commandLine().getHelp().abbreviatedSynopsis().trim();
              line("\\fB" + escape(name) + "\\fR" + escape(synopsis.substring(name.length())));
              line(".br");
            });
  }

  private void command(CommandSpec command) {
    request("SS", command.qualifiedName());
    paragraphs(command.usageMessage().description());
    arguments(command);
    exitCodes(command);
  }

  private void arguments(CommandSpec command) {
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      if (!parameter.hidden()) {
        argument(parameter.paramLabel(), "", parameter);
      }
    }
    for (OptionSpec option : command.options()) {
      boolean isRepeated = (option.usageHelp() || option.versionHelp()) && command.parent() != null;
      if (!option.hidden() && !isRepeated) {
        String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
        argument(String.join(", ", option.names()), value, option);
      }
    }
  }

  private void argument(String names, String value, ArgSpec argument) {
    line(".TP");
    line("\\fB" + escape(names) + "\\fR" + escape(value));
    line(escape(String.join(" ", argument.description())));
  }

  private void exitCodes(CommandSpec command) {
    UsageMessageSpec usage = command.usageMessage();
    for (Map.Entry<String, String> code : usage.exitCodeList().entrySet()) {
      line(".TP");
      line("exit code \\fB" + escape(code.getKey()) + "\\fR");
      line(escape(code.getValue()));
    }
  }

  private void section(String title) {
    request("SH", title);
  }

  private void paragraphs(String[] paragraphs) {
    for (String paragraph : paragraphs) {
      if (!paragraph.isEmpty()) {
        paragraph(paragraph);
      }
    }
  }

  private void paragraph(String text) {
    line(".PP");
    line(escape(text));
  }

  private void request(String name, String... arguments) {
    line(
        "."
            + name
            + List.of(arguments).stream()
                .map(argument -> " \"" + escape(argument).replace("\"", "\\(dq") + "\"")
                .collect(Collectors.joining()));
  }

  /** Writes a line unless it is empty, as an empty line would be a request. */
  private void line(String text) {
    if (!text.isEmpty()) {
      page.append(text).append('\n');
    }
  }

  /**
   * Escapes a text, so that it has no requests, and hyphens and quotes can be copied from the page.
   */
  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    if (text.startsWith(".")) {
      escaped.append("\\&");
    }
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\\' -> escaped.append("\\e");
                case '-' -> escaped.append("\\-");
                case '\'' -> escaped.append("\\(aq");
                case '`' -> escaped.append("\\(ga");
                case '^' -> escaped.append("\\(ha");
                case '~' -> escaped.append("\\(ti");
                case '\n' -> escaped.append(' ');
                default -> {
                  if (c < 0x7F) {
                    escaped.appendCodePoint(c);
                  } else {
                    escaped.append(String.format("\\[u%04X]", c));
                  }
                }
              }
            });
    return escaped.toString();
  }
}
