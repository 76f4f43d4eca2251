package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * What a server with {@code --data} has acknowledged is there, whatever happens to its disk: the
 * proofs of {@code chat-server/bench}, in their short forms.
 */
class SafetyIT {

  @Test
  void nothingAcknowledgedIsLostWithThePower() throws Exception {
    BenchScript.Done done = BenchScript.run("powerloss", "--cuts", "3", "--seconds", "1");

    assertThat(done.code()).as(done.output()).isZero();
    assertThat(done.output()).contains("3 cuts in ");
  }

  /** Without this the proof above would prove nothing. */
  @Test
  void aDiskThatDoesNotSyncIsFoundOut() throws Exception {
    BenchScript.Done done =
        BenchScript.run("powerloss", "--cuts", "3", "--seconds", "1", "--lie", "each");

    assertThat(done.code()).as(done.output()).isEqualTo(1);
    assertThat(done.output()).contains("FAILED: ");
  }

  @Test
  void itGoesOnWhenTheDiskDoes() throws Exception {
    BenchScript.Done done = BenchScript.run("faults", "--rounds", "6", "--starts", "1");

    assertThat(done.code()).as(done.output()).isZero();
    assertThat(done.output()).contains("while they talked", "starts with a call that fails");
  }
}
