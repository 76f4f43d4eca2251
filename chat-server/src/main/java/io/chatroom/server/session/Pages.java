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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers one session's requests for history and its searches. Belongs to the session's event loop.
 */
final class Pages {

  /** A search that has looked at this number of messages of a room gives up. */
  private static final int SCANNED = 20_000;

  /** How many messages a search looks at before it decides how to go on. */
  private static final int SCAN_STEP = 200;

  /** What a page has besides its entries, at most, with a long {@code q} and room. */
  private static final int PAGE_BYTES = 1_024;

  private final Session session;
  private final ReadGate reads;
  private final int maxBytes;

  /** By request, what it was asked with. */
  private final Map<Object, String> running = new HashMap<>(2);

  Pages(Session session, ReadGate reads, Terms terms) {
    this.session = session;
    this.reads = reads;
    this.maxBytes = SessionLimits.FRAME_FACTOR * terms.limits().maxMessageBytes() - PAGE_BYTES;
  }

  int running() {
    return running.size();
  }

  /** The server stops: whoever waits is told to ask again. */
  void giveUp() {
    List<String> waiting = List.copyOf(running.values());
    running.clear();
    waiting.forEach(q -> session.refuse(q, Code.UNAVAILABLE, "The server is about to stop."));
  }

  // ---- history

  /** Answers a request for history. */
  void history(Place place, FromClient.History asked) {
    Reader reader = reader(place, asked, asked.q());
    long newest = place.presence().newest().seq();
    long seq = Math.min(asked.seq(), newest + 1);
    int limit = asked.limit();
    switch (asked.side()) {
      case BEFORE ->
          reader.between(Math.max(0, seq - 1 - limit), seq, found -> before(place, asked, found));
      case AFTER ->
          reader.between(seq, seq + 1 + limit, found -> after(place, asked, found, newest));
      case AROUND ->
          reader.between(
              Math.max(0, seq - 1 - limit / 2),
              seq + (limit + 1) / 2,
              found -> around(place, asked, found));
    }
  }

  private Reader reader(Place place, Object request, String q) {
    running.put(request, q);
    return new Reader(
        place,
        reads,
        failure -> {
          if (end(request)) {
            session.failed(failure);
          }
        });
  }

  /** Ends a request; false if it was given up. */
  private boolean end(Object request) {
    return running.remove(request) != null;
  }

  private void before(Place place, FromClient.History asked, List<Message> found) {
    List<Entry> entries = entries(place, found);
    int cut = 0;
    long bytes = 0;
    for (int i = entries.size() - 1; i >= 0; i--) {
      bytes += bytesOf(entries.get(i));
      if (bytes > maxBytes && i < entries.size() - 1) {
        cut = i + 1;
        break;
      }
    }
    List<Entry> page = entries.subList(cut, entries.size());
    long first = page.isEmpty() ? asked.seq() : page.get(0).seq();
    boolean more = first > place.presence().oldest() && !page.isEmpty();
    boolean lost = !more && first > 1 && page.size() < asked.limit();
    answer(place, asked, page, !lost, more ? first : null);
  }

  private void after(Place place, FromClient.History asked, List<Message> found, long newest) {
    List<Entry> page = fitting(entries(place, found));
    long last = page.isEmpty() ? asked.seq() : page.get(page.size() - 1).seq();
    boolean lost = !page.isEmpty() && page.get(0).seq() > asked.seq() + 1;
    lost |= page.isEmpty() && asked.seq() < newest;
    answer(place, asked, page, !lost, last < newest && !page.isEmpty() ? last : null);
  }

  private void around(Place place, FromClient.History asked, List<Message> found) {
    List<Entry> page = fitting(entries(place, found));
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
      session.say(
          new FromServer.Page(asked.q(), place.room(), place.epoch(), page, complete, next));
      session.goOn();
    }
  }

  private static List<Entry> entries(Place place, List<Message> found) {
    List<Entry> entries = new ArrayList<>(found.size());
    for (Message message : found) {
      entries.add((Entry) Encoder.entry(place.room(), message));
    }
    return entries;
  }

  /** The first of them, as many as fit into one object. */
  private List<Entry> fitting(List<Entry> entries) {
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      bytes += bytesOf(entries.get(i));
      if (bytes > maxBytes && i > 0) {
        return entries.subList(0, i);
      }
    }
    return entries;
  }

  private static int bytesOf(Entry entry) {
    ByteBuf scratch = Unpooled.buffer();
    SessionJson.write((FromServer) entry, scratch);
    return scratch.writerIndex() + 1; // and a comma
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
    private final List<Entry> found = new ArrayList<>();
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
      Reader reader =
          new Reader(
              place,
              reads,
              failure -> {
                if (end(this)) {
                  session.failed(failure);
                }
              });
      long newest = place.presence().newest().seq();
      long before =
          inOneRoom() && asked.before() != null ? Math.min(newest + 1, asked.before()) : newest + 1;
      back(
          reader,
          before,
          SCANNED,
          new ArrayList<>(),
          hits -> {
            found.addAll(hits);
            scan(index + 1);
          });
    }

    /** Looks further back, until there are enough or nothing is left. */
    private void back(
        Reader reader, long before, int left, List<Entry> hits, Consumer<List<Entry>> done) {
      if (hits.size() > asked.limit() || before <= reader.place().presence().oldest()) {
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
          messages -> {
            for (int i = messages.size() - 1; i >= 0; i--) {
              if (matches(messages.get(i))) {
                hits.add((Entry) Encoder.entry(reader.place().room(), messages.get(i)));
              }
            }
            back(reader, after + 1, left - SCAN_STEP, hits, done);
          });
    }

    private boolean matches(Message message) {
      if (!inOneRoom() && asked.before() != null && message.atMillis() >= asked.before()) {
        return false;
      }
      String text = message.text().toLowerCase(Locale.ROOT);
      return words.stream().allMatch(text::contains);
    }

    private void answer() {
      if (!end(this)) {
        return;
      }
      // Numbers of several rooms say nothing about each other; times do.
      Comparator<Entry> order =
          inOneRoom() ? Comparator.comparing(Entry::seq) : Comparator.comparing(Entry::at);
      found.sort(order.reversed());
      List<Entry> newest = fitting(found.subList(0, Math.min(asked.limit(), found.size())));
      boolean more = newest.size() < found.size();
      Long next = null;
      if (more) {
        Entry last = newest.get(newest.size() - 1);
        next = inOneRoom() ? last.seq() : (Long) last.at();
      }
      List<Entry> page = new ArrayList<>(newest);
      page.sort(order);
      session.say(new FromServer.Page(asked.q(), asked.room(), null, page, !gaveUp, next));
      session.goOn();
    }
  }
}
