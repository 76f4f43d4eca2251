package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import io.chatroom.server.search.Found;
import io.chatroom.server.search.Hit;
import io.chatroom.server.search.Query;
import io.chatroom.server.search.Search;
import io.chatroom.server.search.Searched;
import io.chatroom.server.search.Wanted;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one session's requests for history and its searches. Belongs to the session's event loop.
 */
final class Pages {

  private static final Logger log = LoggerFactory.getLogger(Pages.class);

  private final ReadGate reads;
  private final Search search;
  private final Executor loop;
  private final Replies replies;
  private final Runnable answered;
  private final Consumer<@Nullable Throwable> failed;
  private final int maxBytes;

  /** What is being read: the request's {@code q}, and the rooms that it is about. */
  private record Running(String q, List<Place> places) {}

  /** By request: a client may use one {@code q} for two equal ones. */
  private final IdentityHashMap<Object, Running> running = new IdentityHashMap<>(2);

  /**
   * @param answered called behind each answer
   * @param failed gets the defect for which nothing could be read
   */
  Pages(
      Shared shared,
      Wire wire,
      Replies replies,
      Runnable answered,
      Consumer<@Nullable Throwable> failed) {
    this.reads = shared.reads();
    this.search = shared.search();
    this.loop = wire::execute;
    this.replies = replies;
    this.answered = answered;
    this.failed = failed;
    this.maxBytes = ObjectSize.maxListBytes(shared.terms().limits());
  }

  int running() {
    return running.size();
  }

  /** Nobody waits for an answer any more. */
  void forget() {
    running.clear();
  }

  /** The server stops: whoever waits is told to ask again. */
  void giveUp() {
    List<Running> waiting = List.copyOf(running.values());
    running.clear();
    waiting.forEach(
        asked -> replies.refuse(asked.q(), Code.UNAVAILABLE, "The server is about to stop."));
  }

  /** What waits for pages of a room that the session was put out of is told so. */
  void giveUp(Place place) {
    for (Map.Entry<Object, Running> one : List.copyOf(running.entrySet())) {
      if (one.getValue().places().contains(place)) {
        end(one.getKey());
        replies.refuse(one.getValue().q(), Code.NOT_JOINED, "You were removed from this room.");
      }
    }
  }

  // ---- history

  /** Answers a request for history. */
  void history(Place place, FromClient.History asked) {
    begin(asked, asked.q(), List.of(place));
    Reader reader = reader(place, asked);
    long newest = place.presence().newest().seq();
    long seq = Math.min(asked.seq(), newest + 1);
    int limit = asked.limit();
    Fitting page = new Fitting(place, asked);
    switch (asked.side()) {
      case BEFORE ->
          reader.between(
              Math.max(0, seq - 1 - limit),
              seq,
              page::takeNewest,
              () -> before(place, asked, seq, page));
      case AFTER -> {
        // The nearest that is kept; beyond the newest, nothing, also where more is said meanwhile.
        long from = Math.max(asked.seq(), place.presence().oldest() - 1);
        reader.between(
            from, from + 1 + limit, page::takeOldest, () -> after(place, asked, page, newest));
      }
      case AROUND ->
          reader.between(
              Math.max(0, seq - 1 - limit / 2),
              seq + (limit + 1) / 2,
              page::takeNearest,
              () -> around(place, asked, page));
    }
  }

  /** The rooms are not left before they have answered. */
  private void begin(Object request, String q, List<Place> places) {
    running.put(request, new Running(q, places));
    places.forEach(Place::pageBegins);
  }

  private Reader reader(Place place, Object request) {
    return new Reader(
        place,
        reads,
        loop,
        () -> running.containsKey(request),
        failure -> {
          Running asked = running.get(request);
          if (asked == null || !end(request)) {
            return;
          }
          if (ReadGate.isTrouble(failure)) {
            String text = "These messages cannot be read for now, try again later.";
            replies.refuse(asked.q(), Code.UNAVAILABLE, text);
            answered.run();
          } else {
            failed.accept(failure);
          }
        });
  }

