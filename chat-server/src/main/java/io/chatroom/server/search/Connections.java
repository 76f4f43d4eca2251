package io.chatroom.server.search;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;

/**
 * Where a search gets its connections to the database. Thread-safe.
 *
 * @param opener opens them
 * @param words what is the matter when the database does not do something, for people
 */
public record Connections(Opener opener, Function<SQLException, String> words) {

  /** Opens a connection, or takes one from a pool. */
  @FunctionalInterface
  public interface Opener {

    /** Closing it gives it back. May block. */
    Connection open() throws SQLException;
  }

  Connection open() throws SQLException {
    return opener.open();
  }

  /** The words for people; all but the database has them in its message. */
  String words(Exception e) {
    return e instanceof SQLException why ? words.apply(why) : String.valueOf(e.getMessage());
  }
}
