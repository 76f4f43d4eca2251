package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the page about security names as proof exists; its tests, in {@link DocumentsTest}. */
class SecurityPageTest {

  private static final Pattern ATTACK = Pattern.compile("\\*([^*|]+)\\*");

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