  /** Ends a request; false if it was given up. */
  private boolean end(Object request) {
    Running asked = running.remove(request);
    if (asked != null) {
      asked.places().forEach(Place::pageEnds);
    }
    return asked != null;
  }

  /**
   * @param seq what was asked for, or where the order ends
   */
  private void before(Place place, FromClient.History asked, long seq, Fitting fitting) {
    List<Entry> page = fitting.entries();
    long first = page.isEmpty() ? seq : page.get(0).seq();
    boolean more = first > place.presence().oldest() && !page.isEmpty();
    boolean lost = !more && first > 1 && page.size() < asked.limit();
    answer(place, asked, page, !lost, more ? first : null);
  }

  private void after(Place place, FromClient.History asked, Fitting fitting, long newest) {
    List<Entry> page = fitting.entries();
    long last = page.isEmpty() ? asked.seq() : page.get(page.size() - 1).seq();
    boolean lost = !page.isEmpty() && page.get(0).seq() > asked.seq() + 1;
    lost |= page.isEmpty() && asked.seq() < newest;
    answer(place, asked, page, !lost, last < newest && !page.isEmpty() ? last : null);
  }

  private void around(Place place, FromClient.History asked, Fitting fitting) {
    List<Entry> page = fitting.entries();
    boolean lost = page.isEmpty() ? asked.seq() > 0 : page.get(0).seq() > asked.seq();
    answer(place, asked, page, !lost, null);
  }

  private void answer(
      Place place,
      FromClient.History asked,
      List<Entry> page,
      boolean complete,
      @Nullable Long next) {
    if (end(asked)) {
      replies.say(
          new FromServer.Page(asked.q(), place.room(), place.epoch(), page, complete, next));
      answered.run();
    }
  }

  /** The entries of a page while they are read: never more than fit into one object. */
  private final class Fitting {

    private final Place place;
    private final FromClient.History asked;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long bytes;

    Fitting(Place place, FromClient.History asked) {
      this.place = place;
      this.asked = asked;
    }

    List<Entry> entries() {
      return List.copyOf(entries);
    }

    private Entry add(Message message) {
      Entry entry = (Entry) Encoder.entry(place.room(), message);
      entries.addLast(entry);
      bytes += bytesOf(entry);
      return entry;
    }

    /** The log may have forgotten what stood between two reads. */
    private boolean hasHoleBefore(Message message) {
      return !entries.isEmpty() && message.seq() != entries.getLast().seq() + 1;
    }

    private void clear() {
      entries.clear();
      bytes = 0;
    }

    private boolean isTooMuch() {
      return bytes > maxBytes && entries.size() > 1;
    }

    boolean takeNewest(Message message) {
      if (hasHoleBefore(message)) {
        clear();
      }
      add(message);
      while (isTooMuch()) {
        bytes -= bytesOf(entries.removeFirst());
      }
      return true;
    }

    boolean takeOldest(Message message) {
      if (hasHoleBefore(message)) {
        return false;
      }
      add(message);
      if (isTooMuch()) {
        bytes -= bytesOf(entries.removeLast());
        return false;
      }
      return true;
    }

    boolean takeNearest(Message message) {
      if (hasHoleBefore(message)) {
        if (message.seq() > asked.seq()) {
          return false;
        }
        clear();
      }
      Entry last = add(message);
      while (isTooMuch() && entries.getFirst().seq() < asked.seq()) {
        bytes -= bytesOf(entries.removeFirst());
      }
      if (isTooMuch()) {
        bytes -= bytesOf(last);
        entries.removeLast();
        return false;
      }
      return true;
    }
  }

  private static int bytesOf(Entry entry) {
    ByteBuf scratch = Unpooled.buffer();
    SessionJson.write((FromServer) entry, scratch);
    int bytes = scratch.writerIndex();
    scratch.release();
    return bytes + 1; // and a comma
  }

