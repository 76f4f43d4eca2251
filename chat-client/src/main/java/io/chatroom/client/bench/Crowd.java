package io.chatroom.client.bench;

import io.chatroom.client.ChatException;
import io.chatroom.client.Connector;
import io.chatroom.client.TlsLink;
import io.chatroom.client.TlsTrust;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All members of a bench, and their event loops. The senders and the sampled receivers are on the
 * first loop; the other receivers are spread over all loops.
 *
 * <p>Any thread other than these loops may query their state.
 */
abstract class Crowd implements AutoCloseable {

  /**
   * Members that connect at once: more could overflow the queue of a server that accepts slowly.
   */
  private static final int CONNECTING = 32;

  /** Members that connect between two progress reports, if nothing delays them. */
  private static final int MEMBERS_A_BEAT = 500;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** Longest wait for the server to end its side, which not every server does. */
  private static final Duration LEAVING = Duration.ofMillis(500);

  private static final int MAX_UNSENT_BYTES = 1024 * 1024;

  private final BenchPlan plan;
  private final List<Shard> shards = new ArrayList<>();

  /** The members that check every byte; for the first loop only. */
  private final List<Channel> checked = new ArrayList<>();

  private final CompletableFuture<Void> broken = new CompletableFuture<>();
  private final RollCall rollCall;
  private final MultiThreadIoEventLoopGroup loops;
  private final Shard first;
  private final Ledger ledger;
  private final Pacer pacer;
  private volatile boolean leaving;
  private volatile boolean closing;

  /**
   * @param writer writes the messages of the senders
   * @param listeners how many members must prove that they are in the room
   */
  Crowd(BenchPlan plan, MessageWriter writer, int listeners) {
    this.plan = plan;
    rollCall = new RollCall(listeners);
    loops =
        new MultiThreadIoEventLoopGroup(
            plan.threads(), new DefaultThreadFactory("bench"), NioIoHandler.newFactory());
    for (EventExecutor loop : loops) {
      shards.add(new Shard((EventLoop) loop));
    }
    first = shards.get(0);
    ledger = new Ledger(plan.pace(), plan.senders());
    pacer = new Pacer(first.loop, writer, ledger, plan.pace());
  }

  /** Creates a crowd for the protocol of the plan. */
  static Crowd of(BenchPlan plan) {
    return plan.sessions() == null ? new SeedCrowd(plan) : new SessionCrowd(plan, plan.sessions());
  }

  /** A new member: the handler of its connection, and its tally. */
  record Newcomer(ChannelHandler handler, Tally tally) {}

  /**
   * Creates a member; called on the loop of its shard, which is the first one if the senders wait
   * for the member.
   */
  abstract Newcomer member(int number, Shard shard, Runnable onChange, Consumer<Throwable> onEnd);

  /** Sends the first frame of a member, whose handler is in the pipeline. */
  abstract void sendFirstFrame(Channel channel, int number, Shard shard);

  /**
   * Connects all members, a few at a time, and sends their first frames.
   *
   * @param pulse called about ten times a second meanwhile
   * @throws IOException if a member cannot connect; the message is one sentence
   */
  void connect(Pulse pulse) throws IOException, InterruptedException {
    Connector connector = new Connector(first.loop, CONNECT_TIMEOUT);
    Channel one = connector.connect(plan.server());
    SocketAddress address = one.remoteAddress();
    if (plan.tls() != null) {
      TlsLink.shakeHands(one, plan.server(), plan.tls(), CONNECT_TIMEOUT);
    }
    ask(first, shard -> admit(one, 0, shard));
    Semaphore free = new Semaphore(CONNECTING);
    for (int member = 1; member < plan.members(); member++) {
      if (member % MEMBERS_A_BEAT == 0) {
        pulse.beat(progress(member));
      }
      acquire(free, 1, member, pulse);
      int number = member;
      Shard shard = decides(number) ? first : shards.get(number % shards.size());
      ChannelFuture attempt = bootstrap(shard).connect(address);
      attempt.addListener(
          done -> {
            if (!done.isSuccess()) {
              free.release();
              couldNotConnect(number, connector.explain(plan.server(), done.cause()));
            } else if (plan.tls() == null) {
              free.release();
              admit(attempt.channel(), number, shard);
            } else {
              encrypt(attempt.channel(), plan.tls(), number, free);
              admit(attempt.channel(), number, shard);
            }
          });
    }
    acquire(free, CONNECTING, plan.members(), pulse);
  }

