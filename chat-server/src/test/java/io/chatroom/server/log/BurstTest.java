package io.chatroom.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BurstTest {

  private final Author alice = author("A");
  private final Author bob = author("B");

  @Test
  void knowsTheAuthorAndEndOfEachMessage() {
    Burst burst = new Burst(Unpooled.directBuffer());
    add(burst, alice, "1");
    add(burst, alice, "22");
    add(burst, bob, "3");
    add(burst, alice, "4");
    add(burst, alice, "5");
    burst.seal();

    assertThat(burst.bytes().toString(StandardCharsets.UTF_8)).isEqualTo("A1A22B3A4A5");
    assertThat(burst.messages()).isEqualTo(5);
    assertThat(burst.size()).isEqualTo(11);
    assertThat(burst.ends()).startsWith(2, 5, 7, 9, 11);
    assertThat(burst.segments())
        .isEqualTo(
            List.of(
                new Burst.Segment(alice, 0, 2),
                new Burst.Segment(bob, 2, 3),
                new Burst.Segment(alice, 3, 5)));
    burst.release();
    assertThat(burst.bytes().refCnt()).isZero();
  }

  @Test
  void freesUnusedMemory() {
    Burst burst = new Burst(Unpooled.directBuffer(10_000));
    add(burst, alice, "1");
    burst.seal();

    assertThat(burst.bytes().capacity()).isEqualTo(2);
    burst.release();
  }

  private static Author author(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return () -> bytes;
  }

  private static void add(Burst burst, Author author, String text) {
    ByteBuf message = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    burst.add(author, message);
    message.release();
  }
}
