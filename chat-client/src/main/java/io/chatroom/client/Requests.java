package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The requests that await their answers on one connection. */
final class Requests {

  /** More than any program needs at once; the server has its own limit. */
  static final int MAX_WAITING = 200;

  /** A request, with the type of its answer and the future for it. */
  record Asked(
      FromClient request,
      Class<? extends FromServer> expected,
      CompletableFuture<FromServer> answer) {}

  private record AskedRead(FromClient.Read read, CompletableFuture<FromServer.Read> marked) {}

  private final Map<String, Asked> waiting = new LinkedHashMap<>();
  private final List<AskedRead> reads = new ArrayList<>();
  private long count;

  /** The {@code q} for the next request. */
  String nextQ() {
    return "q" + ++count;
  }

  boolean isFull() {
    return waiting.size() >= MAX_WAITING;
  }

  int size() {
    return waiting.size();
  }

  void add(String q, Asked asked) {
    waiting.put(q, asked);
  }

  @Nullable Asked get(@Nullable String q) {
    return q == null ? null : waiting.get(q);
  }

  void answer(String q, FromServer answer) throws RuleBrokenException {
    Asked asked = waiting.get(q);
    RuleBrokenException.check(
        asked != null && asked.expected.isInstance(answer),
        answer.type() + " comes with the q " + VisibleText.of(q) + ", which did not ask for it");
    if (asked != null) {
      waiting.remove(q);
      asked.answer.complete(answer);
    }
  }

  void fail(String q, ChatException reason) {
    Asked asked = waiting.remove(q);
    if (asked != null) {
      asked.answer.completeExceptionally(reason);
    }
  }

  /**
   * Completes a topic, a deletion or a moderation, whose answer is an ordinary event without a q.
   */
  void answerEvent(FromServer.Event event, String ownName) {
    if (!event.by().equals(ownName)) {
      return;
    }
    for (Map.Entry<String, Asked> entry : waiting.entrySet()) {
      Asked asked = entry.getValue();
      if (isAnswer(event, asked.request)) { // the oldest that fits
        waiting.remove(entry.getKey());
        asked.answer.complete(event);
        return;
      }
    }
  }

  private static boolean isAnswer(FromServer.Event event, FromClient request) {
    String text = event.text() == null ? "" : event.text();
    if (request instanceof FromClient.Topic topic) {
      return event.kind().equals(FromServer.Event.TOPIC)
          && topic.room().equals(event.room())
          && topic.text().equals(text);
    }
    if (request instanceof FromClient.Delete deletion) {
      return event.kind().equals(FromServer.Event.DELETED)
          && deletion.room().equals(event.room())
          && Long.valueOf(deletion.seq()).equals(event.targetSeq());
    }
    if (request instanceof FromClient.Moderate act) {
      return event.kind().equals(FromServer.Event.MODERATED)
          && act.room() != null
          && act.room().equals(event.room())
          && (text + " ").startsWith(act.action().text() + " ")
          && (event.target() == null // an address is not published
              || (act.target() != null
                  && NameKey.of(event.target()).equals(NameKey.of(act.target()))));
    }
    return false;
  }

  // Read marks: requests without a q.

  /** Waits for a read mark at this number or beyond. */
  boolean addRead(FromClient.Read read, CompletableFuture<FromServer.Read> marked) {
    if (reads.size() >= MAX_WAITING) {
      return false;
    }
    reads.add(new AskedRead(read, marked));
    return true;
  }

  void answerRead(FromServer.Read mark) {
    List<AskedRead> all = List.copyOf(reads);
    for (AskedRead asked : all) {
      if (asked.read.room().equals(mark.room()) && mark.seq() >= asked.read.seq()) {
        reads.remove(asked);
        asked.marked.complete(mark);
      }
    }
  }

  /** Fails the oldest request for a read mark in a room; false if there is none. */
  boolean failRead(RoomName room, ChatException reason) {
    for (AskedRead asked : reads) {
      if (asked.read.room().equals(room)) {
        reads.remove(asked);
        asked.marked.completeExceptionally(reason);
        return true;
      }
    }
    return false;
  }

  /** Fails all requests: none will be answered. */
  void failAll(ChatException reason) {
    List<Asked> all = new ArrayList<>(waiting.values());
    waiting.clear();
    all.forEach(asked -> asked.answer.completeExceptionally(reason));
    List<AskedRead> marks = new ArrayList<>(reads);
    reads.clear();
    marks.forEach(asked -> asked.marked.completeExceptionally(reason));
  }
}
