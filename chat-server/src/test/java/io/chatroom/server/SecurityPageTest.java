package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the page about security names as proof exists. */
class SecurityPageTest {

  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))(?:#(\\w+))?`");
  private static final Pattern ATTACK = Pattern.compile("\\*([^*|]+)\\*");

  @Test
  void theTestsThatItNamesExist() throws IOException {
    Map<String, Path> tests;
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      tests =
          files
              .filter(file -> file.toString().matches(".*/src/test/.*(Test|IT)\\.java"))
              .collect(
                  Collectors.toMap(
                      file -> file.getFileName().toString().replace(".java", ""),
                      file -> file,
                      (one, other) -> one));
    }
    for (MatchResult named : TEST.matcher(page()).results().toList()) {
      assertThat(tests).containsKey(named.group(1));
      if (named.group(2) != null) {
        assertThat(tests.get(named.group(1))).content().contains("void " + named.group(2) + "(");
      }
    }
  }

  @Test
  void theAttacksThatItNamesExist() throws IOException {
    String attacks = Files.readString(Path.of("bench/attack.py"));
    String rows =
        page().lines().filter(line -> line.contains("`attack.py`")).collect(Collectors.joining());

    assertThat(ATTACK.matcher(rows).results().map(named -> named.group(1)))
        .hasSizeGreaterThan(20)
        .allSatisfy(attack -> assertThat(attacks).contains(attack));
  }

  private static String page() throws IOException {
    return Files.readString(Path.of("../SECURITY.md"));
  }
}
