package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chatroom.client.jars.Tmux.Pane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that the programs keep, on disks and in places as people have them. */
class KeptFilesIT {

  private static final String TIME = "\\d\\d:\\d\\d \\??"; // the mark of names that are nobody's

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
    command.addAll(QuickJava.command(Programs.CLIENT_JAR));
    command.addAll(List.of("--name", "alice", "127.0.0.1:" + Programs.port(server)));
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
        .anyMatch(row -> row.contains("-- cannot keep the input history in"))
        .noneMatch(row -> row.contains("exists already"));
  }

  /** Who links a file to {@code /dev/null} wants nothing kept, and the device as it is. */
  @Test
  void aDeviceIsLeftAlone() {
    Pane alice =
        chat(
            """
            mknod -m 666 null c 1 3
            for f in history client.json known_servers owned_names session_servers; do
              ln -s ../null chatroom/$f
            done
            """,
            """
            stat -c '%a %F' null
            echo links: $(ls -A chatroom)
            echo left: $(find * -type f)
            """);
    alice.enter("hello").awaitRow(TIME + "alice: hello");
    alice.enter("/save ~/talk").awaitRow(TIME + "-- saved 1 message in .*");
    alice.key("C-d").awaitExit(0);

    assertThat(alice.screen())
        .contains(
            "666 character special file",
            "links: client.json history known_servers owned_names session_servers",
            "left: talk")
        .noneMatch(row -> row.contains("cannot"));
  }

  @Test
  void serversThatStartAtOnceShareOneNewKey() throws IOException {
    Path keys = dir.resolve("new/tls");
    List<RunningProgram> servers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      servers.add(
          programs.server("--port", "0", "--host", "127.0.0.1", "--tls-self-signed", "" + keys));
    }
    Set<String> fingerprints = new HashSet<>();
    for (RunningProgram server : servers) {
      fingerprints.add(
          server.awaitLine("TLS with the certificate (SHA256:[A-Za-z0-9+/]{43})").group(1));
      Programs.port(server);
    }

    assertThat(fingerprints).hasSize(1);
    assertThat(keys.toFile().list()).containsExactly("self-signed.pem");
    assertThat(Files.getPosixFilePermissions(keys.resolve("self-signed.pem")))
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    assertThat(servers).allSatisfy(server -> assertThat(server.err()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"off", "OFF", " Off\t"})
  void offIsNoDirectory(String off) {
    List<String> command =
        new ArrayList<>(
            List.of("sh", "-c", "cd \"$1\" && shift && exec env \"$@\"", "sh", dir.toString()));
    command.addAll(List.of("CHAT_TLS_CERT=" + off, "CHAT_TLS_KEY=" + off));
    command.addAll(
        List.of(
            Programs.serverCommand(
                "--port", "0", "--host", "127.0.0.1", "--tls-self-signed", off)));
    RunningProgram server = programs.start(RunningProgram.start(command.toArray(String[]::new)));
    Programs.port(server);
    server.signal("TERM");

    assertThat(server.awaitExit()).isZero();
    assertThat(server.out()).noneMatch(line -> line.contains("TLS"));
    assertThat(dir).isEmptyDirectory();
  }

  /** As people have them who keep their settings in one place of their own. */
  @Test
  void twoWindowsKeepWhatTheirLinksLeadTo() throws IOException {
    Path dotfiles = Files.createDirectories(dir.resolve("dotfiles"));
    Path places = Files.createDirectories(dir.resolve("config/chatroom"));
    Files.writeString(dotfiles.resolve("client.json"), "{\"color\": false}\n");
    Files.writeString(dotfiles.resolve("history"), "before\n");
    Files.writeString(dotfiles.resolve("known_servers"), "# mine");
    for (String file : List.of("client.json", "history", "known_servers")) {
      Files.createSymbolicLink(places.resolve(file), Path.of("../../dotfiles", file));
    }
    RunningProgram server =
        programs.server(
            "--port", "0", "--host", "127.0.0.1", "--tls-self-signed", "" + dir.resolve("keys"));
    String fingerprint =
        server.awaitLine("TLS with the certificate (SHA256:[A-Za-z0-9+/]{43})").group(1);
    String address = "127.0.0.1:" + Programs.port(server);
    List<Pane> panes = new ArrayList<>();
    List<String> names = List.of("alice", "bob");
    for (String name : names) {
      List<String> command = new ArrayList<>(List.of("env", "HOME=" + dir));
      command.addAll(List.of("XDG_CONFIG_HOME=" + dir.resolve("config")));
      command.addAll(List.of("XDG_STATE_HOME=" + dir.resolve("config")));
      command.addAll(
          List.of(
              RunningProgram.jarCommand(Programs.CLIENT_JAR, "--tls", "--name", name, address)));
      panes.add(tmux.start(command.toArray(String[]::new)));
    }
    panes.forEach(pane -> pane.awaitRow("-- trust .* from now on\\? .*"));
    panes.forEach(pane -> pane.enter("yes"));
    panes.forEach(pane -> pane.awaitRow(TIME + "-- connected to .*"));
    for (String name : names) {
      panes.get(names.indexOf(name)).enter("from " + name);
    }
    for (String name : names) {
      panes.get(names.indexOf(name)).awaitRow(TIME + name + ": from " + name);
    }
    panes.forEach(pane -> pane.key("C-d"));
    panes.forEach(pane -> pane.awaitExit(0));

    assertThat(List.of("client.json", "history", "known_servers"))
        .allSatisfy(file -> assertThat(places.resolve(file)).isSymbolicLink());
    assertThat(Files.readAllLines(dotfiles.resolve("known_servers")))
        .containsExactly("# mine", address + " " + fingerprint);
    assertThat(Files.readAllLines(dotfiles.resolve("history")))
        .startsWith("before")
        .contains("from alice", "from bob");
    assertThat(Files.readString(dotfiles.resolve("client.json")))
        .contains("\"" + address + "\"", "\"tls\":true", "\"color\":false");
    assertThat(dotfiles.toFile().list())
        .containsExactlyInAnyOrder(".chatroom.lock", "client.json", "history", "known_servers");
    assertThat(panes)
        .allSatisfy(pane -> assertThat(pane.screen()).noneMatch(row -> row.contains("cannot")));
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
        .contains("other users' homes are not supported");
    assertThat(Path.of("~")).doesNotExist();
  }
}
