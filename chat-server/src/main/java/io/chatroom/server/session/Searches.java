package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import io.chatroom.server.search.Found;
import io.chatroom.server.search.Hit;
import io.chatroom.server.search.Query;
import io.chatroom.server.search.Search;
import io.chatroom.server.search.Searched;
import io.chatroom.server.search.Wanted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers one session's searches. Belongs to the session's event loop. */
final class Searches {

  private static final Logger log = LoggerFactory.getLogger(Searches.class);

  private final ReadGate reads;
  private final Search search;
  private final Executor loop;
  private final Replies replies;
  private final PageRequests requests;
  private final Runnable answered;
  private final int maxBytes;

  /**
   * @param requests where each search is registered until it is answered
   * @param answered called after each answer
   */
  Searches(Shared shared, Wire wire, Replies replies, PageRequests requests, Runnable answered) {
    this.reads = shared.reads();
    this.search = shared.search();
    this.loop = wire::execute;
    this.replies = replies;
    this.requests = requests;
    this.answered = answered;
    this.maxBytes = ObjectSize.maxListBytes(shared.terms().limits());
  }

  /**
   * Answers a search.
   *
   * @param places the rooms to search
   */
  void search(List<Place> places, FromClient.Search asked) {
    requests.begin(asked, asked.q(), places);
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
      // the server has stopped, and the session has ended with it
    }
  }

  private void answer(
      Map<String, Place> places,
      FromClient.Search asked,
      @Nullable Found found,
      @Nullable Throwable failure) {
    if (!requests.end(asked)) {
      return;
    }
    if (found == null) {
      log.debug("a search has failed", failure);
      replies.refuse(
          asked.q(), Code.UNAVAILABLE, "Messages cannot be searched for now, try again later.");
    } else {
      Place one = asked.room() == null ? null : places.values().iterator().next();
      replies.send(page(places, asked, one, found));
    }
    answered.run();
  }

  /** A page with as many hits as fit into one object, oldest first. */
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
        bytes += ObjectSize.of(entry);
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

  /** One room of a search. Each of its reads waits its turn among the reads of all sessions. */
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
      if (!requests.isRunning(request)) {
        read.cancel(false); // the search was given up
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
