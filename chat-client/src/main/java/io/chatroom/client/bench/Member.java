package io.chatroom.client.bench;

import io.chatroom.system.FileTrouble;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * One connection. It waits for a probe, then for the start mark; after that it counts or checks
 * what comes. A member that only counts decodes nothing after the start mark.
 */
final class Member extends ChannelInboundHandlerAdapter {

  private enum State {
    ABSENT,
    PRESENT,
    STARTED
  }

  private final Script script;
  private final RollCall rollCall;
  private final Tally tally;
  private final Shard shard;
  private final Runnable onChange;
  private final Consumer<Throwable> onEnd;
  private final PairCutter cutter = new PairCutter(this::pair);
  private State state = State.ABSENT;
  private long now;

  /**
   * @param onChange called when a checked member has processed everything that was read, or its
   *     connection is writable again
   * @param onEnd called with the reason when the connection is no longer usable: the message of an
   *     {@link IOException} is a sentence about the server, anything else is a defect of the bench
   */
  Member(
      Script script,
      RollCall rollCall,
      Tally tally,
      Shard shard,
      Runnable onChange,
      Consumer<Throwable> onEnd) {
    this.script = script;
    this.rollCall = rollCall;
    this.tally = tally;
    this.shard = shard;
    this.onChange = onChange;
    this.onEnd = onEnd;
  }

  /** Starts the member that sends the probes, because it does not receive them. */
  void start() {
    state = State.STARTED;
  }

  Tally tally() {
    return tally;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      now = System.nanoTime();
      shard.read(in.readableBytes(), now);
      if (state == State.STARTED && tally instanceof ByteCounter counter) {
        counter.add(in.readableBytes());
      } else {
        decode(in);
      }
    } catch (PairCutter.MalformedException e) {
      end(ctx, new IOException("does not speak the chat protocol: " + e.getMessage(), e));
    } finally {
      in.release();
    }
  }

  private void decode(ByteBuf in) throws PairCutter.MalformedException {
    int rest = cutter.cut(in);
    if (tally instanceof ByteCounter counter) {
      counter.add(rest);
    }
  }

  private boolean pair(ByteBuf in, int name, int nameBytes, int text, int textBytes) {
    if (state == State.STARTED) {
      ((Checker) tally).message(in, name, nameBytes, text, textBytes, now);
      return true;
    }
    if (script.member(in, name, nameBytes) >= 0) {
      if (script.number(in, text, textBytes, Script.PROBE) >= 0) {
        present();
      } else if (script.number(in, text, textBytes, Script.START) >= 0) {
        present();
        state = State.STARTED;
        rollCall.receivedStart();
      }
    }
    return state != State.STARTED || tally instanceof Checker;
  }

  private void present() {
    if (state == State.ABSENT) {
      state = State.PRESENT;
      rollCall.receivedProbe();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (tally instanceof Checker) {
      onChange.run();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    onChange.run();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    onEnd.accept(new IOException("closed the connection of a member"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end(
        ctx,
        cause instanceof IOException failure
            ? new IOException(
                "broke the connection of a member (" + FileTrouble.reason(failure) + ")", cause)
            : cause);
  }

  private void end(ChannelHandlerContext ctx, Throwable cause) {
    onEnd.accept(cause);
    ctx.close();
  }
}
