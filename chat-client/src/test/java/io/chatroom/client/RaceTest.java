package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalChannel;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Attempts that end as the test says; with real sockets it is tested in ConnectorTest. */
class RaceTest {

  private final EventLoop loop = new DefaultEventLoop();
  private final BlockingQueue<Attempt> attempts = new LinkedBlockingQueue<>();

  private record Attempt(InetSocketAddress address, ChannelPromise promise) {}

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void alternatesBetweenTheFamiliesAndKeepsThePreferredOne() {
    assertThat(Race.alternateFamilies(addresses("::1", "::2", "::3", "10.0.0.1", "10.0.0.2")))
        .isEqualTo(addresses("::1", "10.0.0.1", "::2", "10.0.0.2", "::3"));
    assertThat(Race.alternateFamilies(addresses("10.0.0.1", "::1")))
        .isEqualTo(addresses("10.0.0.1", "::1"));
  }

  @Test
  void goesOnThoughTheFirstIsSilentAndClosesIt() throws Exception {
    CompletableFuture<Channel> winner = race("::1", "10.0.0.1");

    Attempt silent = next("::1");
    Attempt answers = next("10.0.0.1");
    answers.promise.setSuccess();

    assertThat(winner.get(30, TimeUnit.SECONDS)).isSameAs(answers.promise.channel());
    assertThat(silent.promise.channel().closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(answers.promise.channel().closeFuture().isDone()).isFalse();
    answers.promise.channel().close();
  }

  @Test
  void takesTheFirstThatAnswersThoughItWasNotTheLastToBegin() throws Exception {
    CompletableFuture<Channel> winner = race("::1", "10.0.0.1", "::2");

    Attempt slow = next("::1");
    next("10.0.0.1");
    Attempt silent = next("::2");
    slow.promise.setSuccess();

    assertThat(winner.get(30, TimeUnit.SECONDS)).isSameAs(slow.promise.channel());
    assertThat(silent.promise.channel().closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
    slow.promise.channel().close();
  }

  @Test
  void tellsAboutAllThatFailedInTheirOrder() throws Exception {
    CompletableFuture<Channel> winner = race("::1", "10.0.0.1");

    Attempt first = next("::1");
    Attempt second = next("10.0.0.1");
    second.promise.setFailure(new ConnectException("second"));
    first.promise.setFailure(new ConnectException("first"));

    assertThatThrownBy(() -> winner.get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            Race.LostException.class,
            lost ->
                assertThat(lost.failures())
                    .containsExactly(
                        Map.entry(first.address, first.promise.cause()),
                        Map.entry(second.address, second.promise.cause())));
  }

  private CompletableFuture<Channel> race(String... addresses) {
    return new Race(loop, addresses(addresses), this::connect).run();
  }

  private ChannelFuture connect(InetSocketAddress address) {
    Channel channel = new LocalChannel();
    loop.register(channel);
    ChannelPromise promise = channel.newPromise();
    attempts.add(new Attempt(address, promise));
    return promise;
  }

  private Attempt next(String expected) throws InterruptedException {
    Attempt attempt = attempts.poll(30, TimeUnit.SECONDS);
    assertThat(attempt).isNotNull();
    assertThat(attempt.address).isEqualTo(addresses(expected).get(0));
    return attempt;
  }

  private static List<InetSocketAddress> addresses(String... literals) {
    return Arrays.stream(literals)
        .map(literal -> new InetSocketAddress(address(literal), 3306))
        .toList();
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
