package io.chatroom.server.front;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.IntSupplier;

/**
 * What the {@link ConnectionWatch} of an event loop knows of one connection. It stands behind what
 * collects bytes until they can be used, and looks at it when a read is over.
 */
public abstract class WatchedConnection extends ChannelInboundHandlerAdapter
    implements ConnectionWatch.Watched {

  private final ConnectionWatch watch;
  private final IntSupplier undecrypted;
  private final Channel channel;

  private final ConnectionWatch.Holding holding = new ConnectionWatch.Holding();
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

  @Override
  public final Channel channel() {
    return channel;
  }

  @Override
  public final ConnectionWatch.Holding holding() {
    return holding;
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
    look();
    ctx.fireChannelReadComplete();
  }

  /** Counts what is held now. Must be called when that has changed, but for reads. */
  public final void look() {
    int bytes = allWaitingBytes();
    if (bytes != holding.bytes() && channel.isActive()) {
      watch.held(this, bytes);
    }
  }

  @Override
  public final int stuckSeconds(int second) {
    if (allWaitingBytes() == 0 || completed() != completedThen || !channel.config().isAutoRead()) {
      completedThen = completed();
      secondThen = second;
    }
    return second - secondThen;
  }

  private int allWaitingBytes() {
    return waitingBytes() + undecrypted.getAsInt();
  }
}
