package io.chatroom.server.hooks;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import io.chatroom.server.session.Encoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts the entries of a room to one hook, a few at a time, in order, and retries until the hook
 * accepts them. Waiting entries are in the log only. It has a thread of its own, so that only this
 * one waits for the hook.
 */
final class Deliverer implements Runnable {

  /**
   * The delays between looks and between retries.
   *
   * @param look the delay when nothing is new
   * @param first the delay after the first failure, doubled after each further one
   * @param longest the longest such delay
   */
  record Pace(Duration look, Duration first, Duration longest) {

    /**
     * Shortens a delay by a random part of up to half, so that many hooks of one server do not come
     * at once.
     */
    long afterMillis(int failures) {
      long millis = first.toMillis() << Math.min(failures - 1, 20);
      long most = Math.min(longest.toMillis(), millis);
      return most - ThreadLocalRandom.current().nextLong(most / 2 + 1);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Deliverer.class);

  /** How many entries are posted at once. */
  private static final int ENTRIES = 20;

  /** The position before all entries, for a room that does not exist yet. */
  private static final Position BEGINNING = new Position("none", 0);

  /** The status with which a hook asks to be ended. */
  private static final int GONE = 410;

  private final Hook hook;
  private final HookedRooms rooms;
  private final HookPositions positions;
  private final HookRequest request;
  private final InstantSource clock;
  private final Pace pace;
  private final String agent;

  private volatile boolean failing;
  private int failures;
  private volatile boolean over;

  Deliverer(
      Hook hook,
      HookedRooms rooms,
      HookPositions positions,
      HookRequest request,
      InstantSource clock,
      Pace pace,
      String agent) {
    this.hook = hook;
    this.rooms = rooms;
    this.positions = positions;
    this.request = request;
    this.clock = clock;
    this.pace = pace;
    this.agent = agent;
  }

  /** Whether its hook is failing now. From any thread. */
  boolean isFailing() {
    return failing;
  }

  /** Ends it soon. From any thread. */
  void end() {
    over = true;
    request.abort();
  }

  /** Runs until it is ended and interrupted, or its hook asks to be ended. */
  @Override
  public void run() {
    try {
      while (!over && !Thread.currentThread().isInterrupted()) {
        try {
          if (!deliverNext()) {
            Thread.sleep(pace.look().toMillis());
          }
        } catch (IOException e) {
          if (!over) {
            fails(String.valueOf(e.getMessage()));
          }
        } catch (RuntimeException e) { // would end it silently
          log.error("cannot go on with the {}", hook, e);
          fails("this is a defect of chat-server");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // this is how it is ended
    }
  }

  /** False if there is nothing new. */
  private boolean deliverNext() throws IOException, InterruptedException {
    if (!rooms.areTold()) {
      return false; // another server delivers
    }
    Position newest = rooms.newest(hook.room().key());
    Position position = positions.of(hook);
    if (position == null) { // a new hook begins with the next entry
      positions.put(hook, newest == null ? BEGINNING : newest);
      return true;
    }
    if (newest == null || position.equals(newest)) {
      return false;
    }
    Slice slice = read(position);
    if (slice == null) {
      return false;
    }
    long last = slice.newest();
    if (!slice.messages().isEmpty()) {
      post(position, slice);
      last = slice.messages().get(slice.messages().size() - 1).seq();
    }
    if (!over) {
      positions.put(hook, new Position(slice.epoch(), last));
      works();
    }
    return true;
  }

  private @Nullable Slice read(Position after) throws IOException, InterruptedException {
    CompletionStage<Slice> read = rooms.read(hook.room().key(), after, ENTRIES);
    if (read == null) {
      return null;
    }
    try {
      return read.toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IOException("the room cannot be read", e.getCause());
    }
  }

  private void post(Position after, Slice slice) throws IOException {
    byte[] body = body(after, slice);
    long seconds = clock.millis() / 1_000;
    String headers =
        "User-Agent: "
            + agent
            + "\r\nChatroom-Signature: "
            + Signature.of(hook.secret(), seconds, body)
            + "\r\n";
    int status = request.post(hook, headers, body);
    if (status == GONE) {
      over = true;
      failing = true;
      log.warn("the {} asked to be ended (410), and is ended until the next start", hook);
    } else if (status / 100 != 2) {
      throw new IOException("it answers " + status + ", expected 200 to 299");
    }
  }

  /** A page of entries, in the form for sessions. */
  private byte[] body(Position after, Slice slice) {
    List<Entry> entries =
        slice.messages().stream().map(kept -> (Entry) Encoder.entry(hook.room(), kept)).toList();
    boolean isSameLog = after.epoch().equals(slice.epoch()) || after.equals(BEGINNING);
    boolean isWhole = isSameLog && slice.messages().get(0).seq() == after.seq() + 1;
    ByteBuf json = Unpooled.buffer();
    SessionJson.write(
        new FromServer.Page("hook", hook.room(), slice.epoch(), entries, isWhole, null), json);
    return ByteBufUtil.getBytes(json);
  }

  private void works() {
    if (failing) {
      log.info("the {} works again, after {} failures", hook, failures);
    }
    failing = false;
    failures = 0;
  }

  /** Logs a failure once; and its end. */
  private void fails(String why) throws InterruptedException {
    failures++;
    if (!failing) {
      log.warn("the {} fails and is tried again until it works: {}", hook, VisibleText.of(why));
    }
    failing = true;
    Thread.sleep(pace.afterMillis(failures));
  }
}
