package io.chatroom.server.web;

import io.chatroom.server.front.Intake;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.transport.Abort;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection in a way that lets the peer read the last answer: our end of the stream first,
 * then a moment in which whatever still comes is dropped. To be closed with unread bytes would be a
 * reset, which takes the answer with it.
 */
final class Goodbye {

  /** How long the peer may take to close after our end of the stream. */
  private static final long SECONDS = 2;

  private final Newcomer newcomer;
  private final Intake intake;
  private final Outgoing out;

  Goodbye(Newcomer newcomer, Intake intake, Outgoing out) {
    this.newcomer = newcomer;
    this.intake = intake;
    this.out = out;
  }

  /** No request is looked at any more: what comes is read, so that its end is seen. */
  void dropWhatComes() {
    ChannelPipeline pipeline = newcomer.pipeline();
    if (pipeline.get(RequestDecoder.class) != null) {
      pipeline.remove(RequestDecoder.class);
    }
    // Later, as this may be called from within a read.
    newcomer
        .place()
        .executor()
        .execute(
            () -> {
              if (pipeline.channel().isActive()) {
                intake.drain();
              }
            });
  }

  /**
   * Must be called when all was taken.
   *
   * @param inputEnded whether the peer has ended its stream before
   */
  void say(boolean inputEnded) {
    Channel channel = newcomer.place().channel();
    if (!channel.isActive()) {
      return;
    }
    if (inputEnded) {
      channel.close();
    } else {
      channel.eventLoop().schedule(() -> Abort.close(channel), SECONDS, TimeUnit.SECONDS);
      out.end();
    }
  }
}
