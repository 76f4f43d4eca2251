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
 * TLS as this server speaks it: 1.3 and 1.2, with ciphers that keep what was said secret even from
 * whoever gets the key later, and an identity that is read again when its files change.
 *
 * <p>The files are looked at every two seconds. A pair that cannot be used is refused with one
 * sentence, and the one before goes on; connections keep the one that they have begun with.
 *
 * <p>Thread-safe.
 */
public final class ServerTls implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ServerTls.class);

  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /** What stands for the end of a certificate that has none. */
  private static final Duration CENTURY = Duration.ofDays(36_500);

  static { // the JDK reads these once
    // A peer could make us shake hands all day on one connection.
    setUnlessSet("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    // The beginning of a message is kept until the rest comes. A hello has two thousand bytes.
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

  /** Looks after nothing by itself. */
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
            sentence ->
                log.warn("TLS goes on with the certificate before: {}", VisibleText.of(sentence)));
    this.threads = threads();
    tell("TLS with");
  }

  /**
   * Reads the identity, and begins to look after it.
   *
   * @param certificate PEM with the server's certificate and then those that vouch for it
   * @param key PEM with its key, PKCS #8
   * @param only whether connections without TLS are refused
   * @throws IOException if they cannot be used; the message is one sentence for people
   */
  public static ServerTls ofFiles(Path certificate, Path key, boolean only) throws IOException {
    ServerTls tls = new ServerTls(certificate, key, only);
    tls.threads.scheduleWithFixedDelay(
        tls::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return tls;
  }

  /**
   * The same with an identity of our own, which is made when the directory holds none.
   *
   * @throws IOException if it can be neither read nor made; the message is one sentence for people
   */
  public static ServerTls selfSigned(Path directory, boolean only) throws IOException {
    Path file = SelfSigned.in(directory);
    return ofFiles(file, file, only);
  }

  /** Whether connections without TLS are refused. */
  public boolean only() {
    return only;
  }

  /** The server's side of one connection. */
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

  /** All of 1.3; of 1.2 what has a key of its own for each connection, and encrypts as 1.3 does. */
  private static boolean isSound(String suite) {
    return suite.startsWith("TLS_AES_")
        || suite.startsWith("TLS_CHACHA20_")
        || (suite.startsWith("TLS_ECDHE_")
            && (suite.contains("_GCM_") || suite.contains("_CHACHA20_")));
  }

  /**
   * Does the arithmetic of handshakes, a millisecond each, so that a crowd that comes holds up
   * nobody who is there. What is cancelled there is not kept.
   */
  public ExecutorService handshakes() {
    return threads;
  }

  /**
   * Looks whether the files have changed, because somebody says that they have, and says what it
   * found. From any thread.
   */
  public void lookNow() {
    try {
      threads.execute(this::lookAndTell);
    } catch (RejectedExecutionException e) {
      log.info("the server stops, and does not look at its files any more");
    }
  }

  private void lookAndTell() {
    if (content.lookNow()) {
      log.info("the files of the TLS certificate have not changed");
    }
  }

  /** Looks whether the files have changed. */
  void look() {
    try {
      content.look();
    } catch (RuntimeException e) { // would end the looking without a word
      log.error("cannot look after the TLS files", e);
    }
  }

  private void use(Content now) throws IOException {
    identity = Identity.read(now.certificate, certificateFile, now.key, keyFile);
    tell("TLS from now on with");
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private void tell(String what) {
    Instant now = Instant.now();
    Instant end = identity.certificate().getNotAfter().toInstant();
    log.info(
        "{} the certificate {}{}",
        what,
        identity.fingerprint(),
        end.isBefore(now.plus(CENTURY)) ? ", valid until " + end : "");
    if (end.isBefore(now)) {
      log.warn("the TLS certificate has expired at {}, clients will refuse it", end);
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

  /** Ends its threads. Handshakes that are under way fail with their connections. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
