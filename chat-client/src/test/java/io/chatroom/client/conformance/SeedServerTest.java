package io.chatroom.client.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.chatroom.client.jars.RunningProgram;
import io.chatroom.client.jars.SeedPrograms;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kit against the first server of this protocol, a Python program that others wrote. It must
 * find the known defects, and pass the server where it is correct. A single case can crash the
 * program, so each run gets its own process.
 */
class SeedServerTest {

  /** Its defects, as its description gives them, each with a case that finds it. */
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
          "frames.sizes.message",
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
    var unused = new SeedPrograms(directory); // skips the tests where the programs cannot run
    threads = Executors.newFixedThreadPool(6);
  }

  @AfterAll
  static void stopThreads() {
    threads.shutdownNow();
  }

  @TestFactory
  Stream<DynamicTest> knownDefectsAreFound() {
    List<DynamicTest> tests =
        DEFECTS.entrySet().stream()
            .map(
                defect -> {
                  Future<Result> result = threads.submit(() -> judgeDefect(defect.getValue()));
                  return dynamicTest(
                      defect.getKey() + ": " + defect.getValue(),
                      () -> assertThat(result.get().verdict()).isInstanceOf(Verdict.Fails.class));
                })
            .toList();
    return tests.stream();
  }

  @Test
  void passesWhereItIsCorrect() throws Exception {
    List<Result> results = judge(Judging.PATIENT, DOES_RIGHT);
    assertThat(results).hasSizeGreaterThan(20);
    assertThat(Judging.failures(results)).isEmpty();
  }

  private static Result judgeDefect(String id) throws Exception {
    return Judging.judge((limits, times) -> judge(limits, List.of(id)).get(0));
  }

  private static List<Result> judge(TimeLimits limits, List<String> ids) throws Exception {
    int port = SeedPrograms.freePort();
    RunningProgram server = new SeedPrograms(directory).server(port);
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      return new Runner(address, limits, next -> {}).run(Cases.only(ids));
    } finally {
      server.close();
    }
  }
}
