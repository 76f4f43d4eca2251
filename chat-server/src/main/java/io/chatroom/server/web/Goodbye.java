package io.chatroom.server.web;

import io.chatroom.server.front.Intake;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.transport.Abort;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection so that the peer can read the last answer: ends our side first, and then reads
 * and drops input for a moment. Closing with unread bytes would send a reset, which can destroy the
 * answer.
 */
final class Goodbye {

  /** The time for the peer to close after we have ended our side. */
  private static final long SECONDS = 2;

  private final Newcomer newcomer;
  private final Intake intake;
  private final Outgoing out;

  Goodbye(Newcomer newcomer, Intake intake, Outgoing out) {
    this.newcomer = newcomer;
    this.intake = intake;
    this.out = out;
  }

  /** Ignores requests from now on, but keeps reading, to detect the end of the stream. */
  void dropInput() {
    ChannelPipeline pipeline = newcomer.pipeline();
    if (pipeline.get(RequestDecoder.class) != null) {
      pipeline.remove(RequestDecoder.class);
    }
    // Deferred, as this may be called within a read.
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
   * Ends the connection. Must be called once the peer has taken everything.
   *
   * @param inputEnded true if the peer has ended its side already
   */
  void end(boolean inputEnded) {
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
