package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.protocol.ChatMessage;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranscriptTest {

  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir Path dir;
  private final Transcript transcript = new Transcript();

  @Test
  void writesALineForEachMessageThatNoStrangerCanForge() throws IOException {
    transcript.add(NOON, "", new ChatMessage("alice", "hello"));
    transcript.add(NOON.plusSeconds(61), "", new ChatMessage("b\u001b[2J", "one\ntwo"));
    Path file = dir.resolve("talk.txt");

    assertThat(transcript.save(file, ZoneOffset.UTC)).isEqualTo(2);
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "2026-11-23 12:00:00 alice:    hello", "2026-11-23 12:01:01 b\\x1b[2J:    one\\ntwo");
  }

  @Test
  void namesRoomsIfThereWereSeveral() throws IOException {
    transcript.add(NOON, "lobby", new ChatMessage("alice", "hello"));
    transcript.add(NOON, "", new ChatMessage("bob", "elsewhere"));
    Path file = dir.resolve("talk.txt");
    transcript.save(file, ZoneOffset.UTC);

    assertThat(Files.readAllLines(file))
        .containsExactly(
            "2026-11-23 12:00:00 [lobby] alice:    hello", "2026-11-23 12:00:00 bob:    elsewhere");
  }

  @Test
  void isReadableByItsOwnerOnly() throws IOException {
    transcript.add(NOON, "", new ChatMessage("alice", "a secret"));
    Path file = dir.resolve("talk.txt");
    transcript.save(file, ZoneOffset.UTC);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void overwritesNothing() throws IOException {
    Path file = Files.writeString(dir.resolve("precious"), "mine");

    assertThatThrownBy(() -> transcript.save(file, ZoneOffset.UTC))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file).hasContent("mine");
  }

  @Test
  void keepsTheLastMessagesOnly() throws IOException {
    for (int n = 0; n <= Transcript.MAX_MESSAGES; n++) {
      transcript.add(NOON, "", new ChatMessage("a", "" + n));
    }
    Path file = dir.resolve("many");

    assertThat(transcript.save(file, ZoneOffset.UTC)).isEqualTo(Transcript.MAX_MESSAGES);
    assertThat(Files.readAllLines(file)).first().asString().endsWith(" a:    1");
  }

  @Test
  void keepsNoMoreThanAFewMegabytes() throws IOException {
    for (int n = 0; n < 100; n++) {
      transcript.add(NOON, "", new ChatMessage("a", "x".repeat(Transcript.MAX_CHARS / 10)));
    }

    assertThat(transcript.save(dir.resolve("large"), ZoneOffset.UTC)).isEqualTo(9);
  }
}
