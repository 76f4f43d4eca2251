package io.chatroom.server.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.front.Intake.Reason;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IntakeTest {

  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final Intake intake = new Intake(channel.pipeline().firstContext());

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void resumesWhenTheLastReasonIsRemoved() {
    intake.stop(Reason.ROOM);
    intake.stop(Reason.RATE);
    intake.stop(Reason.RATE);
    assertThat(isReadFrom()).isFalse();

    intake.resume(Reason.RATE);
    assertThat(isReadFrom()).isFalse();
    intake.resume(Reason.ROOM);
    assertThat(isReadFrom()).isTrue();
  }

  @Test
  void ignoresTheRemovalOfAnAbsentReason() {
    intake.stop(Reason.STOPPING);
    intake.resume(Reason.RATE);

    assertThat(isReadFrom()).isFalse();
  }

  @Test
  void readsEverythingOnceItDrains() {
    intake.stop(Reason.RATE);
    intake.drain();
    assertThat(isReadFrom()).isTrue();

    intake.stop(Reason.RATE);
    assertThat(isReadFrom()).isTrue();
  }

  @Test
  void doesNothingOnAClosedConnection() {
    intake.stop(Reason.ROOM);
    channel.close();
    intake.resume(Reason.ROOM);

    assertThat(isReadFrom()).isFalse();
  }

  private boolean isReadFrom() {
    return channel.config().isAutoRead();
  }
}
