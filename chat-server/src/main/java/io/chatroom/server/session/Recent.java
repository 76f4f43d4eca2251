package io.chatroom.server.session;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.room.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What was delivered last in a room, while somebody is behind: a session that could not take one
 * round, and can take the next, gets the bytes that all others got, and nothing is read or encoded
 * for it alone. Belongs to one event loop; the budget is shared by all of a server.
 */
final class Recent {

  /** How much one room keeps here. */
  private static final int MAX_BYTES = 256 * 1024;

  /** About what a message or event takes beside its bytes in a burst. */
  private static final int MESSAGE_BYTES = 256;

  /** How much all rooms of a server keep. */
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

  /** Without a gap, the oldest first. */
  private final List<Delivery> deliveries = new ArrayList<>(0);

  private int bytes;

  Recent(Budget budget) {
    this.budget = budget;
  }

  /** Keeps a round, and lets go of the oldest where that is too much. */
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

  /** Events, too, which are in a burst without a byte. */
  private static int sizeOf(Delivery delivery) {
    Burst burst = delivery.said().burst();
    return burst.size() + burst.messages() * MESSAGE_BYTES;
  }

  /** What is kept here has the text of what was deleted, perhaps; the log has it no more. */
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

  /** Everything behind a number; null where that is not kept. */
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
