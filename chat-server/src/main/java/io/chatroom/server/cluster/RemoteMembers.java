package io.chatroom.server.cluster;

import io.chatroom.server.cluster.ServerRows.News;
import io.chatroom.server.cluster.ServerRows.Row;
import io.chatroom.server.room.Company;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The members on other servers of rooms that are open here, or were used lately. Rooms can be used
 * and read by any thread; everything else is for one thread.
 */
final class RemoteMembers {

  /** A room that is not open is forgotten after this time. */
  private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final class Known {

    /** By server. */
    private Map<String, Row> rows;

    private volatile Company company;
    private volatile long usedNanos = System.nanoTime();

    Known(Map<String, Row> rows) {
      this.rows = rows;
      this.company = sum(rows.values());
    }
  }

  private final ConcurrentMap<String, Known> rooms = new ConcurrentHashMap<>();

  /** Returns true if a room is known, and then keeps it for a while. */
  boolean use(String room) {
    Known used =
        rooms.computeIfPresent(
            room,
            (name, known) -> {
              known.usedNanos = System.nanoTime();
              return known;
            });
    return used != null;
  }

  /** The members of a room on other servers; nobody if the room is unknown. */
  Company in(String room) {
    Known known = rooms.get(room);
    return known == null ? Company.NOBODY : known.company;
  }

  /** The names of the known rooms. */
  Set<String> names() {
    return rooms.keySet();
  }

  /** Adds a room with its rows, by server. */
  void add(String room, Map<String, Row> rowsByServer) {
    rooms.put(room, new Known(rowsByServer));
  }

  /** Returns true if all servers that have members here are among these. */
  boolean areAllOn(Set<String> servers) {
    return rooms.values().stream().allMatch(known -> servers.containsAll(known.rows.keySet()));
  }

  /** Returns the rooms of which rows have changed. */
  List<String> changed(News news) {
    List<String> changed = new ArrayList<>();
    rooms.forEach(
        (room, known) -> {
          Map<String, String> written = news.rooms.getOrDefault(room, Map.of());
          if (written.entrySet().stream().anyMatch(one -> isNew(known, one))) {
            changed.add(room);
          }
        });
    return changed;
  }

  private static boolean isNew(Known known, Map.Entry<String, String> written) {
    Row row = known.rows.get(written.getKey());
    return row == null || !row.at().equals(written.getValue());
  }

  /**
   * Takes the rows that were read.
   *
   * @param read by room and server; the rows of other rooms stay
   * @param complete true if missing rows are to be removed, and those of servers that are gone
   * @param changed called for each room whose members have changed
   */
  void update(
      Map<String, Map<String, Row>> read, News news, boolean complete, Consumer<String> changed) {
    rooms.forEach(
        (room, known) -> {
          Map<String, Row> now = new HashMap<>(complete ? Map.of() : known.rows);
          now.putAll(read.getOrDefault(room, known.rows));
          if (complete) {
            now.keySet().retainAll(news.servers.keySet());
          }
          known.rows = now;
          Company company = sum(now.values());
          if (!company.equals(known.company)) {
            known.company = company;
            changed.accept(room);
          }
        });
  }

  private static Company sum(Collection<Row> rows) {
    int count = 0;
    List<String> names = new ArrayList<>();
    for (Row row : rows) {
      count += row.company().count();
      names.addAll(row.company().names());
    }
    return new Company(count, names);
  }

  /** Forgets rooms that are not open and have not been used for a while. */
  void forgetUnused(Set<String> open) {
    long now = System.nanoTime();
    for (String room : rooms.keySet()) {
      rooms.computeIfPresent(
          room,
          (name, known) -> {
            if (open.contains(name)) {
              known.usedNanos = now;
            }
            return now - known.usedNanos > KEEP_NANOS ? null : known;
          });
    }
  }
}
