package io.chatroom.server.seed;

import io.chatroom.protocol.FrameDecoder;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.WatchedConnection;

/** A connection on which frames are completed. It stands right behind their decoder. */
final class WatchedFrames extends WatchedConnection {

  private final FrameDecoder decoder;

  WatchedFrames(Newcomer newcomer, FrameDecoder decoder) {
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
