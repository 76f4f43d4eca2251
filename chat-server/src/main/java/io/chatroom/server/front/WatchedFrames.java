package io.chatroom.server.front;

import io.chatroom.protocol.FrameDecoder;

/** A watched connection with frames. This handler is right behind their decoder. */
public final class WatchedFrames extends WatchedConnection {

  private final FrameDecoder decoder;

  /** A connection whose frames are completed by {@code decoder}. */
  public WatchedFrames(Newcomer newcomer, FrameDecoder decoder) {
    super(newcomer);
    this.decoder = decoder;
  }

  @Override
  protected int waitingBytes() {
    return decoder.waitingBytes();
  }

  @Override
  protected long completed() {
    return decoder.frames();
  }
}