  /** Starts TLS; the next member may connect after the handshake. */
  private void encrypt(Channel channel, TlsTrust trust, int number, Semaphore free) {
    TlsLink.begin(channel, plan.server(), trust, CONNECT_TIMEOUT)
        .addListener(
            done -> {
              free.release();
              if (!done.isSuccess()) {
                couldNotConnect(number, TlsLink.explain(plan.server(), done.cause()));
              }
            });
  }

  private void couldNotConnect(int number, ChatException reason) {
    broken.completeExceptionally(
        new IOException(
            "member " + (number + 1) + " of " + plan.members() + ": " + reason.getMessage()));
  }

  private void acquire(Semaphore free, int permits, int members, Pulse pulse)
      throws IOException, InterruptedException {
    while (!free.tryAcquire(permits, Pulse.MILLIS, TimeUnit.MILLISECONDS)) {
      pulse.beat(progress(members));
    }
    checkWhole();
  }

  private String progress(int members) {
    return "connecting, " + members + " of " + plan.members();
  }

  private static Bootstrap bootstrap(Shard shard) {
    return new Bootstrap()
        .group(shard.loop)
        .channel(NioSocketChannel.class)
        .disableResolver()
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.AUTO_READ, false)
        .handler(new ChannelInboundHandlerAdapter());
  }

  /** Returns true if a member is a sender, or one that the senders wait for. */
  final boolean decides(int member) {
    return isSender(member) || isSampled(member - plan.senders());
  }

  final boolean isSender(int member) {
    return member < plan.senders();
  }

  /** Spreads the sample evenly, because a server may serve its members in a fixed order. */
  private boolean isSampled(long receiver) {
    long sample = Math.min(plan.sample(), plan.receivers());
    return receiver == 0
        || receiver * sample / plan.receivers() != (receiver - 1) * sample / plan.receivers();
  }

  /** Adds a connected member; called on the loop of its shard. */
  private boolean admit(Channel channel, int number, Shard shard) {
    Newcomer newcomer = member(number, shard, pacer::wake, this::ended);
    shard.add(newcomer.tally());
    if (decides(number)) {
      checked.add(channel);
    }
    if (isSender(number)) {
      pacer.setSender(number, channel);
    }
    channel
        .config()
        .setWriteBufferWaterMark(new WriteBufferWaterMark(MAX_UNSENT_BYTES / 2, MAX_UNSENT_BYTES));
    if (plan.tls() == null) { // TLS keeps the buffer until a record is complete
      channel.config().setRecvByteBufAllocator(shard.readBuffer);
    }
    channel.pipeline().addLast(newcomer.handler());
    sendFirstFrame(channel, number, shard);
    channel.config().setAutoRead(true);
    return true;
  }

  /** Makes the senders wait for a member, which must be on the first loop. */
  final void waitFor(Progress receiver) {
    pacer.addReceiver(receiver);
  }

  final Ledger ledger() {
    return ledger;
  }

  private void ended(Throwable reason) {
    boolean violation = reason.getCause() instanceof PairCutter.MalformedException;
    if (closing || (leaving && !violation)) {
      return;
    }
    if (!(reason instanceof IOException)) {
      broken.completeExceptionally(reason);
      return;
    }
    boolean joining = rollCall.present().getCount() > 0;
    broken.completeExceptionally(
        new IOException(
            plan.server()
                + " "
                + reason.getMessage()
                + (joining ? " before all members had joined: it may " + limits() : ""),
            reason));
  }

  private String limits() {
    return (plan.sessions() == null ? "" : "not support sessions, or ")
        + "limit the number of connections";
  }

  /**
   * Checks that all members are connected.
   *
   * @throws IOException if a member could not connect or has lost its connection; the message is
   *     one sentence
   */
  void checkWhole() throws IOException {
    try {
      broken.getNow(null);
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException reason) {
        throw reason;
      }
      throw e;
    }
  }

  RollCall rollCall() {
    return rollCall;
  }

  /** Sends a message from the first sender that does not count. */
  void sendUncounted(byte kind) {
    first.loop.execute(() -> pacer.sendFirst(kind));
  }

  Pacer.Phase begin(BenchPlan.Amount amount, boolean measured) {
    return ask(first, shard -> pacer.begin(amount, measured));
  }

  void end(Pacer.Phase phase) {
    first.loop.execute(() -> pacer.end(phase));
  }

  /** Returns what every member should have received by now. */
  final Goal goal() {
    return ask(first, shard -> new Goal(ledger.sent(), strangerBytes()));
  }

  final Standing standing(Goal goal) {
    return ask(shard -> shard.standing(goal)).stream().reduce(Standing.START, Standing::plus);
  }

  final Faults faults(Goal goal) {
    Faults faults = ask(shard -> shard.faults(goal)).stream().reduce(Faults.NONE, Faults::plus);
    return faults.none() ? ask(first, shard -> orders()) : faults;
  }

  final long strangers() {
    return ask(first, shard -> strangerMessages());
  }

  /** Returns how many bytes strangers have sent; called on the first loop. */
  abstract long strangerBytes();

  /** Returns how many messages strangers have sent; called on the first loop. */
  abstract long strangerMessages();

  /**
   * Counts the members that received everything, but in another order; called on the first loop.
   */
  abstract Faults orders();

  /** Returns how many bytes a delivery has. */
  abstract int deliveryBytes();

  /** Returns true if the senders kept the rate. */
  boolean onTime() {
    return ask(first, shard -> ledger.onTime());
  }

  Latencies latencies() {
    return ask(first, shard -> ledger.latencies());
  }

  /** Returns the latencies of acks; null without sessions. */
  @Nullable Latencies acks() {
    return plan.sessions() == null ? null : ask(first, shard -> ledger.acks());
  }

  final <T> T askFirst(Supplier<T> question) {
    return ask(first, shard -> question.get());
  }

  private <T> T ask(Shard shard, Function<Shard, T> question) {
    return shard.loop.submit(() -> question.apply(shard)).syncUninterruptibly().getNow();
  }

  private <T> List<T> ask(Function<Shard, T> question) {
    List<Future<T>> answers =
        shards.stream().map(shard -> shard.loop.submit(() -> question.apply(shard))).toList();
    return answers.stream().map(answer -> answer.syncUninterruptibly().getNow()).toList();
  }

  /**
   * Lets the members that check every byte leave. They end their streams, and go on checking until
   * the server has ended its side or has taken too long: a program that is not a chat server may
   * send something else only now.
   *
   * @throws IOException if the server sent something else; the message is one sentence
   */
  void leave() throws IOException, InterruptedException {
    leaving = true;
    long lastNanos = System.nanoTime() + LEAVING.toNanos();
    for (ChannelFuture end : ask(first, shard -> checked.stream().map(this::endStream).toList())) {
      end.await(lastNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    checkWhole();
  }

  /** Ends our side of a stream; completes when the server has ended its side as well. */
  private ChannelFuture endStream(Channel channel) {
    if (plan.tls() != null) {
      TlsLink.endOutput(channel);
    } else {
      ((SocketChannel) channel).shutdownOutput();
    }
    return channel.closeFuture();
  }

  /** Closes all connections and ends the event loops. */
  @Override
  public void close() {
    closing = true;
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
    shards.forEach(shard -> shard.readBuffer.close());
  }
}
