package io.chatroom.server.session;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.room.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The latest deliveries of a room, kept while a session is behind. A session that missed one round
 * receives the bytes that all others received, so nothing is read or encoded for it alone. Belongs
 * to one event loop; all rooms of a kind share one budget.
 */
final class Recent {

  /** Limit for one room on one event loop. */
  private static final int MAX_BYTES = 256 * 1024;

  /** Estimated memory of a message or event without its bytes in a burst. */
  private static final int MESSAGE_BYTES = 256;

  /** The limit for all rooms together. Thread-safe. */
  static final class Budget {

    private final AtomicLong left;

    Budget(long bytes) {
      this.left = new AtomicLong(bytes);
    }

    private boolean take(int bytes) {
      if (left.addAndGet(-bytes) >= 0) {
        return true;
      }
      left.addAndGet(bytes);
      return false;
    }

    private void giveBack(int bytes) {
      left.addAndGet(bytes);
    }
  }

  private final Budget budget;

  /** Oldest first, without a gap. */
  private final List<Delivery> deliveries = new ArrayList<>(0);

  private int bytes;

  Recent(Budget budget) {
    this.budget = budget;
  }

  /** Keeps a round, and drops the oldest deliveries beyond the limit. */
  void add(List<Delivery> round) {
    for (int i = 0; i < round.size(); i++) {
      add(round.get(i));
    }
  }

  private void add(Delivery delivery) {
    int size = sizeOf(delivery);
    if (size > MAX_BYTES || deletes(delivery.said().burst()) || !budget.take(size)) {
      clear(); // or there would be a gap
      return;
    }
    deliveries.add(delivery.retain());
    bytes += size;
    int tooMany = 0;
    while (bytes > MAX_BYTES) {
      bytes -= letGo(deliveries.get(tooMany));
      tooMany++;
    }
    deliveries.subList(0, tooMany).clear();
  }

  /** Counts events too, which have no bytes in a burst. */
  private static int sizeOf(Delivery delivery) {
    Burst burst = delivery.said().burst();
    return burst.size() + burst.messages() * MESSAGE_BYTES;
  }

  /** True if a burst deletes a message, whose text must not be sent from here any more. */
  private static boolean deletes(Burst burst) {
    for (int i = 0; burst.hasDetails() && i < burst.messages(); i++) {
      if (burst.detail(i) instanceof RoomEvent event && event.deletes() > 0) {
        return true;
      }
    }
    return false;
  }

  private int letGo(Delivery delivery) {
    int size = sizeOf(delivery);
    budget.giveBack(size);
    delivery.release();
    return size;
  }

  /** All deliveries after a sequence number; null if some of them are not kept. */
  @Nullable List<Delivery> behind(long seq) {
    for (int i = 0; i < deliveries.size(); i++) {
      if (deliveries.get(i).said().firstSeq() == seq + 1) {
        return deliveries.subList(i, deliveries.size());
      }
    }
    return null;
  }

  void clear() {
    deliveries.forEach(this::letGo);
    deliveries.clear();
    bytes = 0;
  }
}
