package io.chatroom.server.front;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.IntSupplier;

/**
 * What the {@link ConnectionWatch} of an event loop knows of one connection. It stands behind what
 * collects bytes until they can be used, and looks at it when a read is over.
 */
public abstract class WatchedConnection extends ChannelInboundHandlerAdapter {

  private final ConnectionWatch watch;
  private final IntSupplier undecrypted;
  private final Channel channel;

  /** Its place with the watch, which is its owner. */
  int index;

  /** What it has been counted for; the watch is its owner. */
  int heldBytes;

  /** The second since when it has held something; the watch is its owner. */
  int heldSince;

  private long completedThen;
  private int secondThen;

  /** A connection that has come to its surface. */
  protected WatchedConnection(Newcomer newcomer) {
    this(newcomer.watch(), newcomer.place().channel(), newcomer.undecryptedBytes());
  }

  /**
   * @param undecrypted how many bytes are held for what will be decrypted
   */
  WatchedConnection(ConnectionWatch watch, Channel channel, IntSupplier undecrypted) {
    this.watch = watch;
    this.channel = channel;
    this.undecrypted = undecrypted;
  }

  /** How much memory is held for what has come and cannot be used yet. */
  protected abstract int waitingBytes();

  /**
   * Grows with everything for which all has come: a peer that sends on and completes nothing is
   * stuck.
   */
  protected abstract long completed();

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
    int bytes = allWaitingBytes();
    if (bytes != heldBytes && channel.isActive()) {
      watch.held(this, bytes);
    }
    ctx.fireChannelReadComplete();
  }

  /**
   * Must be called every second. For how many seconds it has been sending one thing; a time in
   * which we did not read from it does not count.
   */
  int stuckSeconds(int second) {
    if (allWaitingBytes() == 0 || completed() != completedThen || !channel.config().isAutoRead()) {
      completedThen = completed();
      secondThen = second;
    }
    return second - secondThen;
  }

  private int allWaitingBytes() {
    return waitingBytes() + undecrypted.getAsInt();
  }

  /** What its bytes cost so far. */
  long cost(int second) {
    return (long) heldBytes * (1 + second - heldSince);
  }
}
