package io.chatroom.server.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.LogCapture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessKeysTest {

  private static final String ALICE = "0123456789abcdef";
  private static final String BOB = "fedcba9876543210";

  @TempDir Path dir;

  private final LogCapture log = LogCapture.of(AccessKeys.class);
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-26T12:00:00Z"));
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file =
        Files.createFile(
            dir.resolve("keys"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void readsOneKeyPerLine() throws IOException {
    try (AccessKeys keys =
        keys(
            "\uFEFF# who may come in\r\n\r\n  "
                + ALICE
                + "\talice's laptop  \r\n"
                + BOB
                + " Bob, until spring  until 2027-03-31\r\n")) {
      assertThat(label(keys, ALICE)).isEqualTo("alice's laptop");
      assertThat(label(keys, BOB)).isEqualTo("Bob, until spring");
      assertThat(keys.find(ALICE + " ")).isNull();
      assertThat(keys.find("")).isNull();
      assertThat(log.lines()).containsExactly("access keys in " + file + ": 2 valid");
    }
  }

  @Test
  void keyIsValidUntilTheEndOfItsLastDayInUtc() throws IOException {
    try (AccessKeys keys = keys(ALICE + " alice until 2026-11-26")) {
      AccessKey alice = Objects.requireNonNull(keys.find(ALICE));
      AtomicInteger gone = new AtomicInteger();
      keys.whenKeysChange(gone::incrementAndGet);
      now.set(Instant.parse("2026-11-26T23:59:59.999Z"));
      keys.check();
      assertThat(keys.isValid(alice)).isTrue();
      assertThat(gone).hasValue(0);

      now.set(Instant.parse("2026-11-27T00:00:00Z"));
      keys.check();
      assertThat(keys.find(ALICE)).isNull();
      assertThat(keys.isValid(alice)).isFalse();
      assertThat(gone).hasValue(1);
      assertThat(log.lines())
          .last()
          .isEqualTo("access keys in " + file + ": now none is valid, so no session can begin");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0123456789abcdef | there is no label after the key",
        "0123456789abcdef until 2027-01-31 | there is no label between the key and until",
        "0123456789abcdef alice until tomorrow | there is no valid date after until",
        "0123456789abcdef alice until 2027-02-30 | there is no valid date after until",
        "0123456789abcdef alice until | there is no valid date after until",
        "alice 0123456789abcdef | the key has 5 characters, expected 16 to 256",
      })
  void refusesADamagedFileWithoutQuotingIt(String line, String sentence) {
    assertThatThrownBy(() -> keys("# who\n" + line))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ", line 2: " + sentence)
        .hasMessageNotContaining(ALICE)
        .hasMessageNotContaining("alice");
  }

  @Test
  void refusesDuplicateKeysAndLabelsAndTooManyKeys() {
    assertThatThrownBy(() -> keys(ALICE + " a\n" + ALICE + " b"))
        .hasMessage(file + ", line 2: an earlier line has the same key, expected another");
    assertThatThrownBy(() -> keys(ALICE + " a\n" + BOB + " a"))
        .hasMessage(file + ", line 2: an earlier line has the same label, expected another");
    StringBuilder many = new StringBuilder();
    for (int i = 0; i <= 1_000; i++) {
      many.append(ALICE).append(i).append(" number ").append(i).append('\n');
    }
    assertThatThrownBy(() -> keys(many.toString()))
        .hasMessage(file + ", line 1001: there are more than 1000 keys");
    assertThatThrownBy(() -> keys("#".repeat(1024 * 1024 + 1)))
        .hasMessage(file + " cannot be read: it has more than 1048576 bytes");
  }

  @Test
  void refusesBinaryContent() throws IOException {
    Files.write(file, new byte[] {(byte) 0xFF, '\n'});

    assertThatThrownBy(() -> new AccessKeys(file, now::get))
        .hasMessage(file + " cannot be read: it is not UTF-8 text");
  }

  @Test
  void appliesASettledChangeAndKeepsTheOldKeysIfItIsDamaged() throws IOException {
    try (AccessKeys keys = keys(ALICE + " alice\n" + BOB + " bob")) {
      AccessKey alice = Objects.requireNonNull(keys.find(ALICE));
      AccessKey bob = Objects.requireNonNull(keys.find(BOB));
      AtomicInteger gone = new AtomicInteger();
      keys.whenKeysChange(gone::incrementAndGet);
      write(BOB + " somebody else");
      keys.check();
      assertThat(keys.isValid(alice)).isTrue();
      keys.check();
      assertThat(keys.isValid(alice)).isFalse();
      assertThat(keys.find(ALICE)).isNull();
      assertThat(keys.isValid(bob)).as("another label is no other key").isTrue();
      assertThat(gone).hasValue(1);

      log.clear();
      write("oops");
      for (int i = 0; i < 4; i++) {
        keys.check();
      }
      assertThat(label(keys, BOB)).isEqualTo("somebody else");
      assertThat(log.lines())
          .containsExactly(
              "keeping the old access keys: "
                  + file
                  + ", line 1: there is no label after the key, expected KEY LABEL, and perhaps:"
                  + " until 2027-01-31");
      Files.delete(file);
      keys.check();
      assertThat(log.lines()).last().asString().endsWith("no such file or directory");
      assertThat(label(keys, BOB)).isEqualTo("somebody else");
    }
  }

  /** This is how to disconnect everybody. */
  @Test
  void acceptsAFileWithoutKeysAndWarns() throws IOException {
    try (AccessKeys keys = keys("# nobody for now\n")) {
      assertThat(keys.find(ALICE)).isNull();
      assertThat(log.lines())
          .containsExactly("access keys in " + file + ": none is valid, so no session can begin");
    }
  }

  @Test
  void warnsIfOthersCanReadTheFile() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    keys(ALICE + " alice").close();

    assertThat(log.lines())
        .contains(
            file + " is accessible to others (rw-r-----), expected only its owner: chmod 600");
  }

  @Test
  void checksAtOnceOnRequestAndLogsTheResult() throws IOException {
    AccessKeys keys = keys(ALICE + " alice");
    keys.checkNow();
    Awaitility.await()
        .untilAsserted(() -> assertThat(log.lines()).contains("the access keys have not changed"));
    write(BOB + " bob");
    keys.checkNow();
    Awaitility.await().untilAsserted(() -> assertThat(keys.find(BOB)).isNotNull());
    Awaitility.await() // it says so a moment later
        .until(() -> log.lines().stream().anyMatch(line -> line.contains("now 1 valid")));
    keys.close();
    keys.checkNow();
    assertThat(log.lines())
        .last()
        .isEqualTo("the server is stopping and no longer checks its access keys");
  }

  @Test
  void showsItsLabelAndNotItsKey() throws IOException {
    try (AccessKeys keys = keys(ALICE + " the lab")) {
      assertThat(Objects.requireNonNull(keys.find(ALICE)).toString())
          .isEqualTo("AccessKey[label=the lab]");
    }
  }

  private static String label(AccessKeys keys, String key) {
    return Objects.requireNonNull(keys.find(key)).label();
  }

  private AccessKeys keys(String text) throws IOException {
    write(text);
    return new AccessKeys(file, now::get);
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }
}
