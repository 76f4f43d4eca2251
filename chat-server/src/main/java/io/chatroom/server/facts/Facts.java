package io.chatroom.server.facts;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Keeps facts. Every kind of it has the same contract, which {@code FactsContract} tests.
 * Thread-safe.
 */
public interface Facts {

  /**
   * Reads facts of one kind, in the order of their keys (by code point). May block: not for event
   * loops.
   *
   * @param after only those with a greater key; empty for all
   * @param limit how many at most, from 1 on
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  List<Fact> read(String kind, String after, int limit) throws IOException;

  /**
   * Remembers facts, all of them or none. A later fact replaces an earlier one with the same kind
   * and key. Changes take effect in the order in which they were asked for.
   *
   * @return completed, on any thread, when they are as safe as this server makes them; with an
   *     {@link IOException} whose message is one sentence for people if they were not kept
   */
  CompletionStage<Void> change(List<Fact> changes);
}
