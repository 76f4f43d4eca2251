package io.chatroom.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first of several addresses that answers, as in RFC 8305 (Happy Eyeballs): address
 * families alternate, the next attempt begins when one fails or after 250 ms, and once one is
 * connected the others are closed. So one dead address costs a quarter of a second, not a timeout.
 *
 * <p>Everything but the constructor and {@link #run} happens on the event loop.
 */
final class Race {

  private static final long HEAD_START_MILLIS = 250;

  private final EventLoop loop;
  private final Function<InetSocketAddress, ChannelFuture> connect;
  private final List<InetSocketAddress> all;
  private final Deque<InetSocketAddress> waiting;
  private final List<ChannelFuture> running = new ArrayList<>();
  private final Map<InetSocketAddress, Throwable> failures = new HashMap<>();
  private final CompletableFuture<Channel> winner = new CompletableFuture<>();
  private @Nullable ScheduledFuture<?> nextStart;

  /** All attempts have failed. */
  static final class LostException extends Exception {

    private final transient Map<InetSocketAddress, Throwable> failures;

    LostException(Map<InetSocketAddress, Throwable> failures) {
      this.failures = failures;
    }

    /** Why each address failed, in the order tried. */
    Map<InetSocketAddress, Throwable> failures() {
      return failures;
    }
  }

  /**
   * @param addresses in the system's order of preference
   * @param connect begins an attempt on the loop
   */
  Race(
      EventLoop loop,
      List<InetSocketAddress> addresses,
      Function<InetSocketAddress, ChannelFuture> connect) {
    this.loop = loop;
    this.connect = connect;
    all = alternateFamilies(addresses);
    waiting = new ArrayDeque<>(all);
  }

  /**
   * Starts; to be called once.
   *
   * @return the connection, or a {@link LostException}; cancelling it ends all attempts
   */
  CompletableFuture<Channel> run() {
    winner.whenComplete((channel, failure) -> loop.execute(this::stop));
    loop.execute(this::startNext);
    return winner;
  }

  /** Keeps the first address first; after it the families take turns. */
  static List<InetSocketAddress> alternateFamilies(List<InetSocketAddress> addresses) {
    Deque<InetSocketAddress> family = new ArrayDeque<>();
    Deque<InetSocketAddress> other = new ArrayDeque<>();
    for (InetSocketAddress address : addresses) {
      (family(address) == family(addresses.get(0)) ? family : other).add(address);
    }
    List<InetSocketAddress> mixed = new ArrayList<>();
    while (!family.isEmpty() || !other.isEmpty()) {
      if (!family.isEmpty()) {
        mixed.add(family.remove());
      }
      if (!other.isEmpty()) {
        mixed.add(other.remove());
      }
    }
    return mixed;
  }

  private static Class<? extends InetAddress> family(InetSocketAddress address) {
    return address.getAddress().getClass();
  }

  private void startNext() {
    cancelNextStart();
    InetSocketAddress address = winner.isDone() ? null : waiting.poll();
    if (address == null) {
      return;
    }
    ChannelFuture attempt = connect.apply(address);
    running.add(attempt);
    // If a channel cannot even be opened, its future completes on another thread.
    attempt.addListener(done -> loop.execute(() -> ended(address, attempt)));
    if (!waiting.isEmpty()) {
      nextStart = loop.schedule(this::startNext, HEAD_START_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void ended(InetSocketAddress address, ChannelFuture attempt) {
    running.remove(attempt);
    if (attempt.isSuccess()) {
      if (!winner.complete(attempt.channel())) {
        attempt.channel().close();
      }
      return;
    }
    failures.put(address, attempt.cause());
    if (!waiting.isEmpty()) {
      startNext();
    } else if (running.isEmpty()) {
      winner.completeExceptionally(new LostException(inOrder()));
    }
  }

  private Map<InetSocketAddress, Throwable> inOrder() {
    Map<InetSocketAddress, Throwable> ordered = new LinkedHashMap<>();
    for (InetSocketAddress address : all) {
      Throwable failure = failures.get(address);
      if (failure != null) {
        ordered.put(address, failure);
      }
    }
    return ordered;
  }

  private void stop() {
    cancelNextStart();
    running.forEach(attempt -> attempt.channel().close());
  }

  private void cancelNextStart() {
    if (nextStart != null) {
      nextStart.cancel(false);
      nextStart = null;
    }
  }
}
