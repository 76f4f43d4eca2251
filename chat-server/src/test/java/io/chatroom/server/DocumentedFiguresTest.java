package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Figures and places in the documents that no option sets are those of the code. */
class DocumentedFiguresTest {

  private static String sources = "";

  @BeforeAll
  static void read() throws IOException {
    List<String> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        all.add(Files.readString(file));
      }
    }
    sources = String.join("\n", all);
  }

  /** Change both at once. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ACCEPT_BACKLOG = 4096 | operating.md | The server asks for 4,096",
        "RECEIVE_BUFFER_BYTES = 256 * 1024 | operating.md | its receive buffer (256 KiB)",
        "UNSENT_BYTES = 512 * 1024 | operating.md | can wait unsent (512 KiB)",
        "RESERVED_FILES = 32 | server.md | less 32 and 4 per event loop",
        "RESERVED_FILES_PER_LOOP = 4 | server.md | less 32 and 4 per event loop",
        "HEAP_BYTES_PER_CONNECTION = 8 * 1024 | server.md | 8 KiB a connection",
        "HEAP_BYTES_PER_TLS_CONNECTION = 32 * 1024 | server.md | 32 KiB with TLS",
        "MOST_WAITING_BYTES = 64 * 1024 * 1024 | server.md | share `maxWaitingBytes`: 64 MiB",
        "MAX_UNANSWERED = 256 | server.md | have 256 requests unanswered",
        "MAX_READS = 4 | server.md | read 4 pages of history or search at once",
        "PROOF_BYTES = 2 * 1024 * 1024 | server.md | Members that have read 2 MiB",
        "PROBATION = Duration.ofSeconds(30) | server.md | wait for it again for 30 seconds",
        "MOST_LINES = 2_000 | server.md | or 2,000 arrivals and departures, within ten seconds",
        "MOST_KEYS = 1_000 | server.md | there are at most 1,000 lines",
        "WRONG_KEYS = 10 | server.md | can try ten wrong keys a minute",
        "CLAIMS_AN_HOUR = 20 | SECURITY.md | can make 20 claims",
        "VALID = Duration.ofMinutes(10) | server.md | which works once and within ten minutes",
        "MOST_OF_ONE = 10 | bots.md | at most ten for a name",
        "MOST_HEADERS = 100 | api.md | at most 100 headers",
        "MOST_BYTES_OF_HEADERS = 8_192 | api.md | headers of 8,192 bytes in all",
        "MOST_BYTES_OF_FIRST_LINE = 4_096 | api.md | first line of at most 4,096",
        "DEFAULT_PAGE = 50 | ../chat-protocol/SESSIONS.md | `limit` is 50 if it is not there",
        "ENTRIES = 20 | bots.md | up to 20 messages and events",
        "TIMEOUT = Duration.ofSeconds(15) | bots.md | within 15 seconds",
        "OLDEST_POSTGRESQL = 15 | operating.md | one PostgreSQL 15 or newer",
        "READS_AT_ONCE = 16 | server.md | All sessions together read 16 pages of history at once",
        "IDLE_SECONDS = 60 | server.md | a connection that is silent for a minute is closed",
        "KEEP_ALIVE_IDLE_SECONDS = 60 | server.md | an idle one after two minutes",
        "KEEP_ALIVE_INTERVAL_SECONDS = 15 | server.md | an idle one after two minutes",
        "KEEP_ALIVE_PROBES = 4 | server.md | an idle one after two minutes",
        "STRANGERS = 2 | server.md | twice `slowMemberPatience` at once",
        "READERS = 4 | server.md | four times `slowMemberPatience` at once",
        "SHARE = 20 | server.md | then a twentieth of the time",
        "LEAST = Duration.ofMillis(10) | server.md | 10 ms at a time",
        "CHECK_EVERY = Duration.ofSeconds(2) | server.md | The file is checked every two seconds",
        "LEAST_CHARACTERS = 16 | server.md | has a key (16 to 256 random characters",
        "PATIENCE = Duration.ofSeconds(2) | server.md | has not run one within two seconds",
        "MAX_CONNECTIONS = 8 | server.md | on eight connections at once",
        "MOST = 50_000 | server.md | the last 50,000 actions of operators",
        "MOST = 50_000 | privacy.md | the last 50,000 actions of operators",
        "MOST = 100 | bots.md | at most 100 hooks",
        "GROUP_ROOMS = 64 | scaling.md | up to 64 rooms or 2,000 posts",
        "GROUP_MESSAGES = 2_000 | scaling.md | up to 64 rooms or 2,000 posts",
        "ROOMS_PER_POLL = 10_000 | scaling.md | for 10,000 rooms at a time",
        "MOST = 200 | ../chat-protocol/SESSIONS.md | A list has at most 200 names",
        "MOST_TOKENS = 16 | ../chat-protocol/SESSIONS.md | where a name has more than 16",
        "MAX_PRIVATE_ROOMS = 100 | ../chat-protocol/SESSIONS.md | for the 100 rooms",
        "WRITER_CACHE_KIB = 4 * 1024 | operating.md | caches take at most 6 MiB",
        "READER_CACHE_KIB = 1024 | operating.md | caches take at most 6 MiB",
        "KEPT_MILLIS = 600_000 | privacy.md | ten minutes, and then until the next mute",
        "COUNT = 64 | decisions/notify-after-commit.md | those of 64 channels",
      })
  void areThoseOfTheCode(String declaration, String page, String sentence) throws IOException {
    assertThat(sources).contains(" " + declaration + ";");

    Path docs = Path.of("../docs");
    Path file = page.equals("SECURITY.md") ? Path.of("../SECURITY.md") : docs.resolve(page);
    assertThat(Files.readString(file).replaceAll("\\s+", " ")).contains(sentence);
  }

  /** The tables and files of which privacy.md says what is in them. */
  @ParameterizedTest
  @ValueSource(strings = {"fact", "name_in_use", "presence", "words", "log.db", "search.db"})
  void storedDataIsWherePrivacyPageSays(String place) throws IOException {
    assertThat(Files.readString(Path.of("../docs/privacy.md"))).contains("`" + place + "`");
    assertThat(sources)
        .containsPattern(
            place.contains(".")
                ? "\"" + Pattern.quote(place) + "\""
                : "CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?" + place + "\\b");
  }
}
