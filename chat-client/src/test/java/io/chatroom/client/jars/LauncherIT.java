package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chatroom.client.jars.Tmux.Pane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bin/chat-client}: an archive of classes makes it quicker, and is never in the way. */
class LauncherIT {

  private static final String TIME = "\\d\\d:\\d\\d \\??"; // the mark of names that are nobody's

  @RegisterExtension final Programs programs = new Programs();
  @RegisterExtension final Tmux tmux = new Tmux();

  @TempDir Path dir;

  private int port;

  @BeforeEach
  void startTheServer() {
    port = Programs.port(programs.server("--port", "0", "--host", "127.0.0.1"));
  }

  @Test
  void keepsWhatTheFirstStartHasLoadedForLaterOnes() throws IOException {
    Path home = Files.createDirectory(dir.resolve("a home"));
    Path cache = home.resolve(".cache/chatroom");
    chatWithoutAWord("HOME=\"$PWD/a home\"");
    assertThat(namesIn(cache)).singleElement().asString().endsWith(".classes");

    // Two at once make the archive. Without a terminal they end before it is there: the pipe that
    // they have inherited is closed when it is.
    RunningProgram two =
        script(
            "export HOME=\"$PWD/a home\";"
                + " ($LAUNCHER chat & $LAUNCHER chat & wait) 9>&1 2> /dev/null | cat");
    assertThat(two.awaitExit()).as("%s", two.err()).isZero();
    List<String> kept = namesIn(cache); // and a new list, of the one that found none to use
    assertThat(kept).as("an archive and its size").anyMatch(name -> name.endsWith(".jsa.size"));
    String archive = kept.stream().filter(name -> name.endsWith(".jsa")).findFirst().orElseThrow();

    RunningProgram traced = script("HOME=\"$PWD/a home\" sh -x $LAUNCHER --version");
    assertThat(traced.awaitExit()).isZero();
    assertThat(traced.err())
        .anyMatch(line -> line.contains("SharedArchiveFile=" + cache.resolve(archive)));
    RunningProgram used =
        script("HOME=\"$PWD/a home\" JDK_JAVA_OPTIONS=-Xshare:on $LAUNCHER --version");
    assertThat(used.awaitExit()).as("whether the JVM takes it: %s", used.err()).isZero();
    chatWithoutAWord("HOME=\"$PWD/a home\"");

    // Each a part of what a crash or a bad disk leaves
    RunningProgram damaged =
        script(
            """
            export HOME="$PWD/a home"
            cd "$HOME" && archive=$(echo .cache/chatroom/*.jsa)
            size=$(wc -c < $archive)
            chmod u+w $archive
            for at in 8 600 $((size / 2)); do
              printf damaged | dd of=$archive bs=1 seek=$at conv=notrunc 2> /dev/null
              $LAUNCHER --version || echo "exit code $? with damage at $at"
            done
            head -c 5000000 /dev/zero > $archive
            $LAUNCHER --version || echo "exit code $? with another size"
            """);
    assertThat(damaged.awaitExit()).isZero();
    assertThat(damaged.err()).isEmpty();
    assertThat(damaged.out()).hasSize(4).allMatch(line -> line.startsWith("chat-client "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "export XDG_CACHE_HOME=/proc/nosuch", // where even root can make no directory
        "export XDG_CACHE_HOME=$PWD/file",
        "unset HOME; export XDG_CACHE_HOME=not/absolute",
      })
  void doesWithoutACache(String settings) throws IOException {
    Files.createFile(dir.resolve("file"));

    chatWithoutAWord(settings);
    assertThat(namesIn(dir)).allMatch(name -> name.equals("file") || name.startsWith("state"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "list of classes"})
  void doesWithoutACacheOnAFullDisk(String list) throws IOException {
    assumeTrue(
        "root".equals(System.getProperty("user.name")) || System.getenv("CI") != null,
        "skipped: needs root for a full disk");
    Path full = Files.createDirectory(dir.resolve("full"));
    String[] command = {
      "unshare",
      "--mount",
      "sh",
      "-c",
      """
      mount -t tmpfs -o size=64k none "$0" && mkdir "$0/chatroom" || exit
      version=$(sed -n 's/^JAVA_VERSION="\\(.*\\)"/\\1/p' "$3/release")
      [ -z "$2" ] || echo java/lang/Object id: 0 > "$0/chatroom/client-$version.classes"
      head -c 1m /dev/zero > "$0/fill" 2> /dev/null
      export XDG_CACHE_HOME=$0 XDG_CONFIG_HOME=$4 XDG_STATE_HOME=$4
      JAVA_HOME=$3 exec "$1" --name alice "127.0.0.1:$5"
      """,
      full.toString(),
      launcher(),
      list,
      System.getProperty("java.home"),
      dir.resolve("state").toString(),
      "" + port
    };

    leaveWithoutAWord(tmux.start(command));
  }

  @Test
  void leavesTheCollectorToWhomItIsChosenBy() {
    RunningProgram all =
        script(
            """
            export HOME=$PWD
            for variable in JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS; do
              env $variable=-XX:+UseParallelGC $LAUNCHER --version || echo "$variable: $?"
            done
            JDK_JAVA_OPTIONS=-XX:+UseZGC $LAUNCHER --version || echo "ZGC: $?"
            echo -XX:+UseParallelGC > args
            JDK_JAVA_OPTIONS=@args $LAUNCHER --version || echo "a file of arguments: $?"
            """);

    assertThat(all.awaitExit()).isZero();
    assertThat(all.out()).hasSize(5).allMatch(line -> line.startsWith("chat-client "));
  }

  /** Java 8 would not know the options, and 11 would show a trace about class files. */
  @Test
  void saysInOneSentenceThatJavaIsTooOld() {
    RunningProgram old =
        script(
            """
            mkdir -p old/bin older/bin
            echo 'JAVA_VERSION="11.0.2"' > old/release
            printf '#!/bin/sh\necho started\n' > old/bin/java
            printf '#!/bin/sh\necho "java version \\"1.8.0_292\\"" >&2\n' > older/bin/java
            chmod +x old/bin/java older/bin/java
            for home in old older; do
              JAVA_HOME=$PWD/$home $LAUNCHER --version || echo $?
            done
            """);

    assertThat(old.awaitExit()).isZero();
    assertThat(old.out()).containsExactly("2", "2");
    String sentence =
        "chat-client: %s/bin/java is Java %d, install one of version 17 or later, or say where it"
            + " is in JAVA_HOME";
    assertThat(old.err())
        .containsExactly(
            sentence.formatted(dir.resolve("old"), 11),
            sentence.formatted(dir.resolve("older"), 8));
  }

  /** An archive is code that is run; and after sudo, the home is somebody else's. */
  @ParameterizedTest
  @ValueSource(strings = {"home", "home/.cache/chatroom"})
  void takesNothingFromAnotherUserAndLeavesNothingThere(String theirs) throws IOException {
    assumeTrue(
        "root".equals(System.getProperty("user.name")) || System.getenv("CI") != null,
        "skipped: needs root to have a directory of another user");
    Path cache = Files.createDirectories(dir.resolve("home/.cache/chatroom"));
    RunningProgram traced =
        script(
            """
            version=$(sed -n 's/^JAVA_VERSION="\\(.*\\)"/\\1/p' "$JAVA_HOME/release")
            archive=$PWD/home/.cache/chatroom/client-$version.jsa
            echo theirs > "$archive" && echo 7 > "$archive.size" && touch -d tomorrow "$archive"
            HOME=$PWD/home sh -x $LAUNCHER nosuch-command
            echo and >&2
            chown nobody '%s' && HOME=$PWD/home sh -x $LAUNCHER nosuch-command
            """
                .formatted(theirs));

    assertThat(traced.awaitExit()).isEqualTo(2);
    int and = traced.err().indexOf("and");
    assertThat(traced.err().subList(0, and)).anyMatch(line -> line.contains("SharedArchiveFile"));
    assertThat(traced.err().subList(and, traced.err().size()))
        .noneMatch(line -> line.contains("-XX:SharedArchiveFile"))
        .noneMatch(line -> line.contains("-XX:DumpLoadedClassList"));
    assertThat(namesIn(cache)).hasSize(2);
  }

  /** To write into a file that is mapped would end who has mapped it, with SIGBUS. */
  @Test
  void aRunningChatKeepsTheArchiveThatIsReplaced() throws IOException {
    Path cache = dir.resolve(".cache/chatroom");
    chatWithoutAWord("");
    makeTheArchive();
    Pane running = tmux.start("sh", "-c", chat(""));
    running.awaitRow(TIME + "-- connected to .*");
    Path archive =
        cache.resolve(
            namesIn(cache).stream()
                .filter(name -> name.endsWith(".jsa"))
                .findFirst()
                .orElseThrow());
    Object before = Files.getAttribute(archive, "unix:ino");

    Files.delete(archive.resolveSibling(archive.getFileName() + ".size"));
    chatWithoutAWord("NAME=bob"); // the other one is still there
    makeTheArchive();
    assertThat(Files.getAttribute(archive, "unix:ino")).isNotEqualTo(before);
    leaveWithoutAWord(running);
  }

  /** Ends when the archive is there: the pipe that its maker has inherited is closed then. */
  private void makeTheArchive() {
    RunningProgram chat = script("HOME=$PWD $LAUNCHER chat 9>&1 2> /dev/null | cat");
    assertThat(chat.awaitExit()).isZero();
  }

  /** Chats in a terminal after what the shell sets; nothing else is shown. */
  private void chatWithoutAWord(String settings) {
    leaveWithoutAWord(tmux.start("sh", "-c", chat(settings)));
  }

  private String chat(String settings) {
    return """
        cd '%s' || exit
        export HOME="$PWD" XDG_CONFIG_HOME="$PWD/state" XDG_STATE_HOME="$PWD/state" JAVA_HOME='%s'
        unset XDG_CACHE_HOME
        %s
        exec '%s' --name "${NAME:-alice}" 127.0.0.1:%d
        """
        .formatted(dir, System.getProperty("java.home"), settings, launcher(), port);
  }

  private static void leaveWithoutAWord(Pane pane) {
    pane.awaitRow(TIME + "-- connected to .*");
    pane.key("C-d").awaitExit(0);
    assertThat(pane.screen())
        .as("no word about archives")
        .filteredOn(row -> !row.matches(TIME + "-- (in lobby: .*|bob (joined|left))"))
        .filteredOn(row -> !row.matches(".*(-- claim the name |/claim does it later).*"))
        .hasSize(2);
  }

  private RunningProgram script(String script) {
    return programs.start(
        RunningProgram.start(
            "env",
            "-u",
            "XDG_CACHE_HOME",
            "JAVA_HOME=" + System.getProperty("java.home"),
            "LAUNCHER=" + launcher(),
            "sh",
            "-c",
            "cd '" + dir + "'\n" + script));
  }

  private static String launcher() {
    return Path.of("bin/chat-client").toAbsolutePath().toString();
  }

  private static List<String> namesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
