package io.chatroom.server.session;

import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the history of one room for one request, in steps of 50 messages. Every step is a read of
 * its own; the first waits its turn among the reads of all sessions. Belongs to the session's event
 * loop.
 */
final class Reader {

  private static final int STEP = 50;

  private final Place place;
  private final ReadGate reads;
  private final Executor loop;
  private final BooleanSupplier wanted;
  private final Consumer<@Nullable Throwable> failed;

  /**
   * @param loop the session's event loop
   * @param wanted false once the request was given up
   * @param failed receives the reason if a read fails
   */
  Reader(
      Place place,
      ReadGate reads,
      Executor loop,
      BooleanSupplier wanted,
      Consumer<@Nullable Throwable> failed) {
    this.place = place;
    this.reads = reads;
    this.loop = loop;
    this.wanted = wanted;
    this.failed = failed;
  }

  Place place() {
    return place;
  }

  /**
   * Reads the messages between two sequence numbers, in order.
   *
   * @param after reads those after this number
   * @param before reads those before this number
   * @param each receives each message; returns false to stop
   * @param done runs after the last message; not if the request was given up
   */
  void between(long after, long before, Predicate<Message> each, Runnable done) {
    step(reads::read, after, before, each, done);
  }

  /** How a step waits for its read: {@link ReadGate#read} or {@link ReadGate#readOn}. */
  private interface Turn {

    void take(
        Supplier<CompletionStage<Slice>> read,
        Executor loop,
        BiConsumer<@Nullable Slice, @Nullable Throwable> done);
  }

  private void step(Turn turn, long after, long before, Predicate<Message> each, Runnable done) {
    int limit = (int) Math.min(STEP, before - 1 - after);
    if (limit <= 0) {
      done.run();
      return;
    }
    turn.take(
        () -> place.presence().read(new Position(place.epoch(), after), limit),
        loop,
        (slice, failure) -> {
          if (!wanted.getAsBoolean()) {
            return;
          }
          if (slice == null) {
            failed.accept(failure);
          } else if (takes(slice, before, each)) {
            List<Message> messages = slice.messages();
            step(reads::readOn, messages.get(messages.size() - 1).seq(), before, each, done);
          } else {
            done.run();
          }
        });
  }

  /** Passes a slice on; false if there is no more to read. */
  private boolean takes(Slice slice, long before, Predicate<Message> each) {
    if (slice.messages().isEmpty() || !slice.epoch().equals(place.epoch())) {
      return false;
    }
    for (Message message : slice.messages()) {
      if (message.seq() >= before || !each.test(message)) {
        return false;
      }
    }
    return true;
  }
}
