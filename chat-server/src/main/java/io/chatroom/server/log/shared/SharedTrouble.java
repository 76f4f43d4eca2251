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

/** What is the matter when a shared database fails, by the codes of PostgreSQL. */
final class SharedTrouble {

  /** A post of a burst is there already: see {@link LogTables}. */
  private static final String REPEATED = "CH001";

  /** What was delivered is not there: see {@link LogTables}. */
  private static final String LOST = "CH002";

  /** The state of a failure that is none of the database. */
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

  /** Has found that a certificate is of another host. */
  private static final String HOSTNAME_VERIFIER = "PgjdbcHostnameVerifier";

  private static final String NO_TLS = GT.tr("The server does not support SSL.");

  private SharedTrouble() {}

  static boolean isRepeated(SQLException e) {
    return REPEATED.equals(e.getSQLState());
  }

  static boolean isLost(SQLException e) {
    return LOST.equals(e.getSQLState());
  }

  /** Whether the database has done nothing and would do it if it were asked once more. */
  static boolean isPassing(SQLException e) {
    return DEADLOCK.equals(e.getSQLState()) || SERIALIZATION.equals(e.getSQLState());
  }

  /** Whether the database would never do this, because of what is in it. */
  static boolean isOfContent(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("22")
        || state.startsWith("54")
        || NOT_NULL.equals(state)
        || CHECK.equals(state);
  }

  /** Whether only this one thing waits for somebody, and the database does what else is asked. */
  static boolean isBusy(SQLException e) {
    return LOCK_NOT_AVAILABLE.equals(e.getSQLState());
  }

  /** Whether what we are connected to is a standby, perhaps as it was not when we connected. */
  static boolean isReadOnly(SQLException e) {
    return READ_ONLY.equals(e.getSQLState());
  }

  /**
   * Whether it is the database or the way to it that fails, and not what it was asked to do: then
   * nothing else that it is asked would do better.
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

  /** One sentence for people. */
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

  /** The words for people, without the names of classes. */
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

  /** The driver has a code of its own for little, and says it in the language of the machine. */
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

  /** What Java finds no words for but its own. */
  private static String tls(Throwable e) {
    for (Throwable deeper = e; deeper != null; deeper = deeper.getCause()) {
      if (deeper instanceof CertPathBuilderException) {
        return "its certificate is not signed by a trusted authority; expected sslrootcert to name"
            + " a file with the authority's certificate";
      }
    }
    return String.valueOf(e.getMessage());
  }

  /** The first ones are kinds of the last one. */
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

  /** A pool that has no connection says so, and why in what caused it. */
  private static SQLException cause(SQLException e) {
    return e instanceof SQLTransientConnectionException && e.getCause() instanceof SQLException why
        ? why
        : e;
  }
}
