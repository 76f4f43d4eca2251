package io.chatroom.server.front;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.IntSupplier;

/**
 * A connection that a {@link ConnectionWatch} watches. This handler sits behind the one that
 * collects incomplete input, whose memory it counts after each read.
 */
public abstract class WatchedConnection extends ChannelInboundHandlerAdapter
    implements ConnectionWatch.Watched {

  private final ConnectionWatch watch;
  private final IntSupplier undecrypted;
  private final Channel channel;

  private final ConnectionWatch.Holding holding = new ConnectionWatch.Holding();
  private long completedThen;
  private int secondThen;

  /** A connection that has reached its surface. */
  protected WatchedConnection(Newcomer newcomer) {
    this(newcomer.watch(), newcomer.place().channel(), newcomer.undecryptedBytes());
  }

  /**
   * @param undecrypted the bytes held for an incomplete encrypted record
   */
  WatchedConnection(ConnectionWatch watch, Channel channel, IntSupplier undecrypted) {
    this.watch = watch;
    this.channel = channel;
    this.undecrypted = undecrypted;
  }

  /** The bytes of memory held for input that cannot be used yet. */
  protected abstract int waitingBytes();

  /**
   * A count that grows with each completed frame: a peer that sends without completing one is
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
    update();
    ctx.fireChannelReadComplete();
  }

  /** Updates the count of held bytes. Must be called when it has changed other than by a read. */
  public final void update() {
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
