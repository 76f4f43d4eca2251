package io.chatroom.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.MemoryLogs;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.metrics.Metrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Real event loops whose members join, send and leave as fast as they can, in rooms that keep
 * nothing. So rooms are created and dropped all the time, and bursts arrive while members of other
 * loops come and go.
 */
class RoomsRaceTest {

  private static final int LOOPS = 4;
  private static final int MEMBERS_EACH = 2;
  private static final int STEPS = 20_000;
  private static final int ROOMS = 3;
  private static final int SECONDS = 60;

  /** Takes the place of an author's own message in the author's copy. */
  private static final long OWN = -1;

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(LOOPS, LocalIoHandler.newFactory());
  private final Rooms rooms =
      new Rooms(loops, new MemoryLogs(0, 0, InstantSource.system()), Long.MAX_VALUE, Metrics.NOOP);
  private final AtomicLong ids = new AtomicLong();
  private final Queue<Stay> stays = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final List<Talker> talkers = new ArrayList<>();

  @AfterEach
  void close() throws InterruptedException {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  /**
   * From where it joined, each member receives one order without a gap; nothing is left undelivered
   * when all have sent; and a room exists as long as it has a member.
   */
  @Test
  void losesNothingWhileRoomsComeAndGo() throws Exception {
    int seed = 0;
    for (EventExecutor loop : loops) {
      for (int i = 0; i < MEMBERS_EACH; i++) {
        talkers.add(new Talker((EventLoop) loop, seed++));
      }
    }
    onEachLoop(Talker::talk);
    onEachLoop(talker -> talker.moveTo("last"));
    CountDownLatch heardByAll = new CountDownLatch(talkers.size() * talkers.size());
    onEachLoop(talker -> talker.countsWhatIsSaid(heardByAll));
    onEachLoop(Talker::say);
    assertThat(heardByAll.await(SECONDS, TimeUnit.SECONDS)).as("all is delivered").isTrue();
    onEachLoop(Talker::leave);

    assertThat(failures).isEmpty();
    assertThat(rooms.size()).isZero();
    Map<Position, Long> said = new HashMap<>();
    for (Stay stay : stays) {
      check(stay, said);
    }
    assertThat(said.size()).isGreaterThan(STEPS / 10);
  }

  private static void check(Stay stay, Map<Position, Long> said) {
    Position joinedAfter = stay.presence.seat().joinedAfter();
    long seq = joinedAfter.seq();
    for (long[] heard : stay.heard) {
      seq++;
      assertThat(heard[0]).as("the number after %d", seq - 1).isEqualTo(seq);
      if (heard[1] != OWN) {
        Long same = said.putIfAbsent(new Position(joinedAfter.epoch(), seq), heard[1]);
        assertThat(same).as("number %d is one message", seq).isIn(null, heard[1]);
      }
    }
  }

  private interface Step {
    void of(Talker talker) throws Exception;
  }

  private void onEachLoop(Step step) throws Exception {
    List<Future<?>> running = new ArrayList<>();
    for (Talker talker : talkers) {
      running.add(talker.loop.submit(() -> run(step, talker)));
    }
    for (Future<?> one : running) {
      one.get(SECONDS, TimeUnit.SECONDS);
    }
    for (Talker talker : talkers) {
      assertThat(talker.done.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void run(Step step, Talker talker) {
    try {
      step.of(talker);
    } catch (Exception | AssertionError e) {
      failures.add(e);
    }
  }

  /** One stay in a room and the messages received there: numbers with messages. */
  private static final class Stay {
    private final String room;
    private final Presence presence;
    private final List<long[]> heard = new ArrayList<>();

    Stay(String room, Presence presence) {
      this.room = room;
      this.presence = presence;
    }
  }

  private final class Talker implements Member, Outlet {
    private final EventLoop loop;
    private final Random random;
    private final Channel channel = new LocalChannel();
    private CountDownLatch done = new CountDownLatch(0);
    private @Nullable Stay stay;
    private @Nullable CountDownLatch heardByAll;

    Talker(EventLoop loop, int seed) {
      this.loop = loop;
      this.random = new Random(seed);
      loop.register(channel).syncUninterruptibly();
    }

    /** In small steps, so that the lane runs in between. */
    void talk() {
      done = new CountDownLatch(1);
      loop.execute(() -> talk(STEPS));
    }

    private void talk(int steps) {
      int now = 1 + random.nextInt(5);
      for (int i = 0; i < now; i++) {
        run(Talker::step, this);
      }
      if (steps > now) {
        loop.execute(() -> talk(steps - now));
      } else {
        done.countDown();
      }
    }

    private void step() {
      if (random.nextInt(3) == 0) {
        moveTo("room " + random.nextInt(ROOMS));
      } else if (random.nextInt(3) == 0) {
        leave();
      } else {
        say();
      }
    }

    void moveTo(String room) {
      leave();
      stay = new Stay(room, rooms.join(room, this, new PlainKind(), new byte[0]));
      stays.add(stay);
    }

    void leave() {
      if (stay != null) {
        assertThat(
                rooms.list("", ROOMS + 1).toCompletableFuture().join().stream()
                    .map(RoomSummary::name))
            .contains(stay.room);
        stay.presence.leave();
        stay = null;
      }
    }

    void say() {
      if (stay != null) {
        ByteBuf message = Unpooled.buffer().writeLong(ids.getAndIncrement());
        stay.presence.send(message);
        message.release();
      }
    }

    void countsWhatIsSaid(CountDownLatch heard) {
      heardByAll = heard;
    }

    @Override
    public void send(Pieces pieces) {
      Stay here = Objects.requireNonNull(stay, "has left");
      for (int i = 0; i < pieces.count(); i++) {
        ByteBuf part = pieces.buffer(i).slice(pieces.start(i), pieces.size(i));
        while (part.isReadable()) {
          here.heard.add(new long[] {part.readLong(), part.readLong()});
          if (heardByAll != null) {
            heardByAll.countDown();
          }
        }
      }
    }

    @Override
    public boolean hasTakenAll() {
      return true;
    }

    @Override
    public ChannelFuture taken() {
      return channel.newSucceededFuture();
    }

    @Override
    public void endStream() {}

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public Outlet outlet() {
      return this;
    }

    @Override
    public boolean hold() {
      return false;
    }

    @Override
    public void goOn() {}

    @Override
    public boolean refused(String room, int messages, Refusal why) {
      throw new AssertionError("a log in memory refuses nothing");
    }

    @Override
    public void repeated(String room, Post post, long seq, long atMillis) {
      throw new AssertionError("nothing was posted");
    }

    @Override
    public void reused(String room, Post post) {
      throw new AssertionError("nothing was posted");
    }

    @Override
    public void reset(String room, Position to) {
      throw new AssertionError("a log in memory stays the same");
    }

    @Override
    public void stop() {}

    @Override
    public void sayGoodbye() {}

    @Override
    public boolean lags() {
      return false;
    }

    @Override
    public void failed(Throwable cause) {
      failures.add(cause);
    }
  }

  /** Members that receive two numbers for each message: its place, and its content. */
  private static final class PlainKind implements Kind {

    private static final Encoding ENCODING =
        new Encoding() {
          @Override
          public Encoded all(Placed said) {
            Burst burst = said.burst();
            int[] ends = new int[burst.messages()];
            ByteBuf bytes = Unpooled.directBuffer(2 * Long.BYTES * burst.messages());
            for (int i = 0; i < burst.messages(); i++) {
              bytes.writeLong(said.firstSeq() + i);
              bytes.writeLong(burst.bytes().getLong(burst.ends()[i] - Long.BYTES));
              ends[i] = bytes.writerIndex();
            }
            return new Encoded(bytes, ends);
          }

          @Override
          public ByteBuf own(Placed said, Burst.Segment mine) {
            ByteBuf bytes = Unpooled.directBuffer();
            for (int i = mine.from(); i < mine.to(); i++) {
              bytes.writeLong(said.firstSeq() + i).writeLong(OWN);
            }
            return bytes;
          }

          @Override
          public boolean tellsAttendance() {
            return false;
          }

          @Override
          public ByteBuf attendance(Attendance attendance) {
            throw new AssertionError("nobody asked for " + attendance);
          }
        };

    @Override
    public Encoding encoding() {
      return ENCODING;
    }

    @Override
    public Laggards laggards(Laggards.Host host) {
      return new Laggards() {
        @Override
        public void joined(Seat seat) {
          host.follow(seat);
        }

        @Override
        public void passed(List<Delivery> round, List<Seat> fallen) {
          assertThat(fallen).isEmpty();
        }

        @Override
        public void stopDeliveries(Seat seat) {}

        @Override
        public void left(Seat seat) {}

        @Override
        public boolean contains(Seat seat) {
          return false;
        }

        @Override
        public void whenCaughtUp(Runnable task) {
          task.run();
        }
      };
    }
  }
}
