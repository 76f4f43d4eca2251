package io.chatroom.server.log.shared;

import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.StoreIsAway;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.GT;

/** Classifies and describes failures of a shared database, by PostgreSQL's SQLSTATE codes. */
final class SharedTrouble {

  /** A post is already stored: see {@link LogTables}. */
  private static final String REPEATED = "CH001";

  /** A delivered message is missing: see {@link LogTables}. */
  private static final String LOST = "CH002";

  /** The state of a failure in this program. */
  static final String DEFECT = "99999";

  private static final String NOT_NULL = "23502";
  private static final String CHECK = "23514";
  private static final String DISK_FULL = "53100";
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String DEADLOCK = "40P01";
  private static final String SERIALIZATION = "40001";
  private static final String READ_ONLY = "25006";
  private static final String REJECTED = "08004";
  private static final String CLOSED = "08003";

  private static final String NO_PRIMARY =
      GT.tr("Could not find a server with specified targetServerType: {0}", "primary");

  /** Appears in the driver's message if the certificate is for another host. */
  private static final String HOSTNAME_VERIFIER = "PgjdbcHostnameVerifier";

  private static final String NO_TLS = GT.tr("The server does not support SSL.");

  private SharedTrouble() {}

  static boolean isRepeated(SQLException e) {
    return REPEATED.equals(e.getSQLState());
  }

  static boolean isLost(SQLException e) {
    return LOST.equals(e.getSQLState());
  }

  /** Returns true if nothing was done and a retry may succeed at once. */
  static boolean isPassing(SQLException e) {
    return DEADLOCK.equals(e.getSQLState()) || SERIALIZATION.equals(e.getSQLState());
  }

  /** Returns true if the database rejects the content, so that no retry can succeed. */
  static boolean isOfContent(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("22")
        || state.startsWith("54")
        || NOT_NULL.equals(state)
        || CHECK.equals(state);
  }

  /** Returns true if only a lock was not available, and the database works otherwise. */
  static boolean isBusy(SQLException e) {
    return LOCK_NOT_AVAILABLE.equals(e.getSQLState());
  }

  /** Returns true if the connected database is a standby, or has become one. */
  static boolean isReadOnly(SQLException e) {
    return READ_ONLY.equals(e.getSQLState());
  }

  /**
   * Returns true if the database or the network fails, rather than the statement, so that other
   * statements would fail too.
   */
  static boolean isAway(SQLException e) {
    String state = e.getSQLState();
    return state == null
        || state.startsWith("08")
        || state.startsWith("25")
        || state.startsWith("28")
        || state.startsWith("3D")
        || state.startsWith("53")
        || state.startsWith("57")
        || state.startsWith("58")
        || state.startsWith("XX")
        || e instanceof SQLTransientConnectionException;
  }

  static Refusal refusal(SQLException e) {
    return DISK_FULL.equals(e.getSQLState()) ? Refusal.FULL : Refusal.AWAY;
  }

  /** Describes a failure in one sentence for people, with the address. */
  static IOException unusable(StoreAddress address, SQLException e) {
    String message = "the database " + address + " cannot be used: " + words(address, e);
    return isAway(e) ? new StoreIsAway(message, e) : new IOException(message, e);
  }

  private static String words(StoreAddress address, SQLException e) {
    SQLException why = cause(e);
    String state = why.getSQLState() == null ? "" : why.getSQLState();
    return switch (state) {
      case "28P01" ->
          "it rejects the user "
              + address.user()
              + " with this password; expected in --store the password that the database has for"
              + " this user";
      case "28000" ->
          "it rejects the user "
              + address.user()
              + ": "
              + words(why)
              + "; expected a user with LOGIN, a line for it in pg_hba.conf, and"
              + " ?sslmode=verify-full in --store if that line requires TLS";
      case "3D000" ->
          "there is no database "
              + address.database()
              + "; create it with: "
              + address.createdb(address.database());
      case "42501" ->
          words(why) + "; expected a user that owns the database, so that it can create tables";
      case "53300" ->
          words(why)
              + "; a chat-server uses up to 24: expected a larger max_connections, or a larger"
              + " CONNECTION LIMIT if the user or the database has one";
      case REJECTED -> address.hasPassword() ? words(why) : withoutPassword(address, why);
      default -> words(why);
    };
  }

  private static String withoutPassword(StoreAddress address, SQLException e) {
    String known = ofDriver(e);
    return known != null
        ? known
        : "it asks the user "
            + address.user()
            + " for a password, and --store has none; expected postgresql://USER:PASSWORD@…";
  }

  /** Describes a failure in a phrase for people, without names of classes. */
  static String words(SQLException e) {
    SQLException why = cause(e);
    for (Throwable deeper = why; deeper != null; deeper = deeper.getCause()) {
      String words = ofNetwork(deeper);
      if (words != null) {
        return words;
      }
    }
    String known = ofDriver(why);
    if (known != null) {
      return known;
    }
    String message = String.valueOf(why.getMessage());
    int end = message.indexOf('\n');
    return (end < 0 ? message : message.substring(0, end)).replaceFirst("^[A-Z]+: ", "");
  }

  /** Describes failures for which the driver has no code, only a localised message. */
  private static @Nullable String ofDriver(SQLException e) {
    String message = e.getMessage();
    if (isReadOnly(e) || NO_PRIMARY.equals(message)) {
      return "it is a standby or read-only; expected the primary, or in --store all hosts that can"
          + " become the primary, separated by commas";
    } else if (NO_TLS.equals(message)) {
      return "it does not offer TLS, and sslmode in --store requires it; expected a PostgreSQL with"
          + " ssl = on, or --store without sslmode in a private network";
    } else if (message != null && message.contains(HOSTNAME_VERIFIER)) {
      return "its certificate does not name the host in --store; expected a host that it names, or"
          + " sslmode=verify-ca if the authority issues no other certificates";
    }
    return null;
  }

  /** Describes a TLS failure. */
  private static String tls(Throwable e) {
    for (Throwable deeper = e; deeper != null; deeper = deeper.getCause()) {
      if (deeper instanceof CertPathBuilderException) {
        return "its certificate is not signed by a trusted authority; expected sslrootcert to name"
            + " a file with the authority's certificate";
      }
    }
    return String.valueOf(e.getMessage());
  }

  /** Describes a network failure; subclasses of SocketException come before it. */
  private static @Nullable String ofNetwork(Throwable e) {
    if (e instanceof ConnectException || e instanceof NoRouteToHostException) {
      return "nothing listens there; expected a running PostgreSQL";
    } else if (e instanceof UnknownHostException) {
      return "its host name cannot be resolved";
    } else if (e instanceof SocketTimeoutException) {
      return "it does not answer";
    } else if (e instanceof SSLException) {
      return "TLS fails: " + tls(e);
    } else if (e instanceof EOFException
        || e instanceof SocketException
        || (e instanceof SQLException why && CLOSED.equals(why.getSQLState()))) {
      return "the connection was lost";
    }
    return null;
  }

  /** Returns the reason why the pool has no connection, if it gives one. */
  private static SQLException cause(SQLException e) {
    return e instanceof SQLTransientConnectionException && e.getCause() instanceof SQLException why
        ? why
        : e;
  }
}
