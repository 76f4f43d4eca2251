package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The requests with a {@code q} that wait for their answers on one connection. */
final class Requests {

  /** More than any program has a use for at once; a server says how many it takes. */
  static final int MAX_WAITING = 200;

  /** What was asked, and who waits for which answer. */
  record Asked(
      FromClient request,
      Class<? extends FromServer> expected,
      CompletableFuture<FromServer> answer) {}

  private final Map<String, Asked> waiting = new LinkedHashMap<>();
  private long count;

  /** A mark for the next request. */
  String nextQ() {
    return "q" + ++count;
  }

  boolean isFull() {
    return waiting.size() >= MAX_WAITING;
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

  /** The answer to a topic has no q: it is an event like any other. */
  void answerTopic(FromServer.Event event, String ownName) {
    if (!event.kind().equals(FromServer.Event.TOPIC) || !event.by().equals(ownName)) {
      return;
    }
    String text = event.text() == null ? "" : event.text();
    for (Map.Entry<String, Asked> entry : waiting.entrySet()) {
      if (entry.getValue().request instanceof FromClient.Topic topic
          && topic.room().equals(event.room())
          && topic.text().equals(text)) {
        Asked asked = entry.getValue();
        waiting.remove(entry.getKey());
        asked.answer.complete(event);
        return;
      }
    }
  }

  /** None of them will be answered. */
  void failAll(ChatException reason) {
    List<Asked> all = new ArrayList<>(waiting.values());
    waiting.clear();
    all.forEach(asked -> asked.answer.completeExceptionally(reason));
  }
}
