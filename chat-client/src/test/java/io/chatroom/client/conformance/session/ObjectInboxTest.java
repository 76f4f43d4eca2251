package io.chatroom.client.conformance.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObjectInboxTest {

  private static final Json EARLY = Json.of("message").with("seq", 1);
  private static final Json ANSWER = Json.of("ack").with("seq", 2);
  private static final Json LATE = Json.of("message").with("seq", 3);

  private final ObjectInbox inbox = new ObjectInbox();

  @Test
  void keepsKnownObjectsInOrder() throws Exception {
    List.of(EARLY, Json.of("from-the-future"), ANSWER, LATE).forEach(inbox::add);
    assertThat(taken()).containsExactly(EARLY, ANSWER, LATE);
  }

  @Test
  void testSeesEveryObjectInOrderAndOthersAreNotKept() throws Exception {
    List<Json> seen = new ArrayList<>();
    inbox.add(EARLY);
    inbox.add(ANSWER);
    inbox.keepOnly(object -> seen.add(object) && object.is("ack"));
    inbox.add(LATE);
    assertThat(seen).containsExactly(EARLY, ANSWER, LATE);
    assertThat(taken()).containsExactly(ANSWER);
  }

  private List<Json> taken() throws InterruptedException {
    List<Json> taken = new ArrayList<>();
    Json next = inbox.next(Duration.ZERO);
    while (next != null) {
      taken.add(next);
      next = inbox.next(Duration.ZERO);
    }
    return taken;
  }
}
