package io.chatroom.server.log.sql;

import io.chatroom.server.facts.Fact;
import java.io.IOException;

/**
 * A store that is copied, as it is at one moment: no server changes it before this is closed. What
 * it throws has one sentence for people.
 */
public interface StoreSource extends AutoCloseable {

  /** Gets one thing after the other. */
  @FunctionalInterface
  interface Taker<T> {

    /** Takes the next. */
    void take(T one) throws IOException;
  }

  /** What it is called, for people. */
  String shown();

  /**
   * How much there is. The first time it looks at all of it, which may take minutes.
   *
   * @throws IOException also if it is damaged
   */
  StoreCount count() throws IOException;

  /** All rooms that keep something. */
  void rooms(Taker<CopiedRoom> taker) throws IOException;

  /** All messages and events, in the order of their numbers. */
  void messages(Taker<CopiedMessage> taker) throws IOException;

  /** All facts that hold. */
  void facts(Taker<Fact> taker) throws IOException;

  /**
   * All of it is safe somewhere else.
   *
   * @param to where, for people
   * @return what becomes of this store, in one sentence
   */
  String moved(String to) throws IOException;

  @Override
  void close() throws IOException;
}
