package io.chatroom.server.log.shared;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * The address of the database that several servers share: {@code
 * postgresql://USER:PASSWORD@HOST:PORT,HOST2:PORT2/DATABASE?OPTION=VALUE}. The password is never
 * shown. Immutable.
 */
public final class StoreAddress {

  /** No database. */
  public static final StoreAddress OFF = new StoreAddress("", "", null, null, Map.of());

  /** The expected form, for people. */
  public static final String EXPECTED =
      "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for @ and %2F for / in the password,"
          + " several HOST:PORT by commas where the database fails over, and options of the driver"
          + " like ?sslmode=verify-full";

  private static final Pattern URL =
      Pattern.compile(
          "postgres(?:ql)?://(?:([^@/?#:]*)(?::([^@/?#]*))?@)?([^@/?#]+)/([^@/?#]+)(?:\\?([^#]*))?");
  private static final String HOST = "(?:\\[[0-9a-fA-F:.%]+]|[^,:\\[\\]\\s]+)(?::[0-9]{1,5})?";
  private static final Pattern HOSTS = Pattern.compile(HOST + "(?:," + HOST + ")*");

  private static final Pattern OPTION = Pattern.compile("([^=&]+)=([^&]*)");

  private final String hosts;
  private final String database;
  private final @Nullable String user;
  private final @Nullable String password;
  private final Map<String, String> options;

  private StoreAddress(
      String hosts,
      String database,
      @Nullable String user,
      @Nullable String password,
      Map<String, String> options) {
    this.hosts = hosts;
    this.database = database;
    this.user = user;
    this.password = password;
    this.options = options;
  }

  /** Parses an address or {@code off}; null if it is neither. */
  public static @Nullable StoreAddress parse(String text) {
    if (text.equalsIgnoreCase("off")) {
      return OFF;
    }
    Matcher url = URL.matcher(text);
    if (!url.matches() || !HOSTS.matcher(url.group(3)).matches()) {
      return null;
    }
    try {
      Map<String, String> options = options(url.group(5));
      String user = decoded(url.group(1));
      String password = decoded(url.group(2));
      return options == null
          ? null
          : new StoreAddress(
              url.group(3),
              String.valueOf(decoded(url.group(4))),
              user == null ? options.remove("user") : user,
              password == null ? options.remove("password") : password,
              options);
    } catch (IllegalArgumentException e) { // an invalid % escape
      return null;
    }
  }

  /**
   * Parses the options; null if one is unknown. The driver ignores unknown options, and a misspelt
   * one could be the one that requires TLS.
   */
  private static @Nullable Map<String, String> options(@Nullable String query) {
    Map<String, String> options = new LinkedHashMap<>();
    if (query == null || query.isEmpty()) {
      return options;
    }
    int end = 0;
    Matcher option = OPTION.matcher(query);
    while (option.find() && option.start() == end) {
      String name = option.group(1);
      if (PGProperty.forName(name) == null) {
        return null;
      }
      options.put(name, String.valueOf(decoded(option.group(2))));
      end = Math.min(query.length(), option.end() + 1);
    }
    return end == query.length() ? options : null;
  }

  private static @Nullable String decoded(@Nullable String part) {
    // + stands for itself here
    return part == null
        ? null
        : URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Masks everything in an address that can be a password, even if the address is malformed. */
  public static String masked(String text) {
    return MaskedAddress.of(text);
  }

  /** Returns true if there is no database. */
  public boolean isOff() {
    return hosts.isEmpty();
  }

  /** The URL for the driver, without user and password. */
  String jdbcUrl() {
    return "jdbc:postgresql://"
        + hosts
        + "/"
        + URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The other settings for the driver. */
  Properties properties() {
    Properties properties = new Properties();
    if (user != null) {
      properties.setProperty("user", user);
    }
    if (password != null) {
      properties.setProperty("password", password);
    }
    options.forEach(properties::setProperty);
    return properties;
  }

  String hosts() {
    return hosts;
  }

  String database() {
    return database;
  }

  @Nullable String user() {
    return user;
  }

  boolean hasPassword() {
    return password != null && !password.isEmpty();
  }

  /** The command that creates a database for a server. */
  String createdb(String name) {
    return "createdb"
        + (user == null ? "" : " --owner=" + user)
        + " --encoding=UTF8 --template=template0 "
        + name;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StoreAddress address
        && hosts.equals(address.hosts)
        && database.equals(address.database)
        && Objects.equals(user, address.user)
        && Objects.equals(password, address.password)
        && options.equals(address.options);
  }

  @Override
  public int hashCode() {
    return Objects.hash(hosts, database, user);
  }

  /** For people: without the password, and without options. */
  @Override
  public String toString() {
    return isOff()
        ? "off"
        : "postgresql://" + (user == null ? "" : user + "@") + hosts + "/" + database;
  }
}
