package io.chatroom.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The contract of a log that can begin a new epoch while its room is open. */
abstract class ResettingLogContract extends RefusingLogContract {

  /** Begins a new epoch. */
  abstract void reset(RoomLog log);

  @Test
  void reportsWhereANewEpochBegins() {
    Heard heard = follow(newLog());
    heard.log.append(burst("a", "1", "2"));
    heard.await(2);
    String before = heard.log.newest().epoch();
    fail(heard.log);
    heard.log.append(burst("a", "3"));
    heard.awaitRefused(1);

    reset(heard.log);
    mend(heard.log);
    heard.await(3);

    assertThat(heard.resets).hasSize(1);
    Position to = heard.resets.get(0);
    assertThat(to.epoch()).isNotEqualTo(before).isEqualTo(heard.log.newest().epoch());
    assertThat(heard.firstSeqs).containsExactly(1L, to.seq() + 1);
    assertThat(heard.texts).endsWith("3");
  }
}
