package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Setting;
import io.chatroom.client.conformance.Tag;
import io.chatroom.client.conformance.TimeLimits;
import io.chatroom.client.conformance.Turn;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Two sessions, one over TCP and one over WebSocket, that post in a room while other cases are
 * judged there. They check that they receive each seq of the room once and in order.
 */
public final class BackgroundSessions implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(50);

  private final ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(1);
  private final List<Thread> threads = new ArrayList<>();
  private final List<Talker> talkers = new ArrayList<>();
  private final String room;
  private volatile boolean closed;
  private volatile @Nullable String fault;

  private BackgroundSessions(String room) {
    this.room = room;
  }

  /**
   * Starts two sessions that post until this is closed.
   *
   * @param server the server under test
   * @param room the room to post in
   * @param timeout how long they wait for anything that the server must send
   * @throws CannotPostException if they cannot join or post; the message is a phrase for people
   */
  public static BackgroundSessions in(InetSocketAddress server, String room, Duration timeout)
      throws CannotPostException, InterruptedException {
    BackgroundSessions background = new BackgroundSessions(room);
    TimeLimits limits = TimeLimits.ofProtocol(timeout, timeout);
    Tag tag = Tag.of(Tag.newRun(), 0);
    Setting setting = new Setting(server, tag, limits, 1, new Turn(), background.watchdog);
    Upgrade upgrade = Upgrade.to(server.getHostString() + ":" + server.getPort());
    try {
      background.add(setting, new TcpWire(), "Talker");
      background.add(setting, new WebSocketWire(upgrade), "Chatter");
    } catch (Broken e) {
      background.close();
      throw new CannotPostException(e.getMessage());
    }
    background.threads.forEach(Thread::start);
    return background;
  }

  /**
   * The server has no sessions, or does not let them into the room; the message is a phrase for
   * people.
   */
  public static final class CannotPostException extends IOException {
    private CannotPostException(String message) {
      super(message);
    }
  }

  private void add(Setting setting, Wire wire, String name) throws Broken, InterruptedException {
    Talker talker = Talker.connect(setting, wire, name, name, Talker.newClient(), false);
    talkers.add(talker);
    talker.open();
    talker.enter();
    talker.join(room);
    Follower follower = new Follower(talker.joined().number("seq") + 1);
    talker.line().inbox().keepOnly(object -> isAnswer(object, talker, follower));
    Thread thread = new Thread(() -> postUntilClosed(talker), "conformance-" + name);
    thread.setDaemon(true);
    threads.add(thread);
  }

  /**
   * Checks what comes from the room on the thread that reads it, and keeps only answers to this
   * session: the cases flood the room with more than fits in memory.
   */
  private boolean isAnswer(Json received, Talker talker, Follower follower) {
    boolean isPost = received.is("message") || received.is("event");
    if (isPost || received.is("ack") || received.is("gap")) {
      try {
        follower.check(received);
      } catch (Broken e) {
        recordFault(talker, e);
      }
    }
    return !isPost;
  }

  private void postUntilClosed(Talker talker) {
    try {
      while (!closed) {
        Json post = talker.post(room, "talking on");
        talker.send(post);
        awaitAck(talker, Json.of("ack").with("id", post.text("id")));
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      }
    } catch (Broken e) {
      recordFault(talker, e);
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  /**
   * Waits for the ack, or for a gap that may stand in its place; then the ack may still come after
   * the gap.
   */
  private static void awaitAck(Talker talker, Json ack) throws Broken, InterruptedException {
    Json next = talker.takePatiently(ack);
    while (!next.contains(ack) && !next.is("gap")) {
      if (!next.is("ack")) {
        throw new Broken(talker.role() + " receives " + ack, "it received " + next);
      }
      next = talker.takePatiently(ack);
    }
  }

  /** Keeps the first fault only, because later ones may be its consequences. */
  private synchronized void recordFault(Talker talker, Broken e) {
    if (!closed && fault == null) {
      fault = talker.role() + ": " + e.getMessage();
    }
  }

  /** Returns the first fault in what they received, as a phrase, or {@code null}. */
  public @Nullable String fault() {
    return fault;
  }

  @Override
  public void close() {
    closed = true;
    talkers.forEach(Talker::close);
    watchdog.shutdownNow();
  }
}
