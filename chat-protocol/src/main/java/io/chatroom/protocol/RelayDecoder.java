package io.chatroom.protocol;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins two frames of a server, a name and a message, into a {@link ChatMessage} (C-02). Must
 * follow {@link FrameDecoder#ofServer} in the pipeline. A name without a message is dropped (C-07).
 */
public final class RelayDecoder extends MessageToMessageDecoder<Frame> {

  private @Nullable String name;

  /** Makes a decoder for one connection. */
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
