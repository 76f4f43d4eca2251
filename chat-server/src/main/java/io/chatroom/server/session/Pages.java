package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.server.log.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers one session's requests for history, and reads single messages for its other requests.
 * Belongs to the session's event loop.
 */
final class Pages {

  private final ReadGate reads;
  private final Executor loop;
  private final Replies replies;
  private final PageRequests requests;
  private final Runnable answered;
  private final Consumer<@Nullable Throwable> failed;
  private final int maxBytes;

  /**
   * @param requests where each request is registered until it is answered
   * @param answered called after each answer
   * @param failed receives the defect that made a read impossible
   */
  Pages(
      Shared shared,
      Wire wire,
      Replies replies,
      PageRequests requests,
      Runnable answered,
      Consumer<@Nullable Throwable> failed) {
    this.reads = shared.reads();
    this.loop = wire::execute;
    this.replies = replies;
    this.requests = requests;
    this.answered = answered;
    this.failed = failed;
    this.maxBytes = ObjectSize.maxListBytes(shared.terms().limits());
  }

  /** Answers a request for history. */
  void history(Place place, FromClient.History asked) {
    requests.begin(asked, asked.q(), List.of(place));
    Reader reader = reader(place, asked, asked.q());
    long newest = place.presence().newest().seq();
    long seq = Math.min(asked.seq(), newest + 1);
    int limit = asked.limit();
    PageEntries page = new PageEntries(place.room(), maxBytes);
    switch (asked.side()) {
      case BEFORE ->
          reader.between(
              Math.max(0, seq - 1 - limit),
              seq,
              page::takeNewest,
              () -> before(place, asked, seq, page.list()));
      case AFTER -> {
        // Begins with the oldest kept message. Beyond the newest it reads nothing, even if more
        // messages arrive meanwhile.
        long from = Math.max(asked.seq(), place.presence().oldest() - 1);
        reader.between(
            from,
            from + 1 + limit,
            page::takeOldest,
            () -> after(place, asked, page.list(), newest));
      }
      case AROUND ->
          reader.between(
              Math.max(0, seq - 1 - limit / 2),
              seq + (limit + 1) / 2,
              message -> page.takeNearest(message, asked.seq()),
              () -> around(place, asked, page.list()));
    }
  }

  private Reader reader(Place place, Object request, String q) {
    return new Reader(
        place,
        reads,
        loop,
        () -> requests.isRunning(request),
        failure -> {
          if (!requests.end(request)) {
            return;
          }
          if (ReadGate.isTrouble(failure)) {
            String text = "These messages cannot be read for now, try again later.";
            replies.refuse(q, Code.UNAVAILABLE, text);
            answered.run();
          } else {
            failed.accept(failure);
          }
        });
  }

  /**
   * @param seq the requested sequence number, at most one beyond the newest message
   */
  private void before(Place place, FromClient.History asked, long seq, List<Entry> page) {
    long first = page.isEmpty() ? seq : page.get(0).seq();
    boolean more = first > place.presence().oldest() && !page.isEmpty();
    boolean lost = !more && first > 1 && page.size() < asked.limit();
    answer(place, asked, page, !lost, more ? first : null);
  }

  private void after(Place place, FromClient.History asked, List<Entry> page, long newest) {
    long last = page.isEmpty() ? asked.seq() : page.get(page.size() - 1).seq();
    boolean lost = !page.isEmpty() && page.get(0).seq() > asked.seq() + 1;
    lost |= page.isEmpty() && asked.seq() < newest;
    answer(place, asked, page, !lost, last < newest && !page.isEmpty() ? last : null);
  }

  private void around(Place place, FromClient.History asked, List<Entry> page) {
    boolean lost = page.isEmpty() ? asked.seq() > 0 : page.get(0).seq() > asked.seq();
    answer(place, asked, page, !lost, null);
  }

  private void answer(
      Place place,
      FromClient.History asked,
      List<Entry> page,
      boolean complete,
      @Nullable Long next) {
    if (requests.end(asked)) {
      replies.send(
          new FromServer.Page(asked.q(), place.room(), place.epoch(), page, complete, next));
      answered.run();
    }
  }

  /**
   * Reads the message that a deletion names; the caller answers the deletion.
   *
   * @param found receives the message; null if the log does not keep it
   */
  void one(Place place, FromClient.Delete asked, Consumer<@Nullable Message> found) {
    requests.begin(asked, asked.q(), List.of(place));
    List<Message> read = new ArrayList<>(1);
    reader(place, asked, asked.q())
        .between(
            asked.seq() - 1,
            asked.seq() + 1,
            read::add,
            () -> {
              if (requests.end(asked)) {
                found.accept(read.isEmpty() ? null : read.get(0));
                answered.run();
              }
            });
  }
}
