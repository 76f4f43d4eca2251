package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nothing of a closed server or a private conversation is given away, over any way in. */
class AttackIT {

  @RegisterExtension final Programs programs = new Programs();

  @Test
  @Timeout(300) // the script itself is bounded
  void givesNothingAwayInAnAttackersAfternoon() {
    RunningProgram.assumeInstalled("python3");
    RunningProgram attack =
        programs.start(
            RunningProgram.start(
                "python3", "../chat-server/bench/attack.py", Programs.SERVER_JAR, "--short"));

    assertThat(attack.awaitExit()).as("%s %s", attack.out(), attack.err()).isZero();
    attack.awaitLine("0 attacks gave something away");
  }
}
