package io.chatroom.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptTest {

  private final Script script = new Script("babc", 3, 16);

  private static String text(ByteBuf bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private long number(String message) {
    ByteBuf bytes = Unpooled.copiedBuffer(message, StandardCharsets.UTF_8);
    return script.number(bytes, 0, bytes.readableBytes(), Script.MESSAGE);
  }

  private int member(String name) {
    ByteBuf bytes = Unpooled.copiedBuffer(name, StandardCharsets.UTF_8);
    return script.member(bytes, 0, bytes.readableBytes());
  }

  @Test
  void writesFramesOfOneSize() {
    ByteBuf out = Unpooled.buffer();
    script.write(out, Script.MESSAGE, 7);
    script.write(out, Script.PROBE, 1_234_567_890L);

    assertThat(text(out))
        .isEqualTo(Peer.frame("M0000000007xxxxx") + Peer.frame("P1234567890xxxxx"));
    assertThat(text(script.registration(12))).isEqualTo(Peer.frame("babc000012"));
    assertThat(script.frameBytes()).isEqualTo(26);
    assertThat(script.deliveryBytes()).isEqualTo(46);
  }

  @Test
  void recognisesItsOwnMessages() {
    assertThat(number("M0000000007xxxxx")).isEqualTo(7);
    assertThat(number("M9999999999xxxxx")).isEqualTo(9_999_999_999L);
    assertThat(member("babc000012")).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "M0000000007",
        "M0000000007xxxx",
        "M0000000007xxxxxx",
        "M0000000007xxxxy",
        "M0000000007Xxxxx",
        "M000000000axxxxx",
        "M-000000007xxxxx",
        "P0000000007xxxxx",
      })
  void refusesOtherMessages(String message) {
    assertThat(number(message)).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "alice", "babc00001", "babc0000012", "babd000012", "babc00001x"})
  void refusesNamesOfStrangers(String name) {
    assertThat(member(name)).isEqualTo(-1);
  }

  @Test
  void aMessageMayBeAsShortAsItsStamp() {
    Script shortest = new Script("babc", 1, BenchPlan.MIN_MESSAGE_BYTES);
    ByteBuf out = Unpooled.buffer();
    shortest.write(out, Script.MESSAGE, 42);

    assertThat(shortest.number(out, 10, 11, Script.MESSAGE)).isEqualTo(42);
  }

  @Test
  void sendersTakeTurnsAndDoNotReceiveTheirOwn() {
    for (int messages = 0; messages < 10; messages++) {
      for (int member = 0; member < 5; member++) {
        int others = 0;
        for (int number = 0; number < messages; number++) {
          others += number % 3 == member ? 0 : 1;
        }
        assertThat(script.others(member, messages)).isEqualTo(others);
      }
    }
  }

  @Test
  void twoBenchesHaveTagsOfTheSameLength() {
    assertThat(Script.of(1, 11).registration(0).readableBytes()).isEqualTo(20);
  }
}
