package io.chatroom.server.seed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Event loops of channels that run when a test says so, and words for their members. */
final class Loops {

  private Loops() {}

  /** Runs all loops until none has anything left: what one does may give work to another. */
  static void settle(List<? extends EmbeddedChannel> channels) {
    for (int round = 0; round < 30; round++) {
      channels.forEach(EmbeddedChannel::runPendingTasks);
    }
  }

  /** Lets time pass, and runs what is due then. */
  static void pass(List<? extends EmbeddedChannel> channels, long millis) {
    for (EmbeddedChannel channel : channels) {
      channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  /** Closes all, and gives back what they hold. */
  static void close(List<? extends EmbeddedChannel> channels) {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    channels.forEach(EmbeddedChannel::runPendingTasks);
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  /** A member says something. */
  static void say(SeedMember member, String text) {
    ByteBuf frame = bytes(text);
    member.send(frame);
    frame.release();
  }

  /** A name or a message: to the room it is just bytes. */
  static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }
}
