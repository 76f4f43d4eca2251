package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Attempts that end as the test says, at a clock that it sets; with real sockets it is tested in
 * ConnectorTest and DeadAddressIT.
 */
class RaceTest {

  /** A loop that runs only when the test says so. */
  private final EmbeddedChannel clock = new EmbeddedChannel();

  private final Queue<Attempt> attempts = new ArrayDeque<>();

  private record Attempt(InetSocketAddress address, ChannelPromise promise) {

    boolean isOpen() {
      return promise.channel().isOpen();
    }
  }

  @BeforeEach
  void stopTheClock() {
    clock.freezeTime();
  }

  @AfterEach
  void close() {
    clock.finishAndReleaseAll();
  }

  @Test
  void alternatesBetweenTheFamiliesAndKeepsThePreferredOne() {
    assertThat(Race.alternateFamilies(addresses("::1", "::2", "::3", "10.0.0.1", "10.0.0.2")))
        .isEqualTo(addresses("::1", "10.0.0.1", "::2", "10.0.0.2", "::3"));
    assertThat(Race.alternateFamilies(addresses("10.0.0.1", "::1")))
        .isEqualTo(addresses("10.0.0.1", "::1"));
  }

  @Test
  void startsTheNextAfterAQuarterOfASecondAndClosesTheSilentOne() {
    CompletableFuture<Channel> winner = race("::1", "10.0.0.1");
    Attempt silent = next("::1");
    pass(249);
    assertThat(attempts).isEmpty();
    pass(1);
    Attempt answers = next("10.0.0.1");
    assertThat(silent.isOpen()).isTrue();
    answers.promise.setSuccess();
    pass(0);

    assertThat(winner).isCompletedWithValue(answers.promise.channel());
    assertThat(silent.isOpen()).isFalse();
    assertThat(answers.isOpen()).isTrue();
  }

  @Test
  void startsTheNextAtOnceWhenOneFailsAndCountsFromThen() {
    race("::1", "10.0.0.1", "::2");
    pass(200);
    next("::1").promise.setFailure(new ConnectException());
    pass(0);
    next("10.0.0.1");
    pass(249);
    assertThat(attempts).isEmpty();
    pass(1);
    next("::2");
  }

  @Test
  void startsNoMoreWhenOneHasAnswered() {
    CompletableFuture<Channel> winner = race("::1", "10.0.0.1");
    Attempt answers = next("::1");
    answers.promise.setSuccess();
    pass(60_000);

    assertThat(winner).isCompletedWithValue(answers.promise.channel());
    assertThat(attempts).isEmpty();
  }

  @Test
  void takesTheFirstThatAnswersThoughALaterOneHasStarted() {
    CompletableFuture<Channel> winner = race("::1", "10.0.0.1", "::2");
    Attempt slow = next("::1");
    pass(250);
    Attempt late = next("10.0.0.1");
    pass(250);
    Attempt silent = next("::2");
    slow.promise.setSuccess();
    late.promise.setSuccess();
    pass(0);

    assertThat(winner).isCompletedWithValue(slow.promise.channel());
    assertThat(slow.isOpen()).isTrue();
    assertThat(late.isOpen()).isFalse();
    assertThat(silent.isOpen()).isFalse();
  }

  @Test
  void reportsAllFailuresInOrder() {
    CompletableFuture<Channel> winner = race("::1", "10.0.0.1");
    Attempt first = next("::1");
    pass(250);
    Attempt second = next("10.0.0.1");
    second.promise.setFailure(new ConnectException("second"));
    pass(0);
    assertThat(winner).isNotDone();
    first.promise.setFailure(new ConnectException("first"));
    pass(0);

    assertThatThrownBy(winner::join)
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
    CompletableFuture<Channel> winner =
        new Race(clock.eventLoop(), addresses(addresses), this::connect).run();
    pass(0);
    return winner;
  }

  private ChannelFuture connect(InetSocketAddress address) {
    ChannelPromise promise = new EmbeddedChannel().newPromise();
    attempts.add(new Attempt(address, promise));
    return promise;
  }

  private void pass(long millis) {
    clock.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    clock.runPendingTasks();
  }

  private Attempt next(String expected) {
    Attempt attempt = attempts.remove();
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