  // ---- one message

  /**
   * Reads what stands at one number, for a request that it does not answer itself.
   *
   * @param found gets it; null if the log does not keep it
   */
  void one(Place place, FromClient.Delete asked, Consumer<@Nullable Message> found) {
    begin(asked, asked.q(), List.of(place));
    List<Message> read = new ArrayList<>(1);
    reader(place, asked)
        .between(
            asked.seq() - 1,
            asked.seq() + 1,
            read::add,
            () -> {
              if (end(asked)) {
                found.accept(read.isEmpty() ? null : read.get(0));
                answered.run();
              }
            });
  }

  // ---- search

  /** Answers a search. */
  void search(List<Place> places, FromClient.Search asked) {
    begin(asked, asked.q(), places);
    Map<String, Place> byKey = new HashMap<>();
    Map<String, String> keys = new HashMap<>();
    for (Place place : places) {
      byKey.put(place.key(), place);
      keys.put(place.room().key(), place.key());
    }
    Wanted wanted =
        new Wanted(
            Query.of(asked.query()).in(room -> keys.getOrDefault(room, room)),
            places.stream().<Searched>map(place -> new SearchedPlace(place, asked)).toList(),
            asked.room() != null,
            asked.before(),
            asked.limit(),
            maxBytes);
    search
        .find(wanted)
        .whenComplete((found, failure) -> onLoop(() -> answer(byKey, asked, found, failure)));
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // the server has ended, and the session with it
    }
  }

  private void answer(
      Map<String, Place> places,
      FromClient.Search asked,
      @Nullable Found found,
      @Nullable Throwable failure) {
    if (!end(asked)) {
      return;
    }
    if (found == null) {
      log.debug("a search has failed", failure);
      replies.refuse(
          asked.q(), Code.UNAVAILABLE, "Messages cannot be searched for now, try again later.");
    } else {
      Place one = asked.room() == null ? null : places.values().iterator().next();
      replies.say(page(places, asked, one, found));
    }
    answered.run();
  }

  /** As many hits as fit into one object, the oldest first. */
  private FromServer.Page page(
      Map<String, Place> places, FromClient.Search asked, @Nullable Place one, Found found) {
    List<Entry> entries = new ArrayList<>();
    Long next = found.next();
    Long behind = null;
    long bytes = 0;
    for (Hit hit : found.hits()) {
      Place place = places.get(hit.room());
      if (place != null) {
        Entry entry = (Entry) Encoder.entry(place.room(), hit.message());
        bytes += bytesOf(entry);
        if (bytes > maxBytes && behind != null) {
          next = behind;
          break;
        }
        entries.add(entry);
        behind = hit.before();
      }
    }
    Collections.reverse(entries);
    return new FromServer.Page(
        asked.q(),
        one == null ? null : one.room(),
        one == null ? null : one.epoch(),
        entries,
        found.complete(),
        next);
  }

  /** A room while it is searched: each read waits its turn among those of all sessions. */
  private final class SearchedPlace implements Searched {

    private final Place place;
    private final Object request;
    private final Position newest;

    SearchedPlace(Place place, Object request) {
      this.place = place;
      this.request = request;
      this.newest = place.presence().newest();
    }

    @Override
    public String key() {
      return place.key();
    }

    @Override
    public Position newest() {
      return newest;
    }

    @Override
    public long oldest() {
      return place.presence().oldest();
    }

    @Override
    public CompletionStage<Slice> read(Position after, int limit) {
      CompletableFuture<Slice> read = new CompletableFuture<>();
      if (!running.containsKey(request)) {
        read.cancel(false); // nobody waits for it
        return read;
      }
      reads.read(
          () -> place.presence().read(after, limit),
          loop,
          (slice, failure) -> {
            if (slice == null) {
              read.completeExceptionally(
                  failure == null ? new IllegalStateException("nothing was read") : failure);
            } else {
              read.complete(slice);
            }
          });
      return read;
    }
  }
}
