package io.chatroom.server.log.sql;

import io.chatroom.server.facts.Fact;
import java.io.IOException;

/**
 * The target of a copy, a new store that receives first all rooms, then all messages, then all
 * facts. An aborted copy leaves nothing. The messages of exceptions are one sentence for people.
 */
public interface StoreTarget extends AutoCloseable {

  /** Its name, for people. */
  String shown();

  /** Adds a room. */
  void add(CopiedRoom room) throws IOException;

  /** Adds a message. */
  void add(CopiedMessage message) throws IOException;

  /** Adds a fact. */
  void add(Fact fact) throws IOException;

  /** Counts its content, by querying it. */
  StoreCount count() throws IOException;

  /** Commits everything, and makes it a store that a server can use. */
  void finish() throws IOException;

  /** Removes it unless it was finished. */
  @Override
  void close() throws IOException;
}
