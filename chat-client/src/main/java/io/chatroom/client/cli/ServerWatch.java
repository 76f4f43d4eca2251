package io.chatroom.client.cli;

import io.chatroom.client.ChatException;
import io.chatroom.client.SessionClient;
import io.chatroom.client.SessionListener;
import io.chatroom.protocol.session.FromServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Gives up the server of a session when it is silent for a minute, in which a live server would
 * answer pings, or, without reconnecting, when the connection is lost. Thread-safe.
 */
final class ServerWatch implements SessionListener {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A longer time between two checks shows that this process was suspended: not silence. */
  private static final Duration SUSPENDED = Duration.ofSeconds(5);

  private final boolean comesBack;
  private final CompletableFuture<Void> gaveUp = new CompletableFuture<>();
  private final Runnable onPause;
  private final LongSupplier nanoTime;
  private final Executor aSecondLater;
  private volatile long receivedNanos;
  private volatile Duration patience = PATIENCE;
  private volatile boolean over;
  private boolean checks; // guarded by this, as is the next
  private long checkedNanos;

  /**
   * @param comesBack whether to reconnect after a lost connection
   * @param onPause called when no more is waiting for the moment
   */
  ServerWatch(boolean comesBack, Runnable onPause) {
    this(
        comesBack,
        onPause,
        System::nanoTime,
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
  }

  /** With the clock of a test. */
  ServerWatch(boolean comesBack, Runnable onPause, LongSupplier nanoTime, Executor aSecondLater) {
    this.comesBack = comesBack;
    this.onPause = onPause;
    this.nanoTime = nanoTime;
    this.aSecondLater = aSecondLater;
  }

  /** Completes when the server is given up, or the client ends in any way. */
  CompletableFuture<Object> gone(SessionClient client) {
    return CompletableFuture.anyOf(gaveUp, client.closed());
  }

  boolean hasGivenUp() {
    return gaveUp.isDone();
  }

  /** The silence after which the server was given up. */
  Duration patience() {
    return patience;
  }

  @Override
  public void onConnected(SessionClient client, FromServer.Welcome welcome) {
    receivedNanos = nanoTime.getAsLong();
    Duration twoPings = Duration.ofSeconds(2 * Math.min(300, welcome.pingSeconds()));
    patience = twoPings.compareTo(PATIENCE) > 0 ? twoPings : PATIENCE;
    beginToCheck(client);
  }

  private synchronized void beginToCheck(SessionClient client) {
    if (!checks) {
      checks = true;
      checkedNanos = nanoTime.getAsLong();
      client.closed().whenComplete((nothing, failure) -> over = true);
      aSecondLater.execute(this::check);
    }
  }

  private synchronized void check() {
    long now = nanoTime.getAsLong();
    if (now - checkedNanos > SUSPENDED.toNanos()) {
      receivedNanos = now;
    }
    checkedNanos = now;
    if (now - receivedNanos > patience.toNanos()) {
      gaveUp.complete(null);
    } else if (!over) {
      aSecondLater.execute(this::check);
    }
  }

  @Override
  public void onDisconnected(SessionClient client, ChatException reason, Duration wait) {
    onPause.run(); // flush the output before what may be the end
    if (!comesBack) {
      gaveUp.complete(null);
    }
  }

  @Override
  public void onPause(SessionClient client) {
    receivedNanos = nanoTime.getAsLong();
    onPause.run();
  }
}
