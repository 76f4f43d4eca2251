package io.chatroom.client.conformance.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.client.conformance.Broken;
import org.junit.jupiter.api.Test;

class FollowerTest {

  private static final Json MESSAGE = Json.of("message");
  private static final Json GAP = Json.of("gap").with("why", "lagged");

  private final Follower follower = new Follower(7);

  @Test
  void gapCoversMissingSeqs() throws Exception {
    follower.check(MESSAGE.with("seq", 7));
    follower.check(GAP.with("from", 8).with("to", 11));
    follower.check(Json.of("ack").with("seq", 12));
    assertThat(follower.due()).isEqualTo(13);
  }

  @Test
  void holeAndRepetitionAndWrongGapAreReported() throws Exception {
    follower.check(MESSAGE.with("seq", 7));
    for (Json wrong :
        new Json[] {
          MESSAGE.with("seq", 9), MESSAGE.with("seq", 7), GAP.with("from", 9).with("to", 9)
        }) {
      assertThatThrownBy(() -> follower.check(wrong))
          .isInstanceOfSatisfying(
              Broken.class, e -> assertThat(e.expected()).isEqualTo("seq 8, the next in the room"));
    }
  }
}
