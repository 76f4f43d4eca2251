package io.chatroom.server.search;

import java.sql.Connection;
import java.sql.SQLException;

/** Where a search gets its connections to the database. Thread-safe. */
public interface Connections {

  /** Opens one, or takes one from a pool; closing it gives it back. May block. */
  Connection open() throws SQLException;
}
