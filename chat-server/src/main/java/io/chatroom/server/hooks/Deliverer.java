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
 * accepts them. Entries wait in the room's log only. Runs on a thread of its own, so that nothing
 * else waits for the hook.
 */
final class Deliverer implements Runnable {

  /**
   * The delays between polls and between retries.
   *
   * @param poll the delay when nothing is new
   * @param first the delay after the first failure, doubled after each further one
   * @param longest the longest such delay
   */
  record Pace(Duration poll, Duration first, Duration longest) {

    /**
     * The delay before a retry, shortened by a random part of up to half, so that the hooks of one
     * server are not all retried at once.
     */
    long afterMillis(int failures) {
      long millis = first.toMillis() << Math.min(failures - 1, 20);
      long most = Math.min(longest.toMillis(), millis);
      return most - ThreadLocalRandom.current().nextLong(most / 2 + 1);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Deliverer.class);

  /** The most entries in one post. */
  private static final int ENTRIES = 20;

  /** The position before all entries, for a room that does not exist yet. */
  private static final Position BEGINNING = new Position("none", 0);

  /** The status with which a hook asks for no more posts. */
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

  /** Returns true if its hook is failing. Called from any thread. */
  boolean isFailing() {
    return failing;
  }

  /** Makes it end soon. Called from any thread. */
  void end() {
    over = true;
    request.abort();
  }

  /** Runs until {@link #end} and an interrupt, or until its hook asks for no more posts. */
  @Override
  public void run() {
    try {
      while (!over && !Thread.currentThread().isInterrupted()) {
        try {
          if (!deliverNext()) {
            Thread.sleep(pace.poll().toMillis());
          }
        } catch (IOException e) {
          if (!over) {
            failed(String.valueOf(e.getMessage()));
          }
        } catch (RuntimeException e) { // would end the thread silently
          log.error("internal error in the {}", hook, e);
          failed("an internal error of chat-server");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the usual end
    }
  }

  /** Posts the next entries; returns false if there is nothing new. */
  private boolean deliverNext() throws IOException, InterruptedException {
    if (!rooms.deliverHere()) {
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
      succeeded();
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
      log.warn("the {} answered 410 and is stopped until the next start", hook);
    } else if (status / 100 != 2) {
      throw new IOException("it answered " + status + ", expected 200 to 299");
    }
  }

  /** The entries as a page, as sessions receive it. */
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

  private void succeeded() {
    if (failing) {
      log.info("the {} works again after {} failures", hook, failures);
    }
    failing = false;
    failures = 0;
  }

  /** Counts a failure, logs the first one, and waits before the next try. */
  private void failed(String why) throws InterruptedException {
    failures++;
    if (!failing) {
      log.warn("the {} fails and will be retried until it works: {}", hook, VisibleText.of(why));
    }
    failing = true;
    Thread.sleep(pace.afterMillis(failures));
  }
}
