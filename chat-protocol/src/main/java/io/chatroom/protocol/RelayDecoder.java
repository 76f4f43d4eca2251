package io.chatroom.protocol;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins what a server sends, a name frame and a message frame, into a {@link ChatMessage} (C-02).
 * It stands behind {@link FrameDecoder#ofServer}. A name whose message never comes is dropped
 * (C-07).
 */
public final class RelayDecoder extends MessageToMessageDecoder<Frame> {

  private @Nullable String name;

  /** A decoder for one connection. */
  public RelayDecoder() {
    super(Frame.class);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, Frame frame, List<Object> out) {
    if (name == null) {
      name = frame.text();
    } else {
      out.add(new ChatMessage(name, frame.text()));
      name = null;
    }
  }
}
