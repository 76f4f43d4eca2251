package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MentionTest {

  @ParameterizedTest
  @CsvSource({
    "alice,alice,true",
    "alice,hello Alice!,true",
    "alice,'ALICE, look',true",
    "alice,malice and alices,false",
    "alice,malice says alice,true",
    "alice,alice_2,false",
    "zoë,hi Zoë,true",
    "zoe,hi zoe\u0301,false",
    "李,李: hello,true",
    "r2.d2,is r2.d2 here?,true",
    "' ',a b,false",
    "'',anything,false",
  })
  void isTheNameAsAWordOfItsOwn(String name, String text, boolean mentioned) {
    assertThat(new Mention(name).in(text)).isEqualTo(mentioned);
  }
}
