package io.chatroom.server.web;

import io.chatroom.server.front.Intake;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.transport.Abort;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection such that the peer can read the last answer: first ends our side, and then for
 * a moment reads and drops what still comes. Closing with unread bytes would send a reset, which
 * destroys the answer.
 */
final class Goodbye {

  /** How long the peer may take to close after we have ended our side. */
  private static final long SECONDS = 2;

  private final Newcomer newcomer;
  private final Intake intake;
  private final Outgoing out;

  Goodbye(Newcomer newcomer, Intake intake, Outgoing out) {
    this.newcomer = newcomer;
    this.intake = intake;
    this.out = out;
  }

  /** Ignores requests from here on, but keeps reading, to see the end of the stream. */
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
   * Must be called when the peer has taken everything.
   *
   * @param inputEnded whether the peer has ended its side already
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
