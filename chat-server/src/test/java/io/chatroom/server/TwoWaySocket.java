package io.chatroom.server;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;

/** A {@link StickySocket} whose two directions end separately. */
public final class TwoWaySocket extends StickySocket implements DuplexChannel {

  private boolean inputEnded;
  private boolean outputEnded;

  /** Ends the peer's stream; the peer can still read. */
  public void endInput() {
    inputEnded = true;
    pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
  }

  @Override
  public boolean isInputShutdown() {
    return inputEnded;
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    return promise.setSuccess();
  }

  @Override
  public boolean isOutputShutdown() {
    return outputEnded;
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    outputEnded = true;
    return promise.setSuccess();
  }

  @Override
  public boolean isShutdown() {
    return inputEnded && outputEnded;
  }

  @Override
  public ChannelFuture shutdown() {
    return shutdownOutput();
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    return shutdownOutput(promise);
  }
}
