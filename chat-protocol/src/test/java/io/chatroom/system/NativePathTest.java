package io.chatroom.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativePathTest {

  @TempDir private Path directory;

  @Test
  void isThePathAsItStandsWhereTheLocaleHasIt() throws IOException {
    assertThat(NativePath.of("/a/b")).isEqualTo(Path.of("/a/b"));
    assertThat(NativePath.of("a b%41.json")).isEqualTo(Path.of("a b%41.json"));
    assertThat(NativePath.of("")).isEqualTo(Path.of(""));
    assertThat(NativePath.show(Path.of("/a/b"))).isEqualTo("/a/b");
  }

  @Test
  void refusesWhatNamesNoFile() {
    assertThatThrownBy(() -> NativePath.of("a\0b"))
        .isInstanceOf(UnreadableTextException.class)
        .hasMessage("\"a\0b\" cannot be the name of a file");
    assertThatThrownBy(() -> NativePath.of("/home/j\uFFFDrg"))
        .hasMessage("\"/home/j\uFFFDrg\" cannot be the name of a file");
  }

  /** What the locale lacks, in a JVM that has no other: absolute, relative, and where it runs. */
  @Test
  void findsFilesWhoseNamesTheLocaleDoesNotHave() throws Exception {
    Process process = inTheCLocale();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.inputReader(StandardCharsets.UTF_8).lines())
        .containsExactly("absolute relative plain shown true");
    assertThat(process.exitValue()).isZero();
  }

  private Process inTheCLocale() throws IOException {
    // The octal digits are an ü, which the locale of the build need not have either.
    String script =
        "here=\"$DIR/$(printf 'j\\303\\274rg')\" && mkdir \"$here\" && cd \"$here\" && exec \"$0\" \"$@\"";
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh",
            "-c",
            script,
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            NamesInTheCLocale.class.getName());
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("DIR", directory.toString());
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Runs in a JVM whose locale has ASCII only, in a directory {@code jürg}. */
  static final class NamesInTheCLocale {

    public static void main(String[] args) throws IOException {
      String found = "";
      Files.writeString(NativePath.of(System.getenv("DIR") + "//jürg/ä 1%.txt"), "absolute ");
      found += Files.readString(NativePath.of("ä 1%.txt"));
      Files.writeString(NativePath.of("./ö"), "relative ");
      found += Files.readString(NativePath.of(System.getenv("DIR") + "/jürg/ö"));
      Files.writeString(NativePath.of("x"), "plain");
      found += Files.readString(NativePath.of(System.getenv("DIR") + "/jürg/x"));
      Path path = NativePath.of("ä 1+%.txt");
      found += NativePath.show(path).endsWith("/jürg/ä 1+%.txt") ? " shown" : " not shown";
      found += " " + NativePath.show(path.getFileName()).equals("ä 1+%.txt");
      System.out.println(found);
    }
  }
}
