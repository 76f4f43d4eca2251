package io.chatroom.server.session;

import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the history of one room for one request, in steps, forwards or backwards. Every step is a
 * read of its own and waits its turn among those of all sessions. Belongs to the session's event
 * loop.
 */
final class Reader {

  private static final int STEP = 50;

  private final Place place;
  private final ReadGate reads;
  private final Consumer<@Nullable Throwable> failed;

  /**
   * @param failed gets why nothing could be read
   */
  Reader(Place place, ReadGate reads, Consumer<@Nullable Throwable> failed) {
    this.place = place;
    this.reads = reads;
    this.failed = failed;
  }

  Place place() {
    return place;
  }

  /**
   * Reads what is kept between two numbers.
   *
   * @param after the first is behind this
   * @param before the last is in front of this
   * @param done gets all of it, in order
   */
  void between(long after, long before, Consumer<List<Message>> done) {
    between(after, before, new ArrayList<>(), done);
  }

  private void between(long after, long before, List<Message> found, Consumer<List<Message>> done) {
    int limit = (int) Math.min(STEP, before - 1 - after);
    if (limit <= 0) {
      done.accept(found);
      return;
    }
    reads.read(
        () -> place.presence().read(new Position(place.epoch(), after), limit),
        place.session().wire()::execute,
        (slice, failure) -> {
          if (slice == null) {
            failed.accept(failure);
          } else if (addTo(found, slice, before)) {
            between(found.get(found.size() - 1).seq(), before, found, done);
          } else {
            done.accept(found);
          }
        });
  }

  /** Whether there may be more. */
  private boolean addTo(List<Message> found, Slice slice, long before) {
    if (slice.messages().isEmpty() || !slice.epoch().equals(place.epoch())) {
      return false;
    }
    for (Message message : slice.messages()) {
      if (message.seq() >= before) {
        return false;
      }
      found.add(message);
    }
    return found.get(found.size() - 1).seq() < before - 1;
  }
}
