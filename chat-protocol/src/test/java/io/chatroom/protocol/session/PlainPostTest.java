package io.chatroom.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** It reads what the general reader reads, and leaves all else to that. */
class PlainPostTest {

  private static final int ROUNDS = 20_000;

  @Test
  void readsWhatMostClientsWrite() {
    assertThat(
            PlainPost.read(
                "{\"type\":\"post\",\"id\":\"7-1\",\"room\":\"Lobby\",\"text\":\"tea, 茶?\"}"))
        .isEqualTo(new FromClient.Post("7-1", RoomName.of("Lobby"), "tea, 茶?", null));
    assertThat(PlainPost.read(Json.of(new FromClient.Post("1", RoomName.of("a"), "", null))))
        .isEqualTo(new FromClient.Post("1", RoomName.of("a"), "", null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"type\":\"post\",\"id\":\"",
        "{\"type\":\"post\",\"id\":\"1\",\"room\":\"a\",\"text\":\"",
        "{\"type\":\"post\",\"id\":\"1\",\"room\":\"a\",\"text\":\"x\"",
        "{\"type\":\"post\",\"id\":\"1\",\"room\":\"a\",\"text\":\"x\"} ",
        "{\"type\":\"post\",\"id\":\"1\",\"room\":\"a\",\"text\":\"x\",\"replyTo\":1}",
        "{\"type\":\"post\",\"id\":\"1\",\"room\":\"a\",\"text\":\"x\",\"text\":\"y\"}",
        "{\"type\":\"post\",\"id\":\"1\",\"room\":\"a\",\"text\":\"x\\\"}",
        "{\"type\":\"post\",\"id\":\"1\",\"room\":\"a\",\"text\":\"x\\n\"}",
        "{\"type\":\"post\",\"id\":\"1\",\"room\":\"a\",\"text\":\"x\t\"}",
        "{\"type\":\"post\",\"id\":\"\",\"room\":\"a\",\"text\":\"x\"}",
        "{\"type\":\"post\",\"id\":\"1\",\"room\":\"a b\",\"text\":\"x\"}",
        "{\"type\":\"post\",\"room\":\"a\",\"id\":\"1\",\"text\":\"x\"}",
        "{\"type\":\"post\", \"id\":\"1\",\"room\":\"a\",\"text\":\"x\"}",
        "{\"type\":\"ping\"}",
      })
  void leavesAllElseToTheReader(String json) {
    assertThat(PlainPost.read(json)).isNull();
  }

  @Test
  void neverReadsAnythingElseThanTheReader() {
    Random random = new Random(8);
    String pieces = "{}\",:\\ \na1";
    String post = "{\"type\":\"post\",\"id\":\"1\",\"room\":\"a\",\"text\":\"x y\"}";
    int plain = 0;
    for (int i = 0; i < ROUNDS; i++) {
      StringBuilder json = new StringBuilder(post);
      for (int changes = random.nextInt(3); changes > 0; changes--) {
        int at = random.nextInt(json.length());
        char piece = pieces.charAt(random.nextInt(pieces.length()));
        switch (random.nextInt(3)) {
          case 0 -> json.setCharAt(at, piece);
          case 1 -> json.insert(at, piece);
          default -> json.deleteCharAt(at);
        }
      }
      FromClient.Post read = PlainPost.read(json.toString());
      if (read != null) {
        plain++;
        assertThat(readByReader(json.toString())).as(json.toString()).isEqualTo(read);
      }
    }
    assertThat(plain).isGreaterThan(ROUNDS / 4);
  }

  private static FromClient readByReader(String json) {
    try {
      return ObjectReader.read(json, ClientShapes.ALL);
    } catch (BadObjectException e) {
      throw new AssertionError(json + " is refused: " + e.getMessage(), e);
    }
  }
}
