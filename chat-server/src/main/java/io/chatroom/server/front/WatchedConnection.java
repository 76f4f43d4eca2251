package io.chatroom.server.front;

import io.chatroom.protocol.FrameDecoder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.IntSupplier;

/**
 * What the {@link ConnectionWatch} of an event loop knows of one connection. It stands behind the
 * {@link FrameDecoder} and looks at it when a read is over.
 */
final class WatchedConnection extends ChannelInboundHandlerAdapter {

  private final ConnectionWatch watch;
  private final FrameDecoder decoder;
  private final IntSupplier undecrypted;
  private final Channel channel;

  /** Its place with the watch, which is its owner. */
  int index;

  /** What it has been counted for; the watch is its owner. */
  int heldBytes;

  /** The second since when it has held something; the watch is its owner. */
  int heldSince;

  private long framesThen;
  private int secondThen;

  /**
   * @param undecrypted how many bytes are held for what will be decrypted
   */
  WatchedConnection(
      ConnectionWatch watch, FrameDecoder decoder, IntSupplier undecrypted, Channel channel) {
    this.watch = watch;
    this.decoder = decoder;
    this.undecrypted = undecrypted;
    this.channel = channel;
  }

  Channel channel() {
    return channel;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    watch.add(this);
    secondThen = watch.second();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    watch.remove(this);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    int bytes = waitingBytes();
    if (bytes != heldBytes && channel.isActive()) {
      watch.held(this, bytes);
    }
    ctx.fireChannelReadComplete();
  }

  /**
   * Must be called every second. For how many seconds it has been sending one frame; a time in
   * which we did not read from it does not count.
   */
  int stuckSeconds(int second) {
    if (waitingBytes() == 0 || decoder.frames() != framesThen || !channel.config().isAutoRead()) {
      framesThen = decoder.frames();
      secondThen = second;
    }
    return second - secondThen;
  }

  private int waitingBytes() {
    return decoder.waitingBytes() + undecrypted.getAsInt();
  }

  /** What its bytes cost so far. */
  long cost(int second) {
    return (long) heldBytes * (1 + second - heldSince);
  }
}
