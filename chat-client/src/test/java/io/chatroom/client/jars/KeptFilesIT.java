package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chatroom.client.jars.Tmux.Pane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The files that the programs keep, on disks and in places as people have them. */
@Timeout(180)
class KeptFilesIT {

  private static final String TIME = "\\d\\d:\\d\\d ";

  @RegisterExtension final Programs programs = new Programs();
  @RegisterExtension final Tmux tmux = new Tmux();

  @TempDir Path dir;

  /** {@code chat} whose home is a small disk of its own, which a script makes ready. */
  private Pane chat(String ready, String afterwards) {
    assumeMounts();
    RunningProgram server = programs.server("--port", "0", "--host", "127.0.0.1");
    String script =
        """
        home=$1
        shift
        mount -t tmpfs -o size=64k,mode=700,dev none "$home" && mkdir "$home/chatroom" || exit
        cd "$home" || exit
        %s
        XDG_CONFIG_HOME=$home XDG_STATE_HOME=$home HOME=$home "$@" || exit
        %s
        """
            .formatted(ready, afterwards);
    List<String> command =
        new ArrayList<>(List.of("unshare", "-m", "sh", "-c", script, "sh", dir.toString()));
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            Programs.CLIENT_JAR,
            "--name",
            "alice",
            "127.0.0.1:" + Programs.port(server)));
    Pane pane = tmux.start(command.toArray(String[]::new));
    pane.awaitRow(TIME + "-- connected to .*");
    return pane;
  }

  private void assumeMounts() {
    RunningProgram.assumeInstalled("unshare");
    RunningProgram mount =
        programs.start(
            RunningProgram.start("unshare", "-m", "mount", "-t", "tmpfs", "none", dir.toString()));
    boolean allowed = mount.awaitExit() == 0;
    assertThat(allowed || System.getenv("CI") == null).as("CI may mount").isTrue();
    assumeTrue(allowed, "skipped: needs root");
  }

  @Test
  void aFullDiskIsToldAndNothingIsLeftBehind() {
    Pane alice = chat("cat /dev/zero > filler 2> /dev/null", "echo left: $(find * -type f | sort)");
    alice.awaitRow(TIME + "-- cannot remember the settings in .*");
    alice.enter("hello").awaitRow(TIME + "alice: hello");
    alice.enter("/save talk").awaitRow(TIME + "-- cannot save in talk: no space left on device");
    alice.awaitLine("/save talk");
    alice.key("Enter"); // as what was refused comes back
    alice.await(rows -> rows.stream().filter(row -> row.contains("cannot save")).count() == 2);
    alice.awaitLine("/save talk");
    alice.key("C-u", "C-d").awaitExit(0);

    assertThat(alice.screen())
        .contains("left: chatroom/.chatroom.lock filler")
        .anyMatch(row -> row.contains("-- cannot keep what you type in"))
        .noneMatch(row -> row.contains("exists already"));
  }

  /** Who links a file to {@code /dev/null} wants nothing kept, and the device as it is. */
  @Test
  void aDeviceIsLeftAlone() {
    Pane alice =
        chat(
            """
            mknod -m 666 null c 1 3
            for f in history client.json known_servers; do ln -s ../null chatroom/$f; done
            """,
            """
            stat -c '%a %F' null
            echo left: $(find * -type f -o -type l | sort)
            """);
    alice.enter("hello").awaitRow(TIME + "alice: hello");
    alice.enter("/save ~/talk").awaitRow(TIME + "-- saved 1 message in .*");
    alice.key("C-d").awaitExit(0);

    assertThat(alice.screen())
        .contains(
            "666 character special file",
            "left: chatroom/client.json chatroom/history chatroom/known_servers talk")
        .noneMatch(row -> row.contains("cannot"));
  }

  /** No shell expands it behind an equals sign, or in a file of variables. */
  @Test
  void aTildeIsTheHomeInOptionsAndVariables() {
    Map<String, String> home = Map.of("HOME", dir.toString());
    RunningProgram server =
        programs.start(
            RunningProgram.jarIn(
                Map.of("HOME", dir.toString(), "CHAT_TLS_SELF_SIGNED", "~/tls"),
                Programs.SERVER_JAR,
                "--port",
                "0",
                "--host",
                "127.0.0.1"));
    int port = Programs.port(server);
    RunningProgram judge =
        programs.start(
            RunningProgram.jarIn(
                home,
                Programs.CLIENT_JAR,
                "conformance",
                "127.0.0.1:" + port,
                "--only",
                "room.works",
                "--junit=~/report.xml"));
    RunningProgram unknown =
        programs.start(RunningProgram.jarIn(home, Programs.SERVER_JAR, "--config=~bob/chat.json"));

    assertThat(judge.awaitExit()).as("%s", judge.err()).isZero();
    assertThat(dir.resolve("report.xml")).isRegularFile();
    assertThat(dir.resolve("tls/self-signed.pem")).isRegularFile();
    assertThat(unknown.awaitExit()).isEqualTo(2);
    assertThat(unknown.err())
        .singleElement()
        .asString()
        .contains("homes of others are not looked up");
    assertThat(Path.of("~")).doesNotExist();
  }
}
