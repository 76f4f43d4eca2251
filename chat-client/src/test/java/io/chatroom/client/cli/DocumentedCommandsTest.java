package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.terminal.Stdio;
import io.chatroom.server.config.ConfigOption;
import io.chatroom.server.data.DataCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What the documents tell to type can be typed: programs, scripts and files exist, and have the
 * options that stand behind them. Whole pages are run by {@code ApiGuideTest}, {@code
 * BotsGuideTest}, {@code FirstConversationIT} and {@code docker/test.sh}.
 */
class DocumentedCommandsTest {

  private static final Path ROOT = Path.of("..");
  private static final CommandLine CLIENT = ClientCommand.commandLine(Stdio.ofProcess(), Map.of());

  private static final String SYSTEMD = "docker/systemd/test.sh types what deploy.md tells";

  /** The reasons why commands that begin with these words are not tried here. */
  private static final Map<String, String> NOT_TRIED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("curl", "ApiGuideTest and FirstConversationIT run it"),
              Map.entry("python3", "FirstConversationIT and BotsGuideTest run it"),
              Map.entry("sed", "FirstConversationIT runs it"),
              Map.entry("ssh", "needs another machine"),
              Map.entry("docker", "docker/test.sh builds and runs the container, with podman"),
              Map.entry("gcloud", "docker/gce/test.sh runs it against a stand-in of Google's"),
              Map.entry("kubectl", "needs a cluster; docker/kubernetes/test.sh judges the files"),
              Map.entry("psql", "needs Patroni, which calls it"),
              Map.entry("openssl", "makes random keys; SelfSignedTest runs the other commands"),
              Map.entry("apt-get", SYSTEMD),
              Map.entry("install", SYSTEMD),
              Map.entry("systemctl", SYSTEMD),
              Map.entry("systemd-sysusers", SYSTEMD),
              Map.entry("npm", "fetches what a benchmark compares with"),
              Map.entry("source", "ShellCompletionTest does"),
              Map.entry("umask", "of the shell"),
              Map.entry("export", "of the shell"),
              Map.entry("echo", "of the shell"),
              Map.entry("printf", "of the shell"),
              Map.entry("read", "of the shell"),
              Map.entry("grep", "of the shell"),
              Map.entry("for", "of the shell"),
              Map.entry("until", "of the shell"),
              Map.entry("sleep", "of the shell"),
              Map.entry("./deploy", "stands for what somebody wants to do"),
              Map.entry("man", "ManPageTest shows the page")));

  private static final Set<String> JARS = Set.of("chat-client", "chat-client.jar");
  private static final Set<String> SERVERS = Set.of("chat-server", "chat-server.jar");

  /** A command in a sentence or a table, recognised by its beginning. */
  private static final Pattern IN_TEXT =
      Pattern.compile(
          "`((?:mvn|java|chat-client|chat-server) [^`]+|(?:chat-server/|chat-client/|docker/)[^`]+|"
              + "\\w+\\.py [^`]+)`");

  private static final Pattern WORD =
      Pattern.compile("(?:[^\\s\"'&|;()<>]|\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*')+|&&|\\|\\|?|;|[()]");

  private static final Set<String> SERVER_OPTIONS = new HashSet<>();
  private static final Set<String> SERVER_COMMANDS = new HashSet<>();

  private final List<String> wrong = new ArrayList<>();
  private final Set<String> met = new TreeSet<>();

  @BeforeAll
  static void learnTheServersOptions() {
    SERVER_OPTIONS.addAll(Set.of("--config", "--help", "--version"));
    ConfigOption.ALL.forEach(option -> SERVER_OPTIONS.add(option.flag()));
    SERVER_COMMANDS.add("man");
    DataCommand.all().forEach(command -> learn(new CommandLine(command)));
  }

  private static void learn(CommandLine command) {
    SERVER_COMMANDS.add(command.getCommandName());
    for (OptionSpec option : command.getCommandSpec().options()) {
      SERVER_OPTIONS.addAll(List.of(option.names()));
    }
    command.getSubcommands().values().forEach(DocumentedCommandsTest::learn);
  }

  @Test
  void everyDocumentedCommandExists() throws IOException {
    int seen = 0;
    for (Path document : documents()) {
      for (String line : commands(Files.readString(document))) {
        int before = wrong.size();
        for (List<String> command : split(line)) {
          check(command);
          seen++;
        }
        for (int i = before; i < wrong.size(); i++) {
          wrong.set(i, document.getFileName() + ": " + line + ": " + wrong.get(i));
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).isGreaterThan(100);
    assertThat(met).as("no reason is left over").isEqualTo(NOT_TRIED.keySet());
  }

  @Test
  void everyOptionOfTheClientStandsInItsPages() throws IOException {
    String pages = "";
    for (String page : List.of("client.md", "bench.md", "conformance.md")) {
      pages += Files.readString(ROOT.resolve("docs").resolve(page));
    }
    List<String> options =
        CLIENT.getSubcommands().values().stream()
            .flatMap(command -> command.getCommandSpec().options().stream())
            .filter(option -> !option.hidden())
            .map(OptionSpec::longestName)
            .toList();

    assertThat(options).hasSizeGreaterThan(50);
    assertThat(pages).contains(options);
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md").map(ROOT::resolve), files)
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.endsWith("api.md")) // ApiGuideTest runs all of it
          .toList();
    }
  }

  /** Lines of blocks that begin as commands do, and commands in the text. */
  private static List<String> commands(String document) {
    List<String> commands = new ArrayList<>();
    String joined = document.replaceAll("\\\\\n +", "").replaceAll("\\|\n {5,}", "| ");
    for (String line : joined.lines().toList()) {
      if (line.startsWith("    ")) {
        String command = line.strip().replaceFirst("^\\$ ", "").replaceFirst("\\s+# .*", "");
        List<List<String>> parts = split(command);
        if (!parts.isEmpty() && isProgram(parts.get(0).get(0))) {
          commands.add(command);
        }
      }
    }
    IN_TEXT.matcher(document).results().map(found -> found.group(1)).forEach(commands::add);
    return commands;
  }

  private static boolean isProgram(String word) {
    return NOT_TRIED.containsKey(word)
        || JARS.contains(word)
        || SERVERS.contains(word)
        || Set.of("mvn", "java", "chrt", "runuser").contains(word)
        || word.matches("(chat-server|chat-client|docker)/.*|\\w+\\.(py|sh)");
  }

  /** A line of a shell as its commands, each as its words, without quotes. */
  private static List<List<String>> split(String line) {
    List<List<String>> commands = new ArrayList<>();
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(line);
    while (matcher.find()) {
      String word = matcher.group();
      if (word.matches("&&|\\|\\|?|;|[()]")) {
        commands.add(words);
        words = new ArrayList<>();
      } else if (!words.isEmpty() || !word.matches("[A-Z_]+=.*|do|done|exec")) {
        words.add(word.replaceAll("[\"']", ""));
      }
    }
    commands.add(words);
    commands.removeIf(List::isEmpty);
    return commands;
  }

  private void check(List<String> words) throws IOException {
    String program = words.get(0);
    List<String> arguments = words.subList(1, words.size());
    if (NOT_TRIED.containsKey(program)) {
      met.add(program);
    } else if (program.equals("java")) {
      checkJava(arguments);
    } else if (JARS.contains(program)) {
      checkClient(arguments);
    } else if (SERVERS.contains(program)) {
      checkServer(arguments);
    } else if (program.equals("mvn")) {
      checkMaven(arguments);
    } else if (program.equals("runuser")) {
      check(arguments.subList(arguments.indexOf("--") + 1, arguments.size()));
    } else if (program.equals("chrt")) {
      check(arguments.subList(2, arguments.size()));
    } else if (program.contains("/") || program.matches("\\w+\\.(py|sh)")) {
      checkFile(program, arguments);
    }
    if (program.equals("docker") && arguments.contains("-f")) {
      exists(arguments.get(arguments.indexOf("-f") + 1));
    }
  }

  private void checkJava(List<String> arguments) throws IOException {
    int jar = arguments.indexOf("-jar");
    if (jar < 0 || jar + 1 == arguments.size()) {
      return; // with -cp, or only what the JVM gets
    }
    String name = arguments.get(jar + 1).replaceFirst(".*/", "");
    List<String> rest = arguments.subList(jar + 2, arguments.size());
    if (JARS.contains(name)) {
      checkClient(rest);
    } else if (SERVERS.contains(name)) {
      checkServer(rest);
    } else if (!name.matches("chat-bench\\.jar|…")) {
      wrong.add("which jar is " + name + "?");
    }
  }

  /** A first word that is not a command is the server for chat. */
  private void checkClient(List<String> arguments) {
    CommandLine command = CLIENT;
    for (String word : arguments) {
      command = command.getSubcommands().getOrDefault(word, command);
    }
    if (command == CLIENT
        && !arguments.stream().allMatch(Set.of("--version", "--help")::contains)) {
      command = CLIENT.getSubcommands().getOrDefault(ChatCommand.NAME, CLIENT);
    }
    for (String word : arguments) {
      if (word.startsWith("--")
          && command.getCommandSpec().findOption(word.replaceFirst("=.*", "")) == null) {
        wrong.add(command.getCommandName() + " has no option " + word);
      }
    }
  }

  private void checkServer(List<String> arguments) {
    if (!arguments.isEmpty()
        && !arguments.get(0).startsWith("-")
        && !SERVER_COMMANDS.contains(arguments.get(0))) {
      wrong.add("the server has no command " + arguments.get(0));
    }
    for (String word : arguments) {
      if (word.startsWith("--") && !SERVER_OPTIONS.contains(word.replaceFirst("=.*", ""))) {
        wrong.add("the server has no option " + word);
      }
    }
  }

  private void checkMaven(List<String> arguments) throws IOException {
    for (String word : arguments) {
      if (word.startsWith("-P")
          && !Files.readString(ROOT.resolve("pom.xml")).contains("<id>" + word.substring(2))) {
        wrong.add("there is no profile " + word);
      }
      if (word.startsWith("-Dtest=")) {
        for (String test : List.of(word.substring(7).split(",", -1))) {
          String name = test.replace("*", ".*") + "\\.java";
          try (Stream<Path> files = Files.walk(ROOT)) {
            if (files.noneMatch(file -> file.getFileName().toString().matches(name))) {
              wrong.add("there is no test " + test);
            }
          }
        }
      }
    }
  }

  /** A file of ours, and if it is a script, with these options. */
  private void checkFile(String program, List<String> arguments) throws IOException {
    List<Path> found = new ArrayList<>();
    if (program.contains("/")) {
      found.add(ROOT.resolve(program));
    } else {
      for (String place : List.of("chat-server/bench", "docker/gce", "docker")) {
        found.add(ROOT.resolve(place).resolve(program));
      }
    }
    found.removeIf(file -> !Files.exists(file));
    if (program.contains("target/") || program.matches("(listener|sender|server|dice)\\.py")) {
      return; // made by a build, or not ours
    }
    if (found.isEmpty()) {
      wrong.add("there is no " + program);
      return;
    }
    if (program.matches(".*\\.(py|sh)")) {
      String script = Files.readString(found.get(0));
      for (String word : arguments) {
        if (word.matches("--[a-z-]+(=.*)?") && !script.contains(word.replaceFirst("=.*", ""))) {
          wrong.add(program + " has no option " + word);
        }
      }
    }
  }

  private void exists(String file) {
    if (!Files.exists(ROOT.resolve(file))) {
      wrong.add("there is no " + file);
    }
  }
}
