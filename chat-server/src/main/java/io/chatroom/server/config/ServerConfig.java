package io.chatroom.server.config;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.front.RateLimit;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.logging.LogFormat;
import io.chatroom.server.logging.LogLevel;
import io.chatroom.server.names.SeedMembers;
import io.chatroom.server.seed.BacklogPolicy;
import io.chatroom.server.seed.SlowMember;
import io.chatroom.server.tls.CertificateSource;
import io.chatroom.server.transport.Transport;
import io.chatroom.server.web.Origins;
import io.chatroom.system.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a server. One line per option: {@link Option} describes it, and {@link
 * ConfigSources} reads its value. The smallest values are the protocol's (P-08).
 */
public record ServerConfig(
    @Option(
            defaultsTo = "0.0.0.0",
            help = "address to listen on; 0.0.0.0 is every address, IPv6 included")
        String host,
    @Option(defaultsTo = "3306", max = 65_535, help = "TCP port; 0 picks a free one") int port,
    @Option(defaultsTo = "128", min = 64, max = 65_536, help = "longest name, in bytes of UTF-8")
        int maxNameBytes,
    @Option(
            defaultsTo = "65536",
            min = 1_024,
            max = 16 * 1024 * 1024,
            help = "longest message, in bytes of UTF-8")
        int maxMessageBytes,
    @Option(defaultsTo = "10s", help = "time limit for a new connection to register its name")
        Duration registrationTimeout,
    @Option(defaultsTo = "30s", help = "time limit for a frame to arrive, from its first byte")
        Duration frameTimeout,
    @Option(
            defaultsTo = "1048576",
            min = 65_536,
            max = 64 * 1024 * 1024,
            help = "how many bytes a member can fall behind before the senders wait for it")
        int memberBacklogBytes,
    @Option(
            defaultsTo = "drop",
            help =
                "what to do when patience with a slow member ends: drop its messages"
                    + " or disconnect it")
        SlowMember slowMember,
    @Option(
            defaultsTo = "500ms",
            help = "how long the senders wait for one slow member to catch up")
        Duration slowMemberPatience,
    @Option(defaultsTo = "lobby", help = "room that programs of the seed's protocol join")
        RoomName seedRoom,
    @Option(
            defaultsTo = "1000",
            max = 1_000_000,
            help =
                "without data and store: how many of its newest messages a room"
                    + " keeps; 0 is none")
        int historyMessages,
    @Option(
            defaultsTo = "0",
            help =
                "without data and store: memory for the messages of all rooms; 0 is"
                    + " an eighth of the heap")
        int historyBytes,
    @Option(
            defaultsTo = "off",
            takes = "DIR",
            help = "directory for messages and other data; off keeps them in memory only")
        String data,
    @Option(
            defaultsTo = "off",
            help =
                "instead of data: PostgreSQL database shared by several servers, as"
                    + " postgresql://USER:PASSWORD@HOST/DB")
        StoreAddress store,
    @Option(
            defaultsTo = "0",
            help =
                "with data or store: how many of its newest messages a room keeps; 0" + " is all")
        int keepMessages,
    @Option(
            defaultsTo = "0",
            help =
                "with data or store: how many MiB of messages a room keeps, roughly;" + " 0 is all")
        int keepMegabytes,
    @Option(
            defaultsTo = "0",
            max = 36_500,
            help = "with data or store: how many days a message is kept; 0 is forever")
        int keepDays,
    @Option(
            defaultsTo = "0",
            help = "with data or store: how many messages all rooms together keep; 0 is" + " all")
        int keepAllMessages,
    @Option(
            defaultsTo = "0",
            help =
                "with data or store: how many MiB the database can take, roughly; 0"
                    + " is the whole disk")
        int keepAllMegabytes,
    @Option(
            defaultsTo = "365",
            max = 36_500,
            help = "how many days an owned name is kept after its last use; 0 is forever")
        int nameKeepDays,
    @Option(
            defaultsTo = "50",
            max = 1_000_000,
            help = "how many messages a second a member can send; 0 is no limit")
        int messagesPerSecond,
    @Option(
            defaultsTo = "500",
            min = 1,
            max = 1_000_000,
            help = "how many messages a member can send at once before that limit applies")
        int messageBurst,
    @Option(
            defaultsTo = "0",
            max = 1_000_000,
            help =
                "the same limit for members who do not own their name; 0 is" + " messagesPerSecond")
        int guestMessagesPerSecond,
    @Option(
            defaultsTo = "100",
            min = 1,
            max = 1_000,
            help = "how many rooms one session can be in at once")
        int maxRooms,
    @Option(
            defaultsTo = "10000",
            min = 1,
            max = 10_000_000,
            help = "how many rooms can exist, including empty ones that keep messages")
        int maxAllRooms,
    @Option(
            defaultsTo = "1000",
            max = 1_000_000,
            help =
                "how many rooms an hour an owned name, or an address, can create; 0"
                    + " is no limit")
        int newRoomsPerHour,
    @Option(
            defaultsTo = "30",
            min = 1,
            max = 3_600,
            help =
                "seconds of silence before a session sends a ping; after three times"
                    + " as long it is closed")
        int pingSeconds,
    @Option(
            defaultsTo = "0",
            help = "how many connections to accept; 0 is what open files and memory allow")
        int maxConnections,
    @Option(
            defaultsTo = "0",
            help =
                "how many connections to accept from one address, or one IPv6 /64; 0"
                    + " is no limit")
        int maxConnectionsPerAddress,
    @Option(
            defaultsTo = "0",
            help =
                "memory for all unfinished frames together; 0 is 64 MiB, less where"
                    + " memory is short")
        int maxWaitingBytes,
    @Option(
            defaultsTo = "3m",
            min = 130,
            help =
                "how long a member's machine can give no sign of life before it is"
                    + " closed, at least 130s")
        Duration vanishedAfter,
    @Option(
            defaultsTo = "off",
            takes = "FILE",
            help = "PEM file with the server's certificate and its chain; turns TLS on")
        String tlsCert,
    @Option(
            defaultsTo = "off",
            takes = "FILE",
            help = "PEM file with the private key of that certificate")
        String tlsKey,
    @Option(
            defaultsTo = "off",
            takes = "DIR",
            help = "instead of both: directory for a self-signed certificate, created once")
        String tlsSelfSigned,
    @Option(defaultsTo = "false", help = "refuse connections without TLS") boolean tlsOnly,
    @Option(
            defaultsTo = "true",
            help = "serve the page to browsers; false leaves the API and WebSockets")
        boolean page,
    @Option(
            defaultsTo = "off",
            help =
                "other origins whose pages may open a WebSocket or use the API, separated"
                    + " by commas")
        Origins allowedOrigins,
    @Option(
            defaultsTo = "off",
            takes = "FILE",
            help = "file of access keys; every session must then present one of them")
        String accessKeyFile,
    @Option(
            defaultsTo = "auto",
            help =
                "which programs of the seed's protocol may connect; auto is all, or"
                    + " loopback if there are access keys")
        SeedMembers seedMembers,
    @Option(
            defaultsTo = "true",
            help = "let guests use names that nobody owns; false lets them only claim one")
        boolean guestNames,
    @Option(
            defaultsTo = "off",
            takes = "FILE",
            help = "file of URLs to which the messages of rooms are posted")
        String hookFile,
    @Option(defaultsTo = "false", help = "allow hooks in private networks and on this machine")
        boolean hookPrivateAddresses,
    @Option(
            defaultsTo = "auto",
            help = "how to reach the network; auto is epoll where it works, else nio")
        Transport.Choice transport,
    @Option(defaultsTo = "0", max = 1_024, help = "number of event loop threads; 0 is one per core")
        int eventLoops,
    @Option(
            defaultsTo = "auto",
            help = "address for health and metrics; auto is 127.0.0.1:9306 if that is free")
        AdminAddress admin,
    @Option(
            defaultsTo = "5",
            min = 1,
            max = 3_600,
            help = "how many seconds a stop can take to deliver accepted messages")
        int drainSeconds,
    @Option(
            defaultsTo = "false",
            help = "expect connections from a proxy that sends the client's address")
        boolean proxyProtocol,
    @Option(defaultsTo = "text", help = "format of the log") LogFormat logFormat,
    @Option(defaultsTo = "info", help = "least severe level to log") LogLevel logLevel,
    @Option(defaultsTo = "false", help = "log every message") boolean transcript) {

  private static final int MEBI = 20;

  /** The default configuration. */
  public static ServerConfig defaults() {
    return of(Map.of());
  }

  /**
   * The defaults with some values replaced, for programs that start a server of their own.
   *
   * @param values option names as in JSON, and values as a user would write them
   * @throws IllegalArgumentException if there is no such option, or it does not take that value
   */
  public static ServerConfig of(Map<String, String> values) {
    return ConfigOption.configOf(ConfigSources.map(values));
  }

  /**
   * The configuration of a server in this environment, for programs that must find it.
   *
   * @param environment its variables {@code CHAT_…}
   * @throws IllegalArgumentException if one of them is not what its option takes
   */
  public static ServerConfig ofEnvironment(Map<String, String> environment) {
    return ConfigOption.configOf(ConfigSources.environment(environment));
  }

  public BacklogPolicy backlogPolicy() {
    return new BacklogPolicy(memberBacklogBytes, slowMemberPatience, slowMember);
  }

  public Drain drain() {
    return Drain.within(Duration.ofSeconds(drainSeconds));
  }

  public RateLimit rateLimit() {
    return new RateLimit(messagesPerSecond, messageBurst);
  }

  /**
   * The file of the hooks; null if there are none.
   *
   * @throws IOException if the path cannot be understood; the message is one sentence for people
   */
  public @Nullable Path hooks() throws IOException {
    return isOn(hookFile) ? Home.path(hookFile) : null;
  }

  /** The rate limit for those who own no name. */
  public RateLimit guestRateLimit() {
    return new RateLimit(
        guestMessagesPerSecond == 0 ? messagesPerSecond : guestMessagesPerSecond, messageBurst);
  }

  /**
   * The file with the keys of a closed server; null if it is open.
   *
   * @throws IOException if the path cannot be understood; the message is one sentence for people
   */
  public @Nullable Path accessKeys() throws IOException {
    return isOn(accessKeyFile) ? Home.path(accessKeyFile) : null;
  }

  /**
   * The source of the certificate; null without TLS.
   *
   * @throws ConfigException if it is configured only in part
   * @throws IOException if a path cannot be understood; the message is one sentence for people
   */
  public @Nullable CertificateSource certificate() throws IOException {
    boolean files = isOn(tlsCert) || isOn(tlsKey);
    if (files && isOn(tlsSelfSigned)) {
      throw new ConfigException(
          "tlsSelfSigned and a certificate in tlsCert exclude each other, expected one of them");
    }
    if (isOn(tlsSelfSigned)) {
      return new CertificateSource.OfOurOwn(Home.path(tlsSelfSigned));
    }
    if (files) {
      if (!isOn(tlsCert) || !isOn(tlsKey)) {
        throw new ConfigException(
            "tlsCert is " + tlsCert + " and tlsKey is " + tlsKey + ", expected a file for each");
      }
      return new CertificateSource.Files(Home.path(tlsCert), Home.path(tlsKey));
    }
    if (tlsOnly) {
      throw new ConfigException("tlsOnly needs a certificate, expected tlsCert or tlsSelfSigned");
    }
    return null;
  }

  /**
   * The directory where rooms keep their messages; null if in memory.
   *
   * @throws IOException if the path cannot be understood; the message is one sentence for people
   */
  public @Nullable Path dataDirectory() throws IOException {
    if (data.contains("://")) { // it may have a password
      throw new ConfigException(
          "data is "
              + StoreAddress.masked(data)
              + ", expected a directory; the address of a database is for store");
    }
    return isOn(data) ? Home.path(data) : null;
  }

  /**
   * The database that several servers share; null if there is none.
   *
   * @throws ConfigException if there is a data directory, too
   */
  public @Nullable StoreAddress sharedStore() {
    if (!store.isOff() && isOn(data)) {
      throw new ConfigException(
          "data is "
              + StoreAddress.masked(data)
              + " and store is "
              + store
              + ", expected one of them: messages are stored in one place");
    }
    return store.isOff() ? null : store;
  }

  public Retention retention() {
    return new Retention(
        keepMessages,
        (long) keepMegabytes << MEBI,
        Duration.ofDays(keepDays),
        keepAllMessages,
        (long) keepAllMegabytes << MEBI);
  }

  private static boolean isOn(String value) {
    return !value.equalsIgnoreCase("off");
  }

  public Limits limits() {
    return new Limits(maxNameBytes, maxMessageBytes);
  }
}
