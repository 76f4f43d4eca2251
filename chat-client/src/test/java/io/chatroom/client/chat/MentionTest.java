package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
    "lin,@lin look,true",
    "lin,look @LIN,true",
    "lin,lin's idea,true",
    "lin,lin’s idea,true",
    "lin,'lin: look',true",
    "lin,'bob,lin: look',true",
    "lin,(lin),true",
    "lin,\"lin\",true",
    "lin,*lin*,true",
    "lin,'so it is, lin.',true",
    "lin,lin... are you there?,true",
    "lin,hey...lin,true",
    "lin,lin--look,true",
    "lin,'- lin - bob',true",
    "lin,lin\u200f!,true",
    "lin,http://x/lin/y,false",
    "lin,see https://x.org/?to=@lin&x=(lin),false",
    "lin,./lin,false",
    "lin,lin/bin,false",
    "lin,C:\\lin,false",
    "lin,~/a/lin ~/b/lin,false",
    "lin,see /home/lin lin,true",
    "lin,lin http://x/lin,true",
    "lin,lin-chen,false",
    "lin,mei-lin,false",
    "lin,mei\u2011lin,false",
    "lin,lin_2,false",
    "lin,_lin,false",
    "lin,lin.example.org,false",
    "lin,www.lin,false",
    "lin,lin@example.org,false",
    "lin,bob@lin,false",
    "lin,bob.@lin,false",
    "lin,mei-@lin,false",
    "mary ann,'Mary Ann, look',true",
    "mary ann,x/mary ann/y,false",
    "a/b,so a/b says,true",
    "a/b,x/a/b,true",
    "' ',a b,false",
    "'',anything,false",
  })
  void isTheNameAsAWordOfItsOwn(String name, String text, boolean mentioned) {
    assertThat(new Mention(name).in(text)).isEqualTo(mentioned);
  }

  /** A stranger must not keep the reader busy with a single message. */
  @Test
  @Timeout(60)
  void readsTheLongestMessagesInNoTime() {
    for (String part : new String[] {"a/", "a-", "-a", "@", "a_", "/a ", ".", "a"}) {
      assertThat(new Mention("a").in(part.repeat(65_536 / part.length()) + "/b")).isFalse();
    }
  }
}
