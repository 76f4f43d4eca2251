package io.chatroom.server.log.sql;

import io.chatroom.server.facts.Fact;
import java.io.IOException;

/**
 * A new store that becomes a copy: first all rooms, then all messages, then all facts. It has all
 * of it or nothing, whenever that ends. What it throws has one sentence for people.
 */
public interface StoreTarget extends AutoCloseable {

  /** What it is called, for people. */
  String shown();

  /** Takes a room. */
  void add(CopiedRoom room) throws IOException;

  /** Takes a message. */
  void add(CopiedMessage message) throws IOException;

  /** Takes a fact. */
  void add(Fact fact) throws IOException;

  /** How much it has, as it tells when it is asked. */
  StoreCount count() throws IOException;

  /** Makes all of it safe, and a store that a server can use. */
  void finish() throws IOException;

  /** Leaves nothing behind unless it was finished. */
  @Override
  void close() throws IOException;
}
