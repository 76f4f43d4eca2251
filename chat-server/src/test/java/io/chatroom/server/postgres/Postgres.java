package io.chatroom.server.postgres;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL on loopback for tests. It never runs as root, and ends with this JVM, however that
 * ends. All users connect without a password but {@code alice}, whose password is {@code wonder}.
 */
public final class Postgres implements AutoCloseable {

  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/postgresql/17/bin"),
          Path.of("/usr/lib/postgresql/16/bin"),
          Path.of("/usr/lib/postgresql/15/bin"),
          Path.of("/usr/lib/postgresql/14/bin"),
          Path.of("/usr/bin"),
          Path.of("/usr/local/bin"));
  private static final String USER = "chat";
  private static final int START_SECONDS = 60;

  /** Stops the database when its standard input ends, that is, when this JVM is gone. */
  private static final String RUN = "\"$@\" & pid=$!; cat >/dev/null; kill -QUIT $pid; wait $pid";

  private static @Nullable Postgres shared;

  private final Path bin;
  private final Path directory;
  private final int port;
  private final List<String> settings;
  private final AtomicInteger databases = new AtomicInteger();
  private @Nullable Process process;

  private Postgres(Path bin, Path directory, int port, List<String> settings) {
    this.bin = bin;
    this.directory = directory;
    this.port = port;
    this.settings = settings;
  }

  /**
   * Returns the instance that all tests of this JVM share, which is fast, as it never syncs. If
   * PostgreSQL is not installed, this skips the test, or fails in CI.
   */
  public static synchronized Postgres shared() {
    if (shared == null) {
      Postgres fresh = start("fsync=off", "full_page_writes=off", "synchronous_commit=off");
      Runtime.getRuntime().addShutdownHook(new Thread(fresh::close));
      shared = fresh;
    }
    return shared;
  }

  /**
   * Starts an instance for the caller, who must close it.
   *
   * @param settings settings of postgresql.conf
   */
  public static Postgres start(String... settings) {
    Path bin =
        PLACES.stream().filter(it -> Files.exists(it.resolve("initdb"))).findFirst().orElse(null);
    assumeTrue(
        bin != null || Objects.equals(System.getenv("CI"), "true"), "PostgreSQL is not installed");
    if (bin == null) {
      throw new AssertionError("PostgreSQL is not installed, expected it where CI=true");
    }
    try {
      Path directory =
          Files.createTempDirectory(
              "chat-postgres",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      if (isRoot()) {
        Files.setOwner(
            directory,
            directory
                .getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName("postgres"));
      }
      Postgres postgres = new Postgres(bin, directory, freePort(), List.of(settings));
      postgres.init();
      postgres.start();
      postgres.execute("postgres", "CREATE ROLE alice LOGIN PASSWORD 'wonder'");
      return postgres;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The data directory. */
  public Path data() {
    return directory.resolve("data");
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  private void init() throws IOException {
    run(
        "initdb",
        "-D",
        data().toString(),
        "-U",
        USER,
        "--auth=trust",
        "-E",
        "UTF8",
        "--no-sync",
        "--locale=C.UTF-8");
    Path hba = data().resolve("pg_hba.conf");
    run(
        "sh",
        "-c",
        "printf 'host all alice all scram-sha-256\\n' | cat - \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\"",
        "sh",
        hba.toString());
  }

  /** Starts it, also after {@link #kill}, and waits until it answers. */
  public void start() {
    List<String> command = asUser("sh", "-c", RUN, "sh", bin.resolve("postgres").toString());
    command.addAll(List.of("-D", data().toString(), "-p", "" + port, "-k", directory.toString()));
    for (String setting : settings) {
      command.addAll(List.of("-c", setting));
    }
    command.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"));
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
              .start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try {
        DriverManager.getConnection(jdbcUrl("postgres")).close();
        return;
      } catch (SQLException e) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw new AssertionError(log(), e);
        }
        Thread.onSpinWait();
      }
    }
  }

  /** Its log, for the message of a failed assertion. */
  public String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Stops it at once, as a crash would; synced data survives. */
  public void kill() {
    Process running = process;
    if (running == null) {
      return;
    }
    try {
      running.getOutputStream().close();
      if (!running.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("PostgreSQL does not end: " + log());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process = null;
  }

  /** Creates an empty database, and returns its name. */
  public String newDatabase() {
    String name = "chat" + databases.incrementAndGet();
    execute("postgres", "CREATE DATABASE " + name);
    return name;
  }

  /** Creates an empty database, and returns its address for {@code --store}. */
  public String newStore() {
    return store(newDatabase());
  }

  /** The address of a database, for {@code --store}. */
  public String store(String database) {
    return "postgresql://" + USER + "@127.0.0.1:" + port + "/" + database;
  }

  /** The address of a database through another port, for {@code --store}. */
  public static String through(int port, String store) {
    return store.replaceFirst("127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + port);
  }

  private String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER;
  }

  /** Connects to the database of a store. */
  public Connection connect(String store) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(store.substring(store.lastIndexOf('/') + 1)));
  }

  /** Executes statements in a database, in order. */
  public void execute(String database, String... statements) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the first column of a query's result. */
  public List<String> query(String database, String sql) {
    List<String> found = new ArrayList<>();
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(String.valueOf(rows.getString(1)));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return found;
  }

  /** Runs a program of PostgreSQL or of the system, as the user of the database. */
  public void run(String... command) {
    List<String> words = new ArrayList<>(Arrays.asList(command));
    if (Files.exists(bin.resolve(words.get(0)))) {
      words.set(0, bin.resolve(words.get(0)).toString());
    }
    try {
      Process running =
          new ProcessBuilder(asUser(words.toArray(String[]::new)))
              .redirectErrorStream(true)
              .start();
      running.getOutputStream().close();
      String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (running.waitFor() != 0) {
        throw new AssertionError(words + ": " + output);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> asUser(String... command) {
    List<String> words = new ArrayList<>();
    if (isRoot()) {
      words.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    words.addAll(Arrays.asList(command));
    return words;
  }

  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
