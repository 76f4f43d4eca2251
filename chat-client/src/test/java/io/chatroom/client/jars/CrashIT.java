package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the server has promised is there after its end, whatever the end. */
class CrashIT {

  private static final String KILLS = "5";

  @RegisterExtension final Programs programs = new Programs();

  @Test
  void keepsWhatItAcknowledgedOverKillMinusNine() {
    RunningProgram.assumeInstalled("python3");
    RunningProgram crash =
        programs.start(
            RunningProgram.start(
                "python3", "../chat-server/bench/crash.py", Programs.SERVER_JAR, "--kills", KILLS));

    assertThat(crash.awaitExit()).as("%s", crash.out()).isZero();
    crash.awaitLine(KILLS + " kills, [1-9]\\d* messages, [1-9]\\d* acks, .* 0 faults");
  }
}
