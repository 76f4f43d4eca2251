package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * What three servers on one database have promised holds when one of them, the primary, and a
 * network fail.
 */
class ClusterIT {

  @Test
  void keepsItsPromisesWhenServersAndTheDatabaseFail() throws Exception {
    BenchScript.Done done = BenchScript.run("cluster", "--short", "--seed", "3", "--patience", "4");

    assertThat(done.code()).as(done.output()).isZero();
    assertThat(done.output()).contains("3 faults", "broken laws: 0");
  }
}
