package io.chatroom.server.search;

import io.chatroom.server.log.Journal;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A journal that a test writes. Thread-safe. */
final class KeptLines implements Journal {

  private final NavigableMap<Long, Line> lines = new TreeMap<>();
  private final Map<String, Long> newest = new HashMap<>();
  private final Map<String, Long> forgotten = new HashMap<>();
  private final Set<Long> deleted = new HashSet<>();
  private String name = "first";
  private long n;
  private @Nullable IOException trouble;
  private int reads;

  /** Posts a message. */
  Line say(String room, String from, String text) {
    return say(room, from, text, 1_790_000_000_000L + n);
  }

  synchronized Line say(String room, String from, String text, long atMillis) {
    return put(room, new Message(nextSeq(room), atMillis, from, text, null));
  }

  /** Deletes a message. */
  synchronized void delete(Line line) {
    long seq = line.message().seq();
    Message gone = new Message(seq, line.message().atMillis(), line.message().from(), null, null);
    lines.put(line.n(), new Line(line.n(), line.room(), gone));
    deleted.add(line.n());
    RoomEvent event = RoomEvent.deleted("op", seq);
    put(line.room(), new Message(nextSeq(line.room()), 1_790_000_000_000L + n, "op", "", event));
  }

  /** Changes the topic. */
  synchronized void topic(String room, String text) {
    RoomEvent event = new RoomEvent(RoomEvent.TOPIC, "op", null, text);
    put(room, new Message(nextSeq(room), 1_790_000_000_000L + n, "op", text, event));
  }

  private long nextSeq(String room) {
    return newest.merge(room, 1L, Long::sum);
  }

  private Line put(String room, Message message) {
    Line line = new Line(++n, room, message);
    lines.put(n, line);
    forgotten.putIfAbsent(room, 0L);
    return line;
  }

  /** Expires the messages of a room up to a number. */
  synchronized void forget(String room, long seq) {
    lines.values().removeIf(line -> line.room().equals(room) && line.message().seq() <= seq);
    forgotten.put(room, seq);
  }

  /** Deletes a room with all its messages. */
  synchronized void drop(String room) {
    lines.values().removeIf(line -> line.room().equals(room));
    forgotten.remove(room);
    newest.remove(room);
  }

  /** Becomes another, empty journal. */
  synchronized void restore(String name) {
    this.name = name;
    lines.clear();
    newest.clear();
    forgotten.clear();
    n = 0;
  }

  /** Silently loses its newest lines. */
  synchronized void cut(long after) {
    lines.tailMap(after, false).clear();
    n = after;
  }

  synchronized void fail(@Nullable IOException trouble) {
    this.trouble = trouble;
  }

  /** The number of reads. */
  synchronized int reads() {
    return reads;
  }

  /** The messages that can be found. */
  synchronized List<Line> all() {
    return lines.values().stream()
        .filter(line -> line.message().detail() == null && !deleted.contains(line.n()))
        .toList();
  }

  /** Rooms to search. */
  List<Searched> searched(String... rooms) {
    return Stream.of(rooms).<Searched>map(Room::new).toList();
  }

  private final class Room implements Searched {

    private final String key;

    Room(String key) {
      this.key = key;
    }

    @Override
    public String key() {
      return key;
    }

    @Override
    public Position newest() {
      synchronized (KeptLines.this) {
        return new Position(name, newest.getOrDefault(key, 0L));
      }
    }

    private Stream<Message> messages() {
      return lines.values().stream().filter(line -> line.room().equals(key)).map(Line::message);
    }

    @Override
    public long oldest() {
      synchronized (KeptLines.this) {
        return messages().mapToLong(Message::seq).min().orElse(newest().seq() + 1);
      }
    }

    @Override
    public CompletionStage<Slice> read(Position after, int limit) {
      synchronized (KeptLines.this) {
        List<Message> some =
            messages()
                .filter(message -> message.seq() > after.seq())
                .limit(limit > 3 ? limit - limit / 3 : limit) // sometimes less than there is
                .toList();
        return CompletableFuture.completedFuture(new Slice(name, oldest(), newest().seq(), some));
      }
    }
  }

  private void throwTrouble() throws IOException {
    if (trouble != null) {
      throw trouble;
    }
  }

  @Override
  public synchronized String name() {
    return name;
  }

  @Override
  public synchronized long newest() throws IOException {
    throwTrouble();
    return n;
  }

  @Override
  public synchronized List<Line> after(long n, int limit) throws IOException {
    throwTrouble();
    reads++;
    return lines.tailMap(n, false).values().stream().limit(limit).toList();
  }

  @Override
  public synchronized List<Line> at(List<Long> ns) throws IOException {
    throwTrouble();
    List<Line> found = new ArrayList<>();
    ns.stream().map(lines::get).filter(Objects::nonNull).forEach(found::add);
    return found;
  }

  @Override
  public synchronized long numberFrom(String room, long seq) {
    return lines.values().stream()
        .filter(line -> line.room().equals(room) && line.message().seq() >= seq)
        .mapToLong(Line::n)
        .findFirst()
        .orElse(0);
  }

  @Override
  public synchronized Map<String, Long> forgotten() {
    return new HashMap<>(forgotten);
  }

  @Override
  public void close() {}
}
