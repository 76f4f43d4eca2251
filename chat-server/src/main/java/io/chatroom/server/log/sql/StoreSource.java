package io.chatroom.server.log.sql;

import io.chatroom.server.facts.Fact;
import java.io.IOException;

/**
 * The source of a copy: a consistent snapshot of a store that no server can change before this is
 * closed. The messages of exceptions are one sentence for people.
 */
public interface StoreSource extends AutoCloseable {

  /** Receives elements one by one. */
  @FunctionalInterface
  interface Taker<T> {

    /** Receives an element. */
    void take(T one) throws IOException;
  }

  /** The name of the store, for people. */
  String shown();

  /**
   * Checks and counts all of the content, which may take minutes.
   *
   * @throws IOException also if the store is damaged
   */
  StoreCount check() throws IOException;

  /** Passes on all rooms that have messages. */
  void rooms(Taker<CopiedRoom> taker) throws IOException;

  /** Passes on all messages and events, ordered by number. */
  void messages(Taker<CopiedMessage> taker) throws IOException;

  /** Passes on all facts that are not deleted. */
  void facts(Taker<Fact> taker) throws IOException;

  /**
   * Called when the copy is complete.
   *
   * @param to the name of the new store, for people
   * @return one sentence for people on what happens to this store
   */
  String moved(String to) throws IOException;

  @Override
  void close() throws IOException;
}
