package io.chatroom.client;

import static io.chatroom.client.SessionPeer.LOBBY;
import static io.chatroom.client.SessionPeer.welcome;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The laws of a room as a client sees them, over a server that cuts its connections at any byte,
 * forgets old messages and sometimes all of them, and takes posts twice and more.
 */
class SessionClientLawTest {

  private static final int CONNECTIONS = 40;
  private static final int POSTS = 60;

  /** A log of one room, with those before it. */
  private static final class Log {
    private final Map<String, String> texts = new ConcurrentHashMap<>();
    private final Map<String, Long> ids = new HashMap<>();
    private int epochs = 1;
    private long seq;
    private long first = 1;

    String epoch() {
      return "e" + epochs;
    }

    void reset() {
      epochs++;
      seq = 0;
      first = 1;
      ids.clear();
    }

    long append(String text) {
      seq++;
      texts.put(epoch() + ":" + seq, text);
      return seq;
    }

    FromServer.Message message(long number) {
      String text = texts.get(epoch() + ":" + number);
      return new FromServer.Message(LOBBY, number, 1, "bob", false, text, null);
    }
  }

  /** Checks the calls of the client's listener. */
  private static final class Judge implements RoomListener {
    private final Log log;
    private String epoch = "";
    private @Nullable String next;
    private long expected;
    final AtomicReference<@Nullable String> fault = new AtomicReference<>();
    final CountDownLatch heardTheEnd = new CountDownLatch(1);

    Judge(Log log) {
      this.log = log;
    }

    private void check(boolean right, String what) {
      if (!right) {
        fault.compareAndSet(null, what);
      }
    }

    @Override
    public void onJoined(SessionClient client, FromServer.Joined joined) {
      if (epoch.isEmpty()) {
        epoch = joined.epoch();
        expected = joined.seq() + 1;
      }
      next = joined.epoch();
    }

    private void take(SessionClient client, RoomName room, long seq, String text) {
      check(epoch.equals(next), "a number of " + next + " before its gap");
      check(seq == expected, "heard " + epoch + ":" + seq + ", expected " + expected);
      check(text.equals(log.texts.get(epoch + ":" + seq)), "another text at " + epoch + ":" + seq);
      check(
          new Position(epoch, seq).equals(client.position(room)),
          "position " + client.position(room) + " at " + epoch + ":" + seq);
      expected = seq + 1;
    }

    @Override
    public void onMessage(SessionClient client, FromServer.Message message) {
      String text = String.valueOf(message.text());
      take(client, message.room(), message.seq(), text);
      if (text.equals("the end")) {
        heardTheEnd.countDown();
      }
    }

    @Override
    public void onAck(SessionClient client, FromServer.Ack ack, FromClient.Post post) {
      take(client, ack.room(), ack.seq(), post.text());
    }

    @Override
    public void onGap(SessionClient client, FromServer.Gap gap) {
      if (gap.why().equals(FromServer.Gap.EPOCH)) {
        check(!epoch.equals(next), "a gap of another epoch where there is none");
        epoch = String.valueOf(next);
        expected = 1;
      }
      check(gap.from() == expected, "a gap from " + gap.from() + ", expected " + expected);
      expected = gap.to() + 1;
    }
  }

  /** The server, on a thread of its own. */
  private static final class Server extends Thread {
    private final SessionPeer peer;
    private final Log log;
    private final Random random;
    private final boolean resets;
    volatile boolean isCalm;
    private int cuts;
    volatile @Nullable Throwable failure;

    Server(SessionPeer peer, Log log, Random random, boolean resets) {
      this.peer = peer;
      this.log = log;
      this.random = random;
      this.resets = resets;
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        for (int i = 0; !peer.isClosed(); i++) {
          boolean calm = i == 0 || i > CONNECTIONS;
          isCalm = i > CONNECTIONS;
          if (resets && random.nextInt(8) == 0 && !calm) {
            log.reset();
          }
          long budget = calm ? Long.MAX_VALUE : random.nextInt(3_000);
          try (SessionPeer.Link link = peer.accept(budget)) {
            serve(link, calm && i > 0 ? Integer.MAX_VALUE : 200, i == 0);
          } catch (EOFException | SocketException e) {
            cuts++;
          }
        }
      } catch (IOException | RuntimeException | AssertionError e) {
        failure = new AssertionError("after " + cuts + " cuts", e);
      }
    }

