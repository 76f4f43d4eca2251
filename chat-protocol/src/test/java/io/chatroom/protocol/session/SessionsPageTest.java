package io.chatroom.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** SESSIONS.md and the code say the same. */
class SessionsPageTest {

  private static final Path MODULE =
      Files.exists(Path.of("SESSIONS.md")) ? Path.of("") : Path.of("chat-protocol");

  private static String page = "";

  @BeforeAll
  static void readThePage() throws IOException {
    page = Files.readString(MODULE.resolve("SESSIONS.md"));
  }

  @Test
  void exampleIsByteForByteWhatTheCodeReadsAndWrites() throws BadObjectException {
    List<String> lines = found("(?m)^    ([→←] (?:\\d[\\d·]{9}\\{.*|CHATROOM/2))$");
    assertThat(lines).hasSizeGreaterThan(15);
    assertThat(lines.get(0))
        .isEqualTo("→ " + new String(SessionJson.magic(), StandardCharsets.US_ASCII));
    for (String line : lines.subList(1, lines.size())) {
      String header = line.substring(2, 12);
      String json = line.substring(12);
      ByteBuf frame = Unpooled.buffer();
      if (line.startsWith("→")) {
        SessionJson.writeFrame(Json.client(json), frame);
      } else {
        SessionJson.writeFrame(Json.server(json), frame);
      }
      assertThat(frame.toString(StandardCharsets.UTF_8)).isEqualTo(header.replace('·', ' ') + json);
    }
  }

  @Test
  void requirementsHaveNumbersOfTheirOwnThatAscend() {
    List<String> numbers = found("(?m)^\\*\\*(S-\\d\\d)\\*\\*");

    assertThat(numbers).hasSizeGreaterThan(50).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void numbersThatAreReferredToExist() throws IOException {
    Set<String> numbers = new TreeSet<>(found("(?m)^\\*\\*(S-\\d\\d)\\*\\*"));
    assertThat(numbers).containsAll(found("(S-\\d\\d)"));
    try (Stream<Path> sources = Files.walk(MODULE.resolve("src/main/java"))) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        assertThat(numbers).containsAll(found("(S-\\d\\d)", Files.readString(source)));
      }
    }
  }

  @Test
  void codesAreThoseOfThePage() {
    List<String> rows = found("(?m)^\\| (`[a-z-]+` \\| (?:error|bye) \\|[ 0-9]*\\| `[a-z]+`) \\|");

    assertThat(rows)
        .containsExactlyElementsOf(
            Arrays.stream(Code.values()).map(SessionsPageTest::row).toList());
  }

  private static String row(Code code) {
    return code.isBye()
        ? "`%s` | bye | %d | `%s`".formatted(code.text(), code.closeNumber(), code.act().text())
        : "`%s` | error | | `%s`".formatted(code.text(), code.act().text());
  }

  @Test
  void dosAreThoseOfThePage() {
    String table = page.substring(page.indexOf("**S-60**"), page.indexOf("**S-61**"));

    assertThat(found("(?m)^\\| `([a-z]+)` \\|", table))
        .containsExactlyElementsOf(Arrays.stream(Do.values()).map(Do::text).toList())
        .isNotEmpty();
  }

  @Test
  void limitsOfWelcomeAreThoseOfThePage() {
    String table = page.substring(page.indexOf("**S-40**"), page.indexOf("**S-41**"));

    assertThat(found("(?m)^\\| `([a-zA-Z]+)` \\|", table))
        .startsWith(
            FromServer.Welcome.MAX_MESSAGE_BYTES,
            FromServer.Welcome.MAX_NAME_BYTES,
            FromServer.Welcome.MAX_ROOMS,
            FromServer.Welcome.MAX_UNANSWERED,
            FromServer.Welcome.MAX_UNANSWERED_BYTES,
            FromServer.Welcome.MAX_READS,
            FromServer.Welcome.MESSAGES_PER_SECOND,
            FromServer.Welcome.MESSAGE_BURST);
  }

  @Test
  void boundsAreThoseOfThePage() {
    String table = page.substring(page.indexOf("**S-20**"), page.indexOf("## 3."));

    assertThat(
            found("(?m)^\\| [^|]+ \\| ([0-9,]+)", table).stream()
                .map(number -> Integer.valueOf(number.replace(",", ""))))
        .containsExactly(
            SessionLimits.MAX_DEPTH,
            SessionLimits.MAX_TOKENS,
            SessionLimits.MAX_FIELD_BYTES,
            SessionLimits.MAX_DIGITS,
            SessionLimits.MAX_Q_BYTES,
            SessionLimits.MAX_SECRET_BYTES,
            SessionLimits.MAX_AGENT_BYTES,
            SessionLimits.MAX_LABEL_BYTES,
            SessionLimits.MAX_TOKEN_ROOMS,
            SessionLimits.MAX_TOPIC_BYTES,
            SessionLimits.MAX_SENTENCE_BYTES,
            SessionLimits.MAX_ROOMS,
            SessionLimits.MAX_LISTED,
            SessionLimits.MAX_HISTORY,
            FromServer.Welcome.MAX_ENTRIES);
    assertThat(SessionLimits.MAX_ID_BYTES).isEqualTo(SessionLimits.MAX_Q_BYTES);
    assertThat(SessionLimits.MAX_QUERY_BYTES).isEqualTo(SessionLimits.MAX_SECRET_BYTES);
    assertThat(page)
        .contains("at most " + SessionLimits.FRAME_FACTOR + " times `maxMessageBytes`")
        .contains("%,d bytes is the bound".formatted(SessionLimits.maxFrameBytes(65_536)))
        .contains("(%,d)".formatted(SessionLimits.MAX_INTEGER));
  }

  @Test
  void everyObjectHasItsPlace() {
    for (String type : ClientShapes.ALL.keySet()) {
      assertThat(page).containsPattern("\\*\\*S-[23]\\d\\*\\* `" + type + "`[: ]");
    }
    for (String type : ServerShapes.ALL.keySet()) {
      assertThat(page)
          .containsPattern("\\*\\*S-4\\d\\*\\* `" + type + "`:|(?m)^\\| `" + type + "` \\| `");
    }
  }

  private static List<String> found(String pattern) {
    return found(pattern, page);
  }

  private static List<String> found(String pattern, String text) {
    List<String> found = new ArrayList<>();
    for (MatchResult match : Pattern.compile(pattern).matcher(text).results().toList()) {
      found.add(match.group(1));
    }
    return found;
  }
}
