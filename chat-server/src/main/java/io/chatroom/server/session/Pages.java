package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.log.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers one session's requests for history and its searches. Belongs to the session's event loop.
 */
final class Pages {

  /** A search that has looked at this number of messages of a room gives up. */
  private static final int SCANNED = 20_000;

  /** How many messages a search looks at before it decides how to go on. */
  private static final int SCAN_STEP = 50;

  /** What a page has besides its entries, at most, with a long {@code q} and room. */
  private static final int PAGE_BYTES = 1_024;

  private final ReadGate reads;
  private final Executor loop;
  private final Replies replies;
  private final Runnable answered;
  private final Consumer<@Nullable Throwable> failed;
  private final int maxBytes;

  /** By request, what it was asked with: a client may use one {@code q} for two equal ones. */
  private final IdentityHashMap<Object, String> running = new IdentityHashMap<>(2);

  /**
   * @param answered called behind each answer
   * @param failed gets why nothing could be read
   */
  Pages(
      Shared shared,
      Wire wire,
      Replies replies,
      Runnable answered,
      Consumer<@Nullable Throwable> failed) {
    this.reads = shared.reads();
    this.loop = wire::execute;
    this.replies = replies;
    this.answered = answered;
    this.failed = failed;
    int longest = SessionLimits.FRAME_FACTOR * shared.terms().limits().maxMessageBytes();
    this.maxBytes = longest - PAGE_BYTES;
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
    List<String> waiting = List.copyOf(running.values());
    running.clear();
    waiting.forEach(q -> replies.refuse(q, Code.UNAVAILABLE, "The server is about to stop."));
  }

  // ---- history

  /** Answers a request for history. */
  void history(Place place, FromClient.History asked) {
    Reader reader = reader(place, asked, asked.q());
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
              () -> before(place, asked, page));
      case AFTER -> {
        long from = Math.max(seq, place.presence().oldest() - 1); // the nearest that is kept
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

  private Reader reader(Place place, Object request, String q) {
    running.put(request, q);
    return reader(place, request);
  }

  private Reader reader(Place place, Object request) {
    return new Reader(
        place,
        reads,
        loop,
        () -> running.containsKey(request),
        failure -> {
          if (end(request)) {
            failed.accept(failure);
          }
        });
  }

  /** Ends a request; false if it was given up. */
  private boolean end(Object request) {
    return running.remove(request) != null;
  }

  private void before(Place place, FromClient.History asked, Fitting fitting) {
    List<Entry> page = fitting.entries();
    long first = page.isEmpty() ? asked.seq() : page.get(0).seq();
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

  // ---- search

  /** Answers a search: all words of the query stand in the text, in any case. */
  void search(List<Place> places, FromClient.Search asked) {
    new Scan(places, asked).begin();
  }

  /** One search, room after room, each from its newest message backwards. */
  private final class Scan {

    private final List<Place> places;
    private final FromClient.Search asked;
    private final List<String> words;

    /** The newest first; never many more than a page takes. */
    private final List<Entry> found = new ArrayList<>();

    private boolean more;
    private boolean gaveUp;

    Scan(List<Place> places, FromClient.Search asked) {
      this.places = places;
      this.asked = asked;
      this.words = List.of(asked.query().strip().toLowerCase(Locale.ROOT).split("\\s+", -1));
    }

    private boolean inOneRoom() {
      return asked.room() != null;
    }

    void begin() {
      running.put(this, asked.q());
      scan(0);
    }

    private void scan(int index) {
      if (index == places.size()) {
        answer();
        return;
      }
      Place place = places.get(index);
      long newest = place.presence().newest().seq();
      long before =
          inOneRoom() && asked.before() != null ? Math.min(newest + 1, asked.before()) : newest + 1;
      back(
          reader(place, this),
          before,
          SCANNED,
          new Hits(place),
          hits -> {
            found.addAll(hits.entries);
            trim();
            scan(index + 1);
          });
    }

    /** Looks further back, until there are enough or nothing is left. */
    private void back(Reader reader, long before, int left, Hits hits, Consumer<Hits> done) {
      if (hits.areEnough() || before <= reader.place().presence().oldest()) {
        done.accept(hits);
        return;
      }
      if (left <= 0) {
        gaveUp = true;
        done.accept(hits);
        return;
      }
      long after = Math.max(0, before - 1 - SCAN_STEP);
      reader.between(
          after,
          before,
          hits::look,
          () -> {
            hits.endStep();
            back(reader, after + 1, left - SCAN_STEP, hits, done);
          });
    }

    /** What is found in one room. */
    private final class Hits {

      private final Place place;
      private final List<Entry> entries = new ArrayList<>();
      private final List<Entry> step = new ArrayList<>();
      private long bytes;

      Hits(Place place) {
        this.place = place;
      }

      boolean look(Message message) {
        if (matches(message)) {
          step.add((Entry) Encoder.entry(place.room(), message));
        }
        return true;
      }

      /** Steps go backwards, and each is read forwards. */
      void endStep() {
        for (int i = step.size() - 1; i >= 0 && !areEnough(); i--) {
          entries.add(step.get(i));
          bytes += bytesOf(step.get(i));
        }
        step.clear();
      }

      boolean areEnough() {
        return entries.size() > asked.limit() || bytes > maxBytes;
      }
    }

    private boolean matches(Message message) {
      if (!inOneRoom() && asked.before() != null && message.atMillis() >= asked.before()) {
        return false;
      }
      String text = message.text().toLowerCase(Locale.ROOT);
      return words.stream().allMatch(text::contains);
    }

    /** Numbers of several rooms say nothing about each other; times do. */
    private Comparator<Entry> order() {
      return inOneRoom() ? Comparator.comparing(Entry::seq) : Comparator.comparing(Entry::at);
    }

    /** Leaves the newest that fit into a page. */
    private void trim() {
      found.sort(order().reversed());
      int fit = 0;
      long bytes = 0;
      while (fit < found.size() && fit < asked.limit()) {
        bytes += bytesOf(found.get(fit));
        if (bytes > maxBytes && fit > 0) {
          break;
        }
        fit++;
      }
      more |= fit < found.size();
      found.subList(fit, found.size()).clear();
    }

    private void answer() {
      if (!end(this)) {
        return;
      }
      Long next = null;
      if (more) {
        Entry last = found.get(found.size() - 1);
        next = inOneRoom() ? last.seq() : (Long) last.at();
      }
      found.sort(order());
      Place place = inOneRoom() ? places.get(0) : null;
      replies.say(
          new FromServer.Page(
              asked.q(),
              place == null ? null : place.room(),
              place == null ? null : place.epoch(),
              found,
              !gaveUp,
              next));
      answered.run();
    }
  }
}
