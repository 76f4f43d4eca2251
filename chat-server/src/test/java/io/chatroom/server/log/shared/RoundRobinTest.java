package io.chatroom.server.log.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoundRobinTest {

  @Test
  void takesTheElementsOfAListInTurns() {
    RoundRobin turns = new RoundRobin(2);
    List<String> all = List.of("a", "b", "c", "d", "e");

    assertThat(turns.next(all)).containsExactly("a", "b");
    assertThat(turns.next(all)).containsExactly("c", "d");
    assertThat(turns.next(all)).containsExactly("e");
    assertThat(turns.next(all)).containsExactly("a", "b");
    assertThat(turns.next(List.of("a"))).containsExactly("a");
    assertThat(turns.next(List.of())).isEmpty();
    assertThat(turns.next(all)).containsExactly("a", "b");
  }
}
