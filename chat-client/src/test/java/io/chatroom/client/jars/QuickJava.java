package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Java with options that make a program start sooner: tests start hundreds, and none lives long.
 *
 * <p>Users start the programs without these options, or with those of {@code bin/chat-client}.
 * {@link RunningProgram#jar(String, String, String[])} starts them that way, for {@link JarsIT}.
 */
final class QuickJava {

  /** The Java that runs this test. */
  static final String OURS = ProcessHandle.current().info().command().orElse("java");

  private static final Map<String, Path> ARCHIVES = new ConcurrentHashMap<>();

  private QuickJava() {}

  /** What starts a jar on the Java that runs this test; its arguments follow. */
  static List<String> command(String jar) {
    return command(OURS, jar);
  }

  /** What starts a jar on any Java; its arguments follow. */
  static List<String> command(String java, String jar) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(java, "-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    if (isOurs(java)) {
      command.add("-XX:SharedArchiveFile=" + ARCHIVES.computeIfAbsent(jar, QuickJava::archive));
    }
    command.addAll(List.of("-jar", jar));
    return command;
  }

  private static boolean isOurs(String java) {
    try {
      return Files.isSameFile(Path.of(java), Path.of(OURS));
    } catch (IOException e) {
      return false; // not a path, but a name to look for
    }
  }

  /**
   * All classes of a jar, read and verified. The first test that wants the archive makes it; tests
   * in other processes wait meanwhile.
   */
  private static Path archive(String jar) {
    Path archive = Path.of("target", Path.of(jar).getFileName() + ".jsa").toAbsolutePath();
    try (FileChannel channel =
            FileChannel.open(
                Path.of(archive + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      if (!Files.exists(archive) || isNewer(Path.of(jar), archive)) {
        make(archive, jar);
      }
      return archive;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isNewer(Path one, Path other) throws IOException {
    return Files.getLastModifiedTime(one).compareTo(Files.getLastModifiedTime(other)) >= 0;
  }

  private static void make(Path archive, String jar) throws IOException {
    List<String> classes = new ArrayList<>();
    Path javas = Path.of(System.getProperty("java.home"), "lib", "classlist");
    if (Files.exists(javas)) {
      classes.addAll(Files.readAllLines(javas));
    }
    try (ZipFile file = new ZipFile(jar)) {
      file.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .forEach(classes::add);
    }
    Path list = Files.write(Path.of(archive + ".classes"), classes);
    Path unfinished = Path.of(archive + ".unfinished");
    try (RunningProgram dump =
        RunningProgram.start(
            OURS,
            "-Xshare:dump",
            "-XX:SharedClassListFile=" + list,
            "-XX:SharedArchiveFile=" + unfinished,
            "-Xlog:disable", // it warns of classes whose superclass is in an optional library
            "-cp",
            jar)) {
      assertThat(dump.awaitExit()).as("%s", dump.err()).isZero();
    }
    Files.move(unfinished, archive, StandardCopyOption.REPLACE_EXISTING);
  }
}
