package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Real terminals, without a window to look at: each {@link Pane} runs one program, is typed into,
 * and tells what its screen shows. It has a server of its own, which ends with the test.
 *
 * <p>Skips the test where tmux is not installed; with {@code CI} in the environment that is a
 * failure.
 */
final class Tmux implements BeforeEachCallback, AfterEachCallback {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final AtomicInteger SERVERS = new AtomicInteger();

  /** A server for each test: one that is being killed may still be found by its name. */
  private final String socket =
      "chatroom-test-" + ProcessHandle.current().pid() + "-" + SERVERS.incrementAndGet();

  private int panes;

  @Override
  public void beforeEach(ExtensionContext context) {
    boolean installed = isInstalled();
    if (!installed && System.getenv("CI") != null) {
      throw new AssertionError("needs tmux");
    }
    assumeTrue(installed, "skipped: needs tmux");
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (panes > 0) {
      run("kill-server");
    }
  }

  private static boolean isInstalled() {
    try (RunningProgram tmux = RunningProgram.start("tmux", "-V")) {
      return tmux.awaitExit() == 0;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Runs a program in a terminal of 80 columns and 24 rows; what it leaves there stays. */
  Pane start(String... command) {
    String name = "pane" + panes++;
    String line =
        String.join(" ", Arrays.stream(command).map(Tmux::quote).toList())
            + "; echo \"[exit $?]\"; exec cat >/dev/null";
    run("new-session", "-d", "-x", "80", "-y", "24", "-s", name, "exec sh -c " + quote(line));
    return new Pane(name);
  }

  /** Runs an interactive shell that starts the program; its prompt is {@code $}. */
  Pane startInShell(String... command) {
    String name = "pane" + panes++;
    run(
        "new-session",
        "-d",
        "-x",
        "80",
        "-y",
        "24",
        "-s",
        name,
        "exec env PS1='$ ' bash --norc --noprofile -i");
    Pane pane = new Pane(name);
    pane.await(lines -> lines.contains("$"));
    pane.type(String.join(" ", Arrays.stream(command).map(Tmux::quote).toList()));
    pane.key("Enter");
    return pane;
  }

  static String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private String run(String... arguments) {
    return feed("", arguments);
  }

  private String feed(String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of("tmux", "-L", socket, "-u", "-f", "/dev/null"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("CHAT_"));
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "TMUX", "NO_COLOR"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("TERM", "xterm-256color");
    try {
      Process process = builder.start();
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One terminal. */
  final class Pane {

    private final String name;

    private Pane(String name) {
      this.name = name;
    }

    /** Types characters as they are. */
    Pane type(String text) {
      run("send-keys", "-t", name, "-l", text);
      return this;
    }

    /** Presses keys by their names: {@code Enter}, {@code C-c}, {@code Up}. */
    Pane key(String... keys) {
      List<String> command = new ArrayList<>(List.of("send-keys", "-t", name));
      command.addAll(List.of(keys));
      run(command.toArray(String[]::new));
      return this;
    }

    /** Types a line and presses Enter. */
    Pane enter(String text) {
      return type(text).key("Enter");
    }

    /** Takes the terminal away, as when its window is closed. */
    void takeAway() {
      run("respawn-pane", "-k", "-t", name, "exec cat");
    }

    /** Pastes, as a terminal does: bracketed if the program has asked for that. */
    Pane paste(String text) {
      feed(text, "load-buffer", "-b", "paste", "-");
      run("paste-buffer", "-p", "-d", "-b", "paste", "-t", name);
      return this;
    }

    Pane resize(int columns, int rows) {
      run("resize-window", "-t", name, "-x", "" + columns, "-y", "" + rows);
      return this;
    }

    /** The rows that show something, without trailing spaces and trailing empty rows. */
    List<String> screen() {
      List<String> rows = new ArrayList<>(run("capture-pane", "-p", "-t", name).lines().toList());
      while (!rows.isEmpty() && rows.get(rows.size() - 1).isEmpty()) {
        rows.remove(rows.size() - 1);
      }
      return rows;
    }

    /** The same with the escape sequences for colours. */
    String styledScreen() {
      return run("capture-pane", "-p", "-e", "-t", name);
    }

    /** What tmux knows of the terminal, in its own format language. */
    String state(String format) {
      return run("display-message", "-p", "-t", name, format).strip();
    }

    /** Waits until the screen is as it should be. */
    List<String> await(Predicate<List<String>> condition) {
      try {
        return Awaitility.await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(50))
            .until(this::screen, condition);
      } catch (ConditionTimeoutException e) {
        throw new AssertionError("the screen shows\n" + String.join("\n", screen()), e);
      }
    }

    /** Waits for a row that matches as a whole. */
    List<String> awaitRow(String regex) {
      try {
        return await(rows -> rows.stream().anyMatch(row -> row.matches(regex)));
      } catch (AssertionError e) {
        throw new AssertionError("no row " + regex + "; " + e.getMessage(), e);
      }
    }

    /** Waits until this, and nothing else, stands in the line that is being typed. */
    List<String> awaitLine(String typed) {
      String expected = ("> " + typed).stripTrailing();
      try {
        return await(
            rows -> !rows.isEmpty() && rows.get(rows.size() - 1).stripTrailing().equals(expected));
      } catch (AssertionError e) {
        throw new AssertionError("no line " + expected + "; " + e.getMessage(), e);
      }
    }

    /** Waits for the program to end. */
    void awaitExit(int code) {
      awaitRow("\\[exit " + code + "]");
    }
  }
}
