package io.chatroom.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.metrics.Metrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BurstTest {

  private final List<EmbeddedChannel> channels = new ArrayList<>();

  @AfterEach
  void close() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  @Test
  void leavesOutWhatASenderSaidItself() {
    Member alice = member("A");
    Member bob = member("B");
    Burst burst = burst(alice, "1", alice, "2", bob, "3", alice, "4");

    assertThat(text(burst.bytes())).isEqualTo("A1A2B3A4");
    assertThat(rest(burst, alice)).isEqualTo("B3");
    assertThat(rest(burst, bob)).isEqualTo("A1A2A4");
    assertThat(burst.isFrom(alice)).isTrue();
    assertThat(burst.isFrom(member("C"))).isFalse();
    burst.release();
  }

  @Test
  void leavesNothingForTheOnlySender() {
    Member alice = member("A");
    Burst burst = burst(alice, "1", alice, "2");

    assertThat(burst.withoutThoseOf(alice)).isEmpty();
    burst.release();
  }

  @Test
  void cutsAnyMixtureRight() {
    List<Member> members = List.of(member("A"), member("B"), member("C"), member("D"));
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<Object> said = new ArrayList<>();
      StringBuilder[] expected = {
        new StringBuilder(), new StringBuilder(), new StringBuilder(), new StringBuilder()
      };
      for (int i = 0, n = 1 + random.nextInt(12); i < n; i++) {
        int sender = random.nextInt(4);
        said.add(members.get(sender));
        said.add("" + i);
        for (int receiver = 0; receiver < 4; receiver++) {
          if (receiver != sender) {
            expected[receiver].append("ABCD".charAt(sender)).append(i);
          }
        }
      }
      Burst burst = burst(said.toArray());
      for (int receiver = 0; receiver < 4; receiver++) {
        Member member = members.get(receiver);
        String received = burst.isFrom(member) ? rest(burst, member) : text(burst.bytes());
        assertThat(received).as("seed %d", seed).isEqualTo(expected[receiver].toString());
      }
      burst.release();
      assertThat(burst.bytes().refCnt()).isZero();
    }
  }

  private Member member(String name) {
    EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    channels.add(channel);
    return new Room(
            List.of(channel.eventLoop()),
            new BacklogPolicy(1, Duration.ofMillis(1), SlowMember.DROP, 1),
            new StickyChannel.SilentLog(),
            Metrics.NOOP)
        .join(channel.pipeline().lastContext(), name, buffer(name));
  }

  private static Burst burst(Object... membersAndMessages) {
    Burst burst =
        new Burst(PooledByteBufAllocator.DEFAULT.directBuffer(), (Member) membersAndMessages[0]);
    for (int i = 0; i < membersAndMessages.length; i += 2) {
      burst.add((Member) membersAndMessages[i], buffer((String) membersAndMessages[i + 1]));
    }
    burst.seal();
    return burst;
  }

  private static String rest(Burst burst, Member sender) {
    StringBuilder all = new StringBuilder();
    for (ByteBuf slice : burst.withoutThoseOf(sender)) {
      assertThat(slice.isReadable()).as("an empty write is a wasted one").isTrue();
      all.append(text(slice));
      slice.release();
    }
    return all.toString();
  }

  private static ByteBuf buffer(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private static String text(ByteBuf bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
