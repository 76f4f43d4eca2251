package io.chatroom.server.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.Message;
import io.chatroom.server.log.RoomEvent;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "green build        | The build is GREEN again        | true",
        "green builds       | The build is GREEN again        | false",
        "buil               | The build is GREEN again        | false",
        "buil*              | The build is GREEN again        | true",
        "build*             | The build is GREEN again        | true",
        "\"build is green\" | The build is GREEN again        | true",
        "\"build green\"    | The build is GREEN again        | false",
        "“build is green”   | The build is GREEN again        | true",
        "\"build is gr\"*   | The build is GREEN again        | true",
        "\"build is gr*\"   | The build is GREEN again        | true",
        "\"build is gr\"    | The build is GREEN again        | false",
        "\"build is green   | The build is green              | true",
        "10.0.0.1           | ping 10.0.0.1                   | true",
        "10.0.0.1           | ping 10.0.1.0                   | false",
        "don't              | I don’t know                    | true",
        "AND                | this and that                   | true",
        "AND                | this or that                    | false",
        "NOT that           | not this but that               | true",
        "東京               | 昨日東京へ行った                | true",
        "京都               | 東京都                          | true",
        "東都               | 東京都                          | false",
        "都                 | 東京都                          | true",
        "東京都庁           | 東京都 都庁                     | false",
        "東京 昨日          | 昨日東京へ行った                | true",
        "部署               | 我们已经部署了新版本            | true",
        "部署 新版          | 我们已经部署了新版本            | true",
        "版部               | 我们已经部署了新版本            | false",
        "🎉                 | done 🎉                         | true",
        "from:              | mail from:bob                   | true",
        "url:http           | the url:http thing              | true",
        "before:yesterday   | before yesterday                | true",
      })
  void findsWords(String query, String text, boolean found) {
    assertThat(Query.of(query).matches(said("ann", text))).isEqualTo(found);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "from:ann           | ann       | true",
        "from:Ann           | ANN       | true",
        "from:@ann          | ann       | true",
        "from:zoe           | Zoë       | true",
        "from:ann           | anna      | false",
        "from:ann*          | anna      | true",
        "from:\"Ann Lee\"   | ann lee   | true",
        "from:ann           | ann lee   | false",
        "from:ann from:bob  | bob       | true",
        "from:ann from:bob  | eve       | false",
        "from:o'neil        | O'Neil    | true",
        "FROM:ann           | ann       | true",
        "hi from:ann        | ann       | true",
        "no from:ann        | ann       | false",
      })
  void findsAuthors(String query, String author, boolean found) {
    assertThat(Query.of(query).matches(said(author, "hi"))).isEqualTo(found);
  }

  @Test
  void matchesRooms() {
    assertThat(Query.of("in:Lobby x").looksInto("lobby")).isTrue();
    assertThat(Query.of("in:#lobby").looksInto("lobby")).isTrue();
    assertThat(Query.of("in:lobby").looksInto("other")).isFalse();
    assertThat(Query.of("in:lobby in:other").looksInto("other")).isTrue();
    assertThat(Query.of("x").looksInto("other")).isTrue();
    assertThat(Query.of("in:\"no room\"").looksInto("no room")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "before:2026-11-01, 2026-10-31T23:59:59.999Z, true",
    "before:2026-11-01, 2026-11-01T00:00:00Z, false",
    "after:2026-11-01, 2026-11-01T00:00:00Z, true",
    "after:2026-11-01, 2026-10-31T23:59:59.999Z, false",
    "before:2026-11, 2026-10-31T23:59:59Z, true",
    "after:2026, 2025-12-31T23:59:59Z, false",
    "after:2026-1-5, 2026-01-05T00:00:00Z, true",
    "after:2026-11-01 before:2026-11-02, 2026-11-01T12:00:00Z, true",
    "before:2026-11-03 before:2026-11-02, 2026-11-02T12:00:00Z, false",
  })
  void matchesDays(String query, String at, boolean found) {
    Message said = new Message(1, Instant.parse(at).toEpochMilli(), "ann", "hi", null);
    assertThat(Query.of(query).matches(said)).isEqualTo(found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\"\"", "\"", "***", "?!", "()", "-", "\u3000", "“”"})
  void emptyQueriesFindNothing(String query) {
    assertThat(Query.of(query).isEmpty()).isTrue();
    assertThat(Query.of(query).looksInto("lobby")).isFalse();
  }

  @Test
  void findsNoEvents() {
    RoomEvent topic = new RoomEvent(RoomEvent.TOPIC, "ann", null, "tea");
    assertThat(Query.of("from:ann").matches(new Message(1, 1, "ann", "", topic))).isFalse();
  }

  @Test
  void acceptsAnyText() {
    Random random = new Random(3);
    for (int i = 0; i < 5_000; i++) {
      Query query = Query.of(RandomText.of(random, 12));
      assertThat(Match.of(query, List.of("lobby")).chars().filter(c -> c == '"').count() % 2)
          .isZero();
      query.matches(said("ann", RandomText.of(random, 12)));
    }
  }

  private static Message said(String from, String text) {
    return new Message(1, 1_790_000_000_000L, from, text, null);
  }
}
