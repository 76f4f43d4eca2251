package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Floor;
import io.chatroom.client.conformance.Setting;
import io.chatroom.client.conformance.Tag;
import io.chatroom.client.conformance.Terms;
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
public final class Babble implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(50);

  private final ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(1);
  private final List<Thread> threads = new ArrayList<>();
  private final List<Talker> talkers = new ArrayList<>();
  private final String room;
  private volatile boolean over;
  private volatile @Nullable String trouble;

  private Babble(String room) {
    this.room = room;
  }

  /**
   * Starts two sessions that post until this is closed.
   *
   * @param server the server under test
   * @param room the room to post in
   * @param timeout how long they wait for anything that the server must send
   * @throws CannotTalkException if they cannot join or post; the message is a phrase for people
   */
  public static Babble in(InetSocketAddress server, String room, Duration timeout)
      throws CannotTalkException, InterruptedException {
    Babble babble = new Babble(room);
    Terms terms = Terms.ofProtocol(timeout, timeout);
    Tag tag = Tag.of(Tag.newRun(), 0);
    Setting setting = new Setting(server, tag, terms, 1, new Floor(), babble.watchdog);
    Upgrade upgrade = Upgrade.to(server.getHostString() + ":" + server.getPort());
    try {
      babble.add(setting, new TcpWire(), "Talker");
      babble.add(setting, new WebSocketWire(upgrade), "Chatter");
    } catch (Broken e) {
      babble.close();
      throw new CannotTalkException(e.getMessage());
    }
    babble.threads.forEach(Thread::start);
    return babble;
  }

  /**
   * The server has no sessions, or does not let them into the room; the message is a phrase for
   * people.
   */
  public static final class CannotTalkException extends IOException {
    private CannotTalkException(String message) {
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
    talker.line().heard().keepOnly(object -> isAnswer(object, talker, follower));
    Thread thread = new Thread(() -> talk(talker), "conformance-" + name);
    thread.setDaemon(true);
    threads.add(thread);
  }

  /**
   * Checks what comes from the room on the thread that reads it, and keeps only answers to this
   * session: the cases flood the room with more than fits in memory.
   */
  private boolean isAnswer(Json heard, Talker talker, Follower follower) {
    boolean said = heard.is("message") || heard.is("event");
    if (said || heard.is("ack") || heard.is("gap")) {
      try {
        follower.hear(heard);
      } catch (Broken e) {
        isWrong(talker, e);
      }
    }
    return !said;
  }

  private void talk(Talker talker) {
    try {
      while (!over) {
        Json post = talker.post(room, "talking on");
        talker.say(post);
        isAnswered(talker, Json.of("ack").with("id", post.text("id")));
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      }
    } catch (Broken e) {
      isWrong(talker, e);
    } catch (InterruptedException e) {
      over = true;
    }
  }

  /**
   * Waits for the ack, or for a gap that may stand in its place; then the ack may still come after
   * the gap.
   */
  private static void isAnswered(Talker talker, Json ack) throws Broken, InterruptedException {
    Json next = talker.takeWhileOthersTalk(ack);
    while (!next.contains(ack) && !next.is("gap")) {
      if (!next.is("ack")) {
        throw new Broken(talker.role() + " receives " + ack, "it received " + next);
      }
      next = talker.takeWhileOthersTalk(ack);
    }
  }

  /** Keeps the first fault only, because later ones may be its consequences. */
  private synchronized void isWrong(Talker talker, Broken e) {
    if (!over && trouble == null) {
      trouble = talker.role() + ": " + e.getMessage();
    }
  }

  /** Returns the first fault in what they received, as a phrase, or {@code null}. */
  public @Nullable String trouble() {
    return trouble;
  }

  @Override
  public void close() {
    over = true;
    talkers.forEach(Talker::close);
    watchdog.shutdownNow();
  }
}
