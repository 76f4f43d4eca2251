package io.chatroom.server.seed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Event loops that run when a test says so, and helpers for their members. */
final class Loops {

  private Loops() {}

  /** Runs all loops until none has a task left, as a task of one can give work to another. */
  static void settle(List<? extends EmbeddedChannel> channels) {
    for (int round = 0; round < 30; round++) {
      channels.forEach(EmbeddedChannel::runPendingTasks);
    }
  }

  /** Lets time pass and runs the tasks that are due. */
  static void pass(List<? extends EmbeddedChannel> channels, long millis) {
    for (EmbeddedChannel channel : channels) {
      channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  /** Closes all loops and releases their buffers. */
  static void close(List<? extends EmbeddedChannel> channels) {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    channels.forEach(EmbeddedChannel::runPendingTasks);
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  /** Sends a message of a member. */
  static void say(SeedMember member, String text) {
    ByteBuf frame = bytes(text);
    member.send(frame);
    frame.release();
  }

  /** A frame for a name or a message, which are just bytes to the room. */
  static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }
}
