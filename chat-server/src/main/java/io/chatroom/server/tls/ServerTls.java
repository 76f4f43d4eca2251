package io.chatroom.server.tls;

import io.chatroom.protocol.VisibleText;
import io.chatroom.system.SettledContent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's TLS: 1.3 and 1.2, with forward-secret ciphers only, and an identity that is reloaded
 * when its files change.
 *
 * <p>The files are checked every two seconds. If a new pair is unusable, the log says so and the
 * old one stays in use; connections keep the one that they began with.
 *
 * <p>Thread-safe.
 */
public final class ServerTls implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ServerTls.class);

  private static final Duration CHECK_EVERY = Duration.ofSeconds(2);
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /** The end of a certificate is logged only if it is nearer than this. */
  private static final Duration CENTURY = Duration.ofDays(36_500);

  static { // the JDK reads these properties once
    // Else a peer could cause endless handshakes on one connection.
    setUnlessSet("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    // An incomplete message is held in memory. A typical hello has two thousand bytes.
    setUnlessSet("jdk.tls.maxHandshakeMessageSize", "8192");
  }

  private final Path certificateFile;
  private final Path keyFile;
  private final boolean only;
  private final ScheduledThreadPoolExecutor threads;
  private volatile Identity identity;

  private final SettledContent<Content> content;

  private record Content(String certificate, String key) {

    static Content of(Path certificateFile, Path keyFile) throws IOException {
      return new Content(Identity.text(certificateFile), Identity.text(keyFile));
    }
  }

  /** Reads the identity, without watching its files. */
  ServerTls(Path certificateFile, Path keyFile, boolean only) throws IOException {
    this.certificateFile = certificateFile;
    this.keyFile = keyFile;
    this.only = only;
    Content first = Content.of(certificateFile, keyFile);
    this.identity = Identity.read(first.certificate, certificateFile, first.key, keyFile);
    this.content =
        new SettledContent<>(
            first,
            () -> Content.of(certificateFile, keyFile),
            this::use,
            sentence -> log.warn("keeping the old TLS certificate: {}", VisibleText.of(sentence)));
    this.threads = threads();
    logIdentity("TLS with");
  }

  /**
   * Reads the identity, and begins to watch its files.
   *
   * @param certificate PEM with the server's certificate, followed by its chain
   * @param key PEM with its key, PKCS #8
   * @param only true to refuse connections without TLS
   * @throws IOException if they cannot be used; the message is one sentence for people
   */
  public static ServerTls ofFiles(Path certificate, Path key, boolean only) throws IOException {
    ServerTls tls = new ServerTls(certificate, key, only);
    tls.threads.scheduleWithFixedDelay(
        tls::check, CHECK_EVERY.toMillis(), CHECK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    return tls;
  }

  /**
   * Reads a self-signed identity, makes it if the directory has none, and begins to watch its file.
   *
   * @throws IOException if it can be neither read nor made; the message is one sentence for people
   */
  public static ServerTls selfSigned(Path directory, boolean only) throws IOException {
    Path file = SelfSigned.in(directory);
    return ofFiles(file, file, only);
  }

  /** Returns true if connections without TLS are refused. */
  public boolean only() {
    return only;
  }

  /** A new engine for the server's side of one connection. */
  public SSLEngine engine() {
    SSLEngine engine = identity.context().createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setCipherSuites(
        Arrays.stream(parameters.getCipherSuites())
            .filter(ServerTls::isSound)
            .toArray(String[]::new));
    parameters.setUseCipherSuitesOrder(true);
    engine.setSSLParameters(parameters);
    return engine;
  }

  /**
   * Accepts all suites of TLS 1.3, and those of 1.2 with an ephemeral key exchange and
   * authenticated encryption.
   */
  private static boolean isSound(String suite) {
    return suite.startsWith("TLS_AES_")
        || suite.startsWith("TLS_CHACHA20_")
        || (suite.startsWith("TLS_ECDHE_")
            && (suite.contains("_GCM_") || suite.contains("_CHACHA20_")));
  }

  /**
   * Runs the computations of handshakes, a millisecond each, off the event loops, so that many new
   * connections do not delay members. Cancelled tasks are removed.
   */
  public ExecutorService handshakes() {
    return threads;
  }

  /** Checks the files at once, on request, and logs the result. Called from any thread. */
  public void checkNow() {
    try {
      threads.execute(this::checkAndLog);
    } catch (RejectedExecutionException e) {
      log.info("the server is stopping and no longer checks its TLS certificate");
    }
  }

  private void checkAndLog() {
    if (content.lookNow()) {
      log.info("the files of the TLS certificate have not changed");
    }
  }

  /** Reloads the files if they have changed. */
  void check() {
    try {
      content.look();
    } catch (RuntimeException e) { // would silently end the checks
      log.error("cannot check the TLS files for changes", e);
    }
  }

  private void use(Content now) throws IOException {
    identity = Identity.read(now.certificate, certificateFile, now.key, keyFile);
    logIdentity("TLS from now on with");
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private void logIdentity(String what) {
    Instant now = Instant.now();
    Instant end = identity.certificate().getNotAfter().toInstant();
    log.info(
        "{} the certificate {}{}",
        what,
        identity.fingerprint(),
        end.isBefore(now.plus(CENTURY)) ? ", valid until " + end : "");
    if (end.isBefore(now)) {
      log.warn("the TLS certificate expired at {}, so clients will refuse it", end);
    }
  }

  private static ScheduledThreadPoolExecutor threads() {
    ScheduledThreadPoolExecutor threads =
        new ScheduledThreadPoolExecutor(
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
            task -> {
              Thread thread = new Thread(task, "chat-tls");
              thread.setDaemon(true);
              return thread;
            });
    threads.setRemoveOnCancelPolicy(true);
    return threads;
  }

  /** Ends its threads. Unfinished handshakes fail with their connections. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
