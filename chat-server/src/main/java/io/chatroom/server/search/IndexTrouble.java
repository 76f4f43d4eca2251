package io.chatroom.server.search;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Classifies SQLite errors about an index. */
final class IndexTrouble {

  /** Masks the kind of an error, the last byte of its code. */
  private static final int KIND = 0xff;

  private IndexTrouble() {}

  /** Returns true if the file is damaged and must be rebuilt. */
  static boolean isDamage(SQLException e) {
    if (!(e instanceof SQLiteException sqlite)) {
      return false;
    }
    int code = sqlite.getResultCode().code;
    int kind = code & KIND;
    return kind == SQLiteErrorCode.SQLITE_CORRUPT.code
        || kind == SQLiteErrorCode.SQLITE_NOTADB.code
        || kind == SQLiteErrorCode.SQLITE_ERROR.code // a table is missing
        || code == SQLiteErrorCode.SQLITE_IOERR_SHORT_READ.code;
  }

  /** The message for people, without the name of its code. */
  static String words(SQLException e) {
    return e instanceof SQLiteException sqlite
        ? sqlite.getResultCode().message
        : String.valueOf(e.getMessage());
  }
}
