package io.chatroom.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptFileTest {

  @TempDir Path dir;

  private KeptFile kept(String name) {
    return KeptFile.secret(dir.resolve(name));
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(dir)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void readsWhatEditorsOfAnySystemWrite() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "\uFEFFone\r\ntwö\nthree");

    assertThat(KeptFile.secret(file).read()).isEqualTo("one\ntwö\nthree");
    assertThat(kept("none").read()).isNull();
    Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE, 'a', 0});
    assertThatThrownBy(() -> KeptFile.secret(file).read())
        .isInstanceOf(CharacterCodingException.class);
  }

  @Test
  void readsADeviceWithoutAnEndNoFurtherThanItsBound() throws IOException {
    assertThat(KeptFile.secret(Path.of("/dev/null")).read()).isNull();
    assertThatThrownBy(() -> KeptFile.secret(Path.of("/dev/zero")).read())
        .hasMessage("it has more than 16 MiB");
  }

  @Test
  void replacesTheWholeFileAndKeepsItsRights() throws IOException {
    Path file = dir.resolve("f");
    KeptFile.secret(file).replace("a long text\n");
    assertThat(mode(file)).isEqualTo("rw-------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Path before = Files.createLink(dir.resolve("before"), file);
    KeptFile.secret(file).replace("short\n");

    assertThat(file).hasContent("short\n");
    assertThat(before).as("who reads it sees one or the other").hasContent("a long text\n");
    assertThat(mode(file)).isEqualTo("rw-r--r--");
    assertThat(names()).containsExactly("before", "f");
  }

  @Test
  void leavesAnOrdinaryFileToTheUmask() throws IOException {
    Path touched = Files.createFile(dir.resolve("touched"));
    KeptFile.ordinary(dir.resolve("f")).replace("");

    assertThat(mode(dir.resolve("f"))).isEqualTo(mode(touched));
  }

  @Test
  void rootLeavesAFileToItsOwner() throws IOException {
    Path file = Files.createFile(dir.resolve("f"));
    assumeTrue(Files.getOwner(file).getName().equals("root"), "skipped: needs root");
    Files.setAttribute(file, "unix:uid", 4711);
    Files.setAttribute(file, "unix:gid", 4712);
    KeptFile.secret(file).change(before -> "mine");

    assertThat(Files.readAttributes(file, "unix:uid,gid"))
        .containsEntry("uid", 4711)
        .containsEntry("gid", 4712);
  }

  @Test
  void followsLinksAlsoToWhatIsNotThereYet() throws IOException {
    Files.createDirectory(dir.resolve("dotfiles"));
    Path far = dir.resolve("dotfiles/far");
    Path link =
        Files.createSymbolicLink(
            dir.resolve("link"),
            Files.createSymbolicLink(dir.resolve("near"), Path.of("dotfiles/far")));
    for (KeptFile kept : List.of(KeptFile.secret(link), KeptFile.secret(far))) {
      kept.replace("1\n");
      kept.append("2\n");
      kept.change(before -> before + "3\n");
      assertThat(far).hasContent("1\n2\n3\n");
      Files.delete(far);
    }
    KeptFile.secret(link).createIfMissing("new");
    KeptFile.secret(link).createIfMissing("another");

    assertThat(link).isSymbolicLink().hasContent("new");
    assertThat(far).isRegularFile();
    assertThat(names()).containsExactly("dotfiles", "link", "near");
  }

  @Test
  void followsALinkToTheDirectory() throws IOException {
    Path real = Files.createDirectory(dir.resolve("real"));
    Files.createSymbolicLink(dir.resolve("config"), real);
    KeptFile kept = kept("config/chatroom/f");
    kept.makeDirectory();
    kept.replace("x");
    kept("config/f").makeDirectory();

    assertThat(real.resolve("chatroom/f")).hasContent("x");
    assertThat(mode(real.resolve("chatroom"))).isEqualTo("rwx------");
  }

  @Test
  void saysThatLinksGoRound() throws IOException {
    Files.createSymbolicLink(dir.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(dir.resolve("b"), Path.of("a"));

    assertThatThrownBy(() -> kept("a").replace("x")).isInstanceOf(FileSystemLoopException.class);
  }

  @Test
  void writesIntoADeviceAndLeavesItAsItIs() throws IOException {
    Path device = Path.of("/dev/null");
    Path link = Files.createSymbolicLink(dir.resolve("f"), device);
    String before = mode(device);
    KeptFile kept = KeptFile.secret(link);
    kept.makeSecret();
    kept.replace("x");
    kept.append("x\n");
    kept.change(text -> text + "x");

    assertThat(mode(device)).isEqualTo(before);
    assertThat(Files.isRegularFile(device)).isFalse();
    assertThat(link).isSymbolicLink();
    assertThatThrownBy(() -> KeptFile.secret(Path.of("/dev/full")).append("x"))
        .isInstanceOf(IOException.class);
    assertThat(Path.of("/dev/.chatroom.lock")).doesNotExist();
    assertThat(names()).as("no lock beside a link to a device").containsExactly("f");
    Files.delete(link);
  }

  @Test
  void writesIntoAPipeAndIntoAnOpenFile() throws Exception {
    Path pipe = dir.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    CompletableFuture<String> reader =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.readString(pipe);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    KeptFile.secret(pipe).replace("through");
    assertThat(reader.get(1, TimeUnit.MINUTES)).isEqualTo("through");
  }

  @Test
  void writesBehindWhatAnOpenFileHas() throws Exception {
    Path out = Files.writeString(dir.resolve("out"), "begin\n");
    Process process =
        new ProcessBuilder(
                java(),
                "-cp",
                System.getProperty("java.class.path"),
                KeptFileProgram.class.getName(),
                "replace",
                "/dev/stdout",
                "3")
            .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
            .start();

    assertThat(process.waitFor()).isZero();
    assertThat(out).as("the same file still").hasContent("begin\nxxxdone\n");
  }

  @Test
  void createsWhatIsNewOnly() throws IOException {
    Path file = dir.resolve("f");
    KeptFile.secret(file).create("first");

    assertThatThrownBy(() -> KeptFile.secret(file).create("second"))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> KeptFile.secret(Path.of("/dev/null")).create("x"))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> kept("no/where").create("x")).isInstanceOf(NoSuchFileException.class);
    assertThat(file).hasContent("first");
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(names()).containsExactly("f");
  }

  @Test
  void createsNothingWhereSomebodyElsesLinkLeads() throws IOException {
    Files.createSymbolicLink(dir.resolve("trap"), Path.of("elsewhere"));

    assertThatThrownBy(() -> kept("trap").create("x"))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(names()).containsExactly("trap");
  }

  @Test
  void repairsATornLine() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "one\nhal");
    KeptFile.secret(file).append("two\n");
    KeptFile.secret(file).append("three\n");

    assertThat(file).hasContent("one\nhal\ntwo\nthree\n");
  }

  /** As the thread that reads what a person types is, when the server goes. */
  @Test
  void finishesWhatItDoesWhenItsThreadIsInterrupted() throws IOException {
    Thread.currentThread().interrupt();
    kept("a").append("a\n");
    kept("a").append("b\n");
    kept("c").change(before -> "c");
    kept("n").create("n");
    kept("r").replace("r");
    String read = kept("a").read();

    assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    assertThat(read).isEqualTo("a\nb\n");
    assertThat(names()).containsExactly(".chatroom.lock", "a", "c", "n", "r");
  }

  /** Each process has two threads; without a lock some of them would be lost. */
  @Test
  void losesNothingWhenProcessesChangeItAtTheSameTime() throws Exception {
    Path file = dir.resolve("f");
    List<Process> processes =
        List.of(
            program("changes", file, 50),
            program("changes", file, 50),
            program("appends", file, 50));
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }

    assertThat(Files.readAllLines(file)).hasSize(300);
    assertThat(names()).containsExactly(".chatroom.lock", "f");
  }

  @Test
  void oneOfManyCreates() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int n = 0; n < 2; n++) {
      processes.add(program("creates", dir.resolve("f"), 100));
    }
    int created = 0;
    for (Process process : processes) {
      created +=
          Integer.parseInt(
              new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
    }

    assertThat(created).as("of 400 attempts at 100 names").isEqualTo(100);
    assertThat(names()).hasSize(100);
  }

  @Test
  void leavesTheOldTextAndNoDraftOnAFullDisk() throws Exception {
    String script =
        """
        mount -t tmpfs -o size=64k none "$1" && echo old > "$1/f" && cd "$1" || exit
        for how in replace append change; do "$2" -cp "$3" "$4" $how f 200000; done
        for how in create append; do "$2" -cp "$3" "$4" $how new 200000; done
        cat f; ls
        """;

    assertThat(onADiskOfItsOwn(script))
        .containsExactly(
            "no space left on device",
            "no space left on device",
            "no space left on device",
            "no space left on device",
            "no space left on device",
            "old",
            "f");
  }

  @Test
  void saysThatTheDiskIsReadOnly() throws Exception {
    String script =
        """
        mount -t tmpfs none "$1" && echo old > "$1/f" && mount -o remount,ro "$1" && cd "$1" || exit
        for how in replace append change; do "$2" -cp "$3" "$4" $how f 1; done
        "$2" -cp "$3" "$4" create new 1
        "$2" -cp "$3" "$4" change f 0
        cat f; ls
        """;

    assertThat(onADiskOfItsOwn(script))
        .containsExactly(
            "read-only file system",
            "read-only file system",
            "read-only file system",
            "read-only file system",
            "done",
            "old",
            "f");
  }

  /** Runs a script that may mount what it likes: nobody else sees it. */
  private List<String> onADiskOfItsOwn(String script) throws Exception {
    boolean allowed =
        new ProcessBuilder("unshare", "-m", "mount", "-t", "tmpfs", "none", dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
    if (!allowed && System.getenv("CI") != null) {
      throw new AssertionError("CI needs to be allowed to mount");
    }
    assumeTrue(allowed, "skipped: needs root, and unshare");
    Process process =
        new ProcessBuilder(
                "unshare",
                "-m",
                "sh",
                "-c",
                script,
                "sh",
                dir.toString(),
                java(),
                System.getProperty("java.class.path"),
                KeptFileProgram.class.getName())
            .redirectErrorStream(true)
            .start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(names()).as("nothing of this is here").isEmpty();
    return lines;
  }

  private static Process program(String how, Path file, int times) throws IOException {
    return new ProcessBuilder(
            java(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            KeptFileProgram.class.getName(),
            how,
            file.toString(),
            Integer.toString(times))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String java() {
    return ProcessHandle.current().info().command().orElse("java");
  }
}
