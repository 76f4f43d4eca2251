package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real process as a user would start it: its output is collected, its input is the test's, and it
 * ends with the test.
 */
public final class RunningProgram implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final int SIGINT = 2;

  private static final String KEPT =
      Path.of("target", "test-home", "" + ProcessHandle.current().pid())
          .toAbsolutePath()
          .toString();

  private final Process process;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> drained;

  private RunningProgram(Process process) {
    this.process = process;
    this.drained =
        CompletableFuture.allOf(
            collect(process.getInputStream(), out), collect(process.getErrorStream(), err));
  }

  /** Skips a test that needs a program which is not there; with {@code CI=true} it fails. */
  public static void assumeInstalled(String program) {
    boolean there =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    if (!there && System.getenv("CI") != null) {
      throw new AssertionError(program + " is not installed, which CI needs");
    }
    assumeTrue(there, "skipped: needs " + program);
  }

  /**
   * Skips a test that sends SIGINT where it is ignored, as in a job in the background: a program
   * leaves a signal ignored that its parent has told it to ignore.
   */
  public static void assumeInterruptible() {
    assumeFalse(
        interruptsAreIgnored(), "skipped: SIGINT is ignored, as in a job in the background");
  }

  private static boolean interruptsAreIgnored() {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(status)) {
      String ignored =
          lines
              .filter(line -> line.startsWith("SigIgn:"))
              .findFirst()
              .orElseThrow()
              .substring("SigIgn:".length())
              .strip();
      return (Long.parseUnsignedLong(ignored, 16) >> (SIGINT - 1) & 1) == 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a program with UTF-8 for a locale and nothing of the build's own settings. */
  public static RunningProgram start(String... command) {
    return start(Map.of(), command);
  }

  private static RunningProgram start(Map<String, String> environment, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("CHAT_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("PYTHONUNBUFFERED", "1");
    builder.environment().putAll(environment);
    try {
      return new RunningProgram(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts an executable jar on this JVM's own Java, which starts it quickly. */
  public static RunningProgram jar(String jar, String... arguments) {
    return jarIn(Map.of(), jar, arguments);
  }

  /** Starts an executable jar on this JVM's own Java, with variables in its environment. */
  public static RunningProgram jarIn(
      Map<String, String> environment, String jar, String... arguments) {
    Map<String, String> all = new HashMap<>();
    if (!environment.containsKey("HOME")) { // not that of the person who runs the tests
      all.put("XDG_CONFIG_HOME", KEPT);
    }
    all.putAll(environment);
    return start(all, jarCommand(jar, arguments));
  }

  /** What starts an executable jar on this JVM's own Java. */
  static String[] jarCommand(String jar, String... arguments) {
    return command(QuickJava.command(jar), arguments);
  }

  /** Starts an executable jar on any Java, as users do. */
  public static RunningProgram jar(String java, String jar, String[] arguments) {
    return start(command(List.of(java, "-Xmx128m", "-jar", jar), arguments));
  }

  private static String[] command(List<String> java, String[] arguments) {
    List<String> command = new ArrayList<>(java);
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }

  /** Types a line. */
  public RunningProgram type(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the input. */
  public RunningProgram endInput() {
    try {
      process.getOutputStream().close();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits for a line of standard output that matches as a whole, and returns the first that does.
   */
  public Matcher awaitLine(String regex) {
    return awaitLines(regex, 1).get(0);
  }

  /** Waits for so many lines that match. */
  public List<Matcher> awaitLines(String regex, int count) {
    Pattern pattern = Pattern.compile(regex);
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(out)
                    .as("%s; stderr: %s", this, err)
                    .filteredOn(line -> pattern.matcher(line).matches())
                    .hasSizeGreaterThanOrEqualTo(count));
    return out.stream().map(pattern::matcher).filter(Matcher::matches).toList();
  }

  /** What a shell command kills it by. */
  long pid() {
    return process.pid();
  }

  /** Sends a signal by its name, as {@code kill} does. */
  public RunningProgram signal(String name) {
    if (name.equals("INT")) {
      assumeInterruptible();
    }
    try (RunningProgram kill = start("sh", "-c", "kill -" + name + " " + process.pid())) {
      assertThat(kill.awaitExit()).isZero();
    }
    return this;
  }

  /** Waits until it has ended and all its output is here. */
  public int awaitExit() {
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("%s has ended; stdout %s, stderr %s", this, out, err)
          .isTrue();
      drained.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return process.exitValue();
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException("waiting for " + this, e);
    }
  }

  public List<String> out() {
    return out;
  }

  public List<String> err() {
    return err;
  }

  @Override
  public String toString() {
    return process.info().commandLine().orElse("process " + process.pid());
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitExit();
  }

  private static CompletableFuture<Void> collect(InputStream stream, List<String> lines) {
    return CompletableFuture.runAsync(
        () -> {
          try (BufferedReader reader =
              new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines::add);
          } catch (IOException | UncheckedIOException e) {
            lines.add("(cut off: " + e.getMessage() + ")");
          }
        },
        task -> {
          Thread thread = new Thread(task, "output");
          thread.setDaemon(true);
          thread.start();
        });
  }
}