    private void serve(SessionPeer.Link link, int steps, boolean isFirst) throws IOException {
      FromClient.Hello hello = link.hear(FromClient.Hello.class);
      link.say(welcome(60));
      Position after = hello.rooms().get(0).after();
      long given = join(link, after);
      if (isFirst) { // the client has joined
        given = take(link, link.hear(FromClient.Post.class), given);
      }
      for (int step = 0; step < steps; step++) {
        if (random.nextInt(4) == 0 && log.seq > 3 && !isCalm) {
          log.first = Math.max(log.first, log.seq - random.nextInt(3));
        }
        boolean last = isCalm && step == 0;
        if (!isCalm && random.nextInt(3) == 0) {
          log.append("foreign " + random.nextInt());
        } else if (last) {
          log.append("the end");
        }
        given = give(link, given);
        // Waits for the client only if there is nothing else to do.
        if (link.hasHeard() || isCalm) {
          FromClient object = link.hear();
          if (object instanceof FromClient.Post post) {
            given = take(link, post, given);
          } else if (object instanceof FromClient.Bye) {
            return;
          } else if (object instanceof FromClient.Ping) {
            link.say(new FromServer.Pong(null, Map.of(LOBBY, given)));
          }
        }
      }
    }

    private long join(SessionPeer.Link link, @Nullable Position after) throws IOException {
      boolean isKnown =
          after != null && after.epoch().equals(log.epoch()) && after.seq() <= log.seq;
      boolean isWhole = after == null || (isKnown && after.seq() + 1 >= log.first);
      FromServer.Resume resume =
          after == null ? null : isWhole ? FromServer.Resume.COMPLETE : FromServer.Resume.GAP;
      link.say(
          new FromServer.Joined(
              null, LOBBY, log.epoch(), log.seq, log.first, 1, null, null, null, "member", resume));
      if (after == null) {
        return log.seq;
      }
      long given = isKnown ? after.seq() : 0;
      if (!isWhole) {
        String why = isKnown ? FromServer.Gap.RETENTION : FromServer.Gap.EPOCH;
        link.say(new FromServer.Gap(LOBBY, given + 1, log.first - 1, why));
        given = log.first - 1;
      }
      return give(link, given);
    }

    /** Sends everything up to the newest, or a gap. */
    private long give(SessionPeer.Link link, long given) throws IOException {
      long at = given;
      while (at < log.seq) {
        if (at + 1 < log.first) {
          link.say(new FromServer.Gap(LOBBY, at + 1, log.first - 1, FromServer.Gap.LAGGED));
          at = log.first - 1;
        } else {
          at++;
          link.say(log.message(at));
        }
      }
      return at;
    }

    private long take(SessionPeer.Link link, FromClient.Post post, long given) throws IOException {
      Long known = log.ids.get(post.id());
      if (known != null) {
        link.say(new FromServer.Ack(post.id(), LOBBY, known, 1, true));
        return given;
      }
      long seq = log.append(post.text());
      log.ids.put(post.id(), seq);
      link.say(new FromServer.Ack(post.id(), LOBBY, seq, 1, false));
      return seq;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "false,false,1", "false,false,2", "false,false,3", "false,false,4", "false,false,5",
    "false,true,6", "false,true,7", "false,true,8", "false,true,9", "false,true,10",
    "true,false,11", "true,false,12", "true,false,13", "true,true,14", "true,true,15",
    "true,true,16",
  })
  void eachNumberIsReceivedOnceOrReportedAsMissing(boolean isWebSocket, boolean resets, long seed)
      throws Exception {
    Log log = new Log();
    Judge judge = new Judge(log);
    try (SessionPeer peer = new SessionPeer(isWebSocket)) {
      Server server = new Server(peer, log, new Random(seed), resets);
      server.start();
      SessionClient client =
          SessionClient.builder()
              .spread(new Spread(Duration.ofMillis(1), Duration.ofMillis(2), () -> 0.5))
              .room(LOBBY, Start.live(), judge)
              .connect(peer.address(), "alice");
      List<CompletableFuture<FromServer.Ack>> acks = new ArrayList<>();
      for (int i = 0; i < POSTS; i++) {
        acks.add(client.post(LOBBY, "own " + i));
      }
      boolean heard = judge.heardTheEnd.await(60, TimeUnit.SECONDS);
      assertThat(judge.fault.get()).as("seed %s", seed).isNull();
      assertThat(server.failure).as("seed %s", seed).isNull();
      assertThat(heard).as("seed %s", seed).isTrue();
      long before = 0;
      for (int i = 0; i < POSTS; i++) {
        long seq = acks.get(i).get(60, TimeUnit.SECONDS).seq();
        if (!resets) {
          assertThat(log.texts).containsEntry("e1:" + seq, "own " + i);
          assertThat(seq).as("in the order of the calls").isGreaterThan(before);
          before = seq;
        }
      }
      if (!resets) {
        assertThat(log.texts.values().stream().filter(text -> text.startsWith("own ")))
            .doesNotHaveDuplicates()
            .hasSize(POSTS);
      }
      assertThat(judge.fault.get()).as("seed %s", seed).isNull();
      client.close();
      client.closed().get(60, TimeUnit.SECONDS);
    }
  }
}
