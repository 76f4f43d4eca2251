package io.chatroom.server.search;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Explains errors of SQLite about an index. */
final class IndexTrouble {

  /** The last byte of a code is its kind; higher bytes are details. */
  private static final int KIND = 0xff;

  private IndexTrouble() {}

  /** Whether the file is damaged, so that only a new one helps. */
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

  /** The words for people, without the names of codes. */
  static String words(SQLException e) {
    return e instanceof SQLiteException sqlite
        ? sqlite.getResultCode().message
        : String.valueOf(e.getMessage());
  }
}
