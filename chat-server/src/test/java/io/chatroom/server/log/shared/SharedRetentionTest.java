package io.chatroom.server.log.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.postgres.Postgres;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedRetentionTest {

  private final Postgres postgres = Postgres.shared();
  private final String store = postgres.newStore();
  private SharedDatabase database;

  @BeforeEach
  void fill() throws IOException {
    database = SharedDatabase.open(Objects.requireNonNull(StoreAddress.parse(store)));
    postgres.execute(
        store,
        "INSERT INTO room (name, epoch, newest, at, bytes) VALUES ('a', 'e', 1200, 0, 120000),"
            + " ('b', 'e', 10, 0, 1000)",
        "INSERT INTO message (room, seq, at, bytes, author, text) SELECT r.id, s, CASE WHEN s <= 600"
            + " AND r.name = 'a' THEN 0 ELSE extract(epoch FROM now()) * 1000 END, 100 * s, 'ann', 'x'"
            + " FROM room r, generate_series(1, 1200) s WHERE s <= r.newest ORDER BY r.name, s",
        "INSERT INTO tail (server, room, mark, seq, at) VALUES ('x', 1, 1, 1, 0),"
            + " ('y', 1, 1, 1, extract(epoch FROM now()) * 1000)");
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void keep(Keep keep) throws SQLException {
    SharedRetention retention = new SharedRetention(database, keep);
    retention.pass();
    retention.close();
    for (String room : postgres.query(store, "SELECT id FROM room")) {
      assertThat(postgres.query(store, "SELECT min(seq) - 1 FROM message WHERE room = " + room))
          .isEqualTo(postgres.query(store, "SELECT forgotten FROM room WHERE id = " + room));
    }
  }

  private long forgotten(String room) {
    return Long.parseLong(
        postgres.query(store, "SELECT forgotten FROM room WHERE name = '" + room + "'").get(0));
  }

  @Test
  void keepsEverythingWithoutLimits() throws SQLException {
    keep(Keep.EVERYTHING);

    assertThat(forgotten("a")).isZero();
    assertThat(postgres.query(store, "SELECT encode(server, 'escape') FROM tail"))
        .as("rows of runs that may still need them")
        .containsExactly("y");
  }

  @Test
  void limitsTheMessagesOfARoom() throws SQLException {
    keep(new Keep(50, 0, Duration.ZERO, 0, 0));

    assertThat(forgotten("a")).isEqualTo(1_150);
    assertThat(forgotten("b")).isZero();
  }

  @Test
  void limitsTheBytesOfARoom() throws SQLException {
    keep(new Keep(0, 10_000, Duration.ZERO, 0, 0));

    assertThat(forgotten("a")).isBetween(1_095L, 1_105L);
    assertThat(forgotten("b")).isZero();
  }

  @Test
  void limitsTheAgeOfMessages() throws SQLException {
    keep(new Keep(0, 0, Duration.ofDays(1), 0, 0));

    assertThat(forgotten("a")).isEqualTo(600);
    assertThat(forgotten("b")).isZero();
  }

  @Test
  void limitsTheMessagesOfAllRooms() throws SQLException {
    keep(new Keep(0, 0, Duration.ZERO, 100, 0));

    assertThat(postgres.query(store, "SELECT count(*) FROM message")).containsExactly("100");
    assertThat(forgotten("a")).isEqualTo(1_110);
  }

  @Test
  void limitsTheBytesOfAllRooms() throws SQLException {
    keep(new Keep(0, 0, Duration.ZERO, 0, 100_000));

    assertThat(forgotten("a")).isEqualTo(500);
  }

  @Test
  void isDoneByOneServerAtATime() throws Exception {
    try (var other = postgres.connect(store);
        var statement = other.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(" + 0x63686b70 + ")");
      keep(new Keep(50, 0, Duration.ZERO, 0, 0));
    }
    assertThat(forgotten("a")).isZero();
  }
}
