package io.chatroom.client.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kit against the first server of this protocol, which is a Python program that others wrote:
 * it must tell what is known to be wrong with it, and must not blame it for what it does right. The
 * program can die of a single case, so each case gets a process of its own.
 */
class SeedServerTest {

  private static final Terms TERMS =
      new Terms(
          Duration.ofMillis(1500),
          Duration.ofSeconds(3),
          Duration.ofMillis(1500),
          Duration.ofSeconds(50));

  private static final Path SEED =
      Path.of(System.getProperty("seed.dir", "../../shared/seed"), "server.py");

  /** What is wrong with it, as its description says, and a case that tells. */
  private static final Map<String, String> DEFECTS =
      Map.of(
          "one silent connection blocks everyone", "waiting.silent",
          "a header that arrives in two segments is misread", "frames.split.registration",
          "a body that arrives in two segments is misread", "frames.split.message",
          "a peer that stops reading stalls the room", "slow.others-not-held-up",
          "bytes that are not UTF-8 end the process", "violation.utf8.latin-1",
          "a bad peer is never closed", "violation.header.letters",
          "an unfinished body is relayed as if it were whole", "leaving.fin.within-message");

  private static final List<String> DOES_RIGHT =
      List.of(
          "room",
          "frames.nothing-between",
          "frames.header",
          "frames.length-in-bytes",
          "frames.empty-message",
          "frames.longest-name",
          "registration.not-relayed",
          "registration.no-history",
          "registration.hears-all-from-then-on",
          "registration.names-in-use",
          "relay.to-everyone",
          "relay.excludes-sender",
          "relay.pairs-whole",
          "relay.payloads-byte-for-byte",
          "relay.headers-same-length",
          "relay.headers-byte-for-byte",
          "relay.no-greeting",
          "relay.no-reply",
          "relay.no-join-notice",
          "relay.one-order",
          "relay.sender-order");

  @TempDir private static Path directory = Path.of("");

  private static ExecutorService threads = Executors.newFixedThreadPool(1);

  @BeforeAll
  static void startThreads() {
    threads = Executors.newFixedThreadPool(6);
  }

  /** Elsewhere it may be skipped, saying so; where changes are checked it must run. */
  @BeforeEach
  void seedAndPythonAreThere() {
    if (!Files.isRegularFile(SEED) || !hasPython()) {
      String missing = "not run: needs python3 and " + SEED + " (-Dseed.dir=DIRECTORY)";
      if ("true".equals(System.getenv("CI"))) {
        Assertions.fail(missing);
      }
      abort(missing);
    }
  }

  @AfterAll
  static void stopThreads() {
    threads.shutdownNow();
  }

  private static boolean hasPython() {
    try {
      Process python = new ProcessBuilder("python3", "--version").start();
      return python.waitFor(10, TimeUnit.SECONDS) && python.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @TestFactory
  Stream<DynamicTest> knownDefectsAreTold() {
    List<DynamicTest> tests =
        DEFECTS.entrySet().stream()
            .map(
                defect -> {
                  Future<List<Result>> results = threads.submit(() -> judge(defect.getValue()));
                  return dynamicTest(
                      defect.getKey() + ": " + defect.getValue(),
                      () ->
                          assertThat(results.get())
                              .extracting(Result::verdict)
                              .hasOnlyElementsOfType(Verdict.Fails.class));
                })
            .toList();
    return tests.stream();
  }

  @Test
  void whatItDoesRightPasses() throws Exception {
    List<Result> results = judge(DOES_RIGHT.toArray(String[]::new));
    assertThat(results).hasSizeGreaterThan(20).allMatch(Result::holds);
  }

  private static List<Result> judge(String... ids) throws Exception {
    try (Seed seed = new Seed()) {
      return new Runner(seed.address(), TERMS, next -> {}).run(Cases.only(List.of(ids)));
    }
  }

  /** One process of it. */
  private static final class Seed implements AutoCloseable {

    private final int port;
    private final Process process;

    Seed() throws IOException, InterruptedException {
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      String program =
          Files.readString(SEED)
              .replaceAll("(?m)^IP = .*", "IP = '127.0.0.1'")
              .replaceAll("(?m)^Port = .*", "Port = " + port);
      Path copy = Files.writeString(directory.resolve("server-" + port + ".py"), program, UTF_8);
      process =
          new ProcessBuilder("python3", copy.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("server-" + port + ".log").toFile())
              .start();
      awaitListening();
    }

    /** Hangs up at once: this server waits for whoever has connected and says nothing. */
    private void awaitListening() throws IOException, InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (true) {
        try (Socket probe = new Socket()) {
          probe.connect(address());
          return;
        } catch (IOException e) {
          if (!process.isAlive() || System.nanoTime() > deadline) {
            close();
            throw new IOException("server.py does not listen on port " + port, e);
          }
          process.waitFor(50, TimeUnit.MILLISECONDS);
        }
      }
    }

    InetSocketAddress address() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
