package io.chatroom.server.log.store;

import io.chatroom.server.log.Refusal;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Explains errors of SQLite. */
enum SqliteTrouble {
  DAMAGED,
  FULL,
  READ_ONLY,
  BUSY,
  FAILS;

  /** The last byte of a result code is its kind; higher bytes are details. */
  private static final int KIND = 0xff;

  static SqliteTrouble of(SQLiteException e) {
    int kind = e.getResultCode().code & KIND;
    if (kind == SQLiteErrorCode.SQLITE_CORRUPT.code || kind == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return DAMAGED;
    } else if (kind == SQLiteErrorCode.SQLITE_FULL.code) {
      return FULL;
    } else if (kind == SQLiteErrorCode.SQLITE_READONLY.code
        || kind == SQLiteErrorCode.SQLITE_CANTOPEN.code
        || kind == SQLiteErrorCode.SQLITE_PERM.code) {
      return READ_ONLY;
    } else if (kind == SQLiteErrorCode.SQLITE_BUSY.code
        || kind == SQLiteErrorCode.SQLITE_LOCKED.code) {
      return BUSY;
    }
    return FAILS;
  }

  /** The reason that authors are given when messages cannot be stored. */
  static Refusal refusal(SQLException e) {
    return e instanceof SQLiteException sqlite && of(sqlite) == FULL ? Refusal.FULL : Refusal.AWAY;
  }

  /** Describes an error for people, without internal codes. */
  static String words(SQLException e) {
    return e instanceof SQLiteException sqlite
        ? sqlite.getResultCode().message + " (" + sqlite.getResultCode().name() + ")"
        : String.valueOf(e.getMessage());
  }
}
