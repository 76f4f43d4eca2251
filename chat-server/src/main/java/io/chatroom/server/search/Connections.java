package io.chatroom.server.search;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;

/**
 * The connections of a search to the database. Thread-safe.
 *
 * @param opener opens them
 * @param words explains an error of the database to people
 */
public record Connections(Opener opener, Function<SQLException, String> words) {

  /** Opens a connection, or takes one from a pool. */
  @FunctionalInterface
  public interface Opener {

    /** Opens a connection; closing it can return it to a pool. May block. */
    Connection open() throws SQLException;
  }

  Connection open() throws SQLException {
    return opener.open();
  }

  /** Explains an error to people: the message, unless it is an error of the database. */
  String words(Exception e) {
    return e instanceof SQLException why ? words.apply(why) : String.valueOf(e.getMessage());
  }
}
