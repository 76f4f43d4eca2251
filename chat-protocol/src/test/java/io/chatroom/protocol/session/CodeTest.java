package io.chatroom.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CodeTest {

  @ParameterizedTest
  @EnumSource
  void isFoundByItsWord(Code code) {
    assertThat(Code.of(code.text())).isSameAs(code);
    assertThat(Check.word("code", code.text())).isEqualTo(code.text());
  }

  @ParameterizedTest
  @EnumSource
  void numberTellsWhatToDo(Code code) {
    if (code.isBye()) {
      assertThat(code.act()).isEqualTo(code.closeNumber() < 4500 ? Do.RECONNECT : Do.STOP);
      assertThat(code.closeNumber()).isBetween(4000, 4999);
    } else {
      assertThat(code.act()).isIn(Do.RETRY, Do.CHANGE, Do.ASK);
      assertThatIllegalStateException().isThrownBy(code::closeNumber);
    }
  }

  @Test
  void unknownWordIsNoCode() {
    assertThat(Code.of("no-such")).isNull();
    assertThat(Code.of("RATE")).isNull();
  }
}
