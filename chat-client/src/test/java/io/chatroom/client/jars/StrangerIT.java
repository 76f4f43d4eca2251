package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a stranger's project gets that depends on the client as bots.md says: Maven resolves it
 * alone, compiles the guide's bot with it, and the bot plays with nothing else.
 *
 * <p>Neither a network nor a second repository is needed. What the build itself has brought stands
 * in for the public repository, and the modules lie in one of their own.
 */
class StrangerIT {

  private static final String VERSION = System.getProperty("built.version", "");
  private static final Path OURS = Path.of("..");

  /** Netty, sessions as JSON, and annotations. */
  private static final String WHAT_THE_LIBRARY_NEEDS =
      "chat-(client|protocol)-.*|netty-.*|jackson-core-.*|jspecify-.*";

  @Test
  void getsTheLibraryWithoutWhatOnlyTheCommandsNeed(@TempDir Path dir) throws Exception {
    Path project = Files.createDirectories(dir.resolve("project"));
    Path source = Files.createDirectories(project.resolve("src/main/java/com/example"));
    Files.copy(
        Path.of("src/test/java/com/example/SessionDiceBot.java"),
        source.resolve("SessionDiceBot.java"));
    Files.writeString(project.resolve("pom.xml"), pom());

    String classPath = resolveAndCompile(project, settings(dir, published(dir)));

    assertThat(classPath.split(File.pathSeparator, -1))
        .allSatisfy(
            entry -> {
              Path path = Path.of(entry);
              assertThat(path).exists();
              if (!path.startsWith(project)) {
                assertThat(path.getFileName().toString()).matches(WHAT_THE_LIBRARY_NEEDS);
              }
            });
    SessionJarIT.assertThatTheBotPlays(classPath, false);
  }

  private static String pom() throws IOException {
    Matcher dependency =
        Pattern.compile("```xml\n(<dependency>.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../docs/bots.md")));
    assertThat(dependency.find()).isTrue();
    return """
        <project>
          <modelVersion>4.0.0</modelVersion>
          <groupId>com.example</groupId>
          <artifactId>dice</artifactId>
          <version>1</version>
          <properties>
            <maven.compiler.release>17</maven.compiler.release>
            <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
          </properties>
          <dependencies>
        %s
          </dependencies>
        </project>
        """
        .formatted(dependency.group(1));
  }

  /** A repository with our modules in it, as they would be published. */
  private static Path published(Path dir) throws IOException {
    Path repository = dir.resolve("published");
    publish(repository, "chatroom", OURS.resolve("pom.xml"), ".pom");
    for (String module : List.of("chat-protocol", "chat-client")) {
      Path files = OURS.resolve(module);
      publish(repository, module, files.resolve("pom.xml"), ".pom");
      String jar = module + "-" + VERSION + ".jar";
      publish(repository, module, files.resolve("target").resolve(jar), ".jar");
    }
    return repository;
  }

  private static void publish(Path repository, String artifact, Path file, String suffix)
      throws IOException {
    Path folder =
        Files.createDirectories(
            repository.resolve("io/chatroom").resolve(artifact).resolve(VERSION));
    Files.copy(file, folder.resolve(artifact + "-" + VERSION + suffix));
  }

  private static Path settings(Path dir, Path published) throws IOException {
    return Files.writeString(
        dir.resolve("settings.xml"),
        """
        <settings>
          <localRepository>%s</localRepository>
          <mirrors>
            <mirror><id>kept</id><mirrorOf>central</mirrorOf><url>%s</url></mirror>
          </mirrors>
          <profiles>
            <profile>
              <id>published</id>
              <repositories>
                <repository><id>published</id><url>%s</url></repository>
              </repositories>
            </profile>
          </profiles>
          <activeProfiles><activeProfile>published</activeProfile></activeProfiles>
        </settings>
        """
            .formatted(
                dir.resolve("local"),
                Path.of(System.getProperty("maven.repository", "")).toUri(),
                published.toUri()));
  }

  /** Returns what is needed at run time. */
  private static String resolveAndCompile(Path project, Path settings) {
    try (RunningProgram maven =
        RunningProgram.start(
            Path.of(System.getProperty("maven.home", ""), "bin", "mvn").toString(),
            "--batch-mode",
            "--quiet",
            "--lax-checksums",
            "--settings=" + settings,
            "--file=" + project.resolve("pom.xml"),
            "org.apache.maven.plugins:maven-compiler-plugin:"
                + System.getProperty("maven.compiler")
                + ":compile",
            "org.codehaus.mojo:exec-maven-plugin:" + System.getProperty("maven.exec") + ":exec",
            "-Dexec.executable=echo",
            "-Dexec.args=needs %classpath",
            "-Dexec.classpathScope=runtime")) {
      assertThat(maven.awaitExit()).as("%s %s", maven.out(), maven.err()).isZero();
      return maven.awaitLine(".*needs (.*)").group(1); // behind what Maven says to a terminal
    }
  }
}
