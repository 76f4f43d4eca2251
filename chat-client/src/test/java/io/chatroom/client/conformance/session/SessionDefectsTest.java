package io.chatroom.client.conformance.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.chatroom.client.conformance.Case;
import io.chatroom.client.conformance.Cases;
import io.chatroom.client.conformance.Danger;
import io.chatroom.client.conformance.Result;
import io.chatroom.client.conformance.Runner;
import io.chatroom.client.conformance.Terms;
import io.chatroom.client.conformance.Verdict;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Each case can fail, and fails for its reason: for every {@link SessionDefect} the cases that must
 * tell, each on a server of its own; and no case without a defect that breaks it. Most of the time
 * is spent waiting for what a broken server does not do, so all of them wait at once.
 */
class SessionDefectsTest {

  private static final long HELLO_MILLIS = 1_000;
  private static final Terms TERMS =
      new Terms(
          Duration.ofMillis(1_500),
          Duration.ofSeconds(2),
          Duration.ofMillis(1_500),
          Duration.ofSeconds(100),
          Duration.ofSeconds(1));

  private static ExecutorService threads = Executors.newFixedThreadPool(1);

  private static Future<List<Result>> withoutDefect = CompletableFuture.completedFuture(List.of());

  @BeforeAll
  static void startThreads() {
    threads = Executors.newFixedThreadPool(17);
    withoutDefect = threads.submit(() -> judgeWithoutDefect());
  }

  @AfterAll
  static void stopThreads() {
    threads.shutdownNow();
  }

  @TestFactory
  Stream<DynamicTest> everyDefectIsTold() {
    List<Told> all =
        Arrays.stream(SessionDefect.values())
            .flatMap(
                defect ->
                    defect.caughtBy().stream()
                        .map(
                            each ->
                                new Told(defect, each, threads.submit(() -> judge(defect, each)))))
            .toList();
    return all.stream()
        .map(
            told ->
                dynamicTest(
                    told.judged().id() + " tells " + told.defect(),
                    () ->
                        assertThat(told.result().get().verdict())
                            .as("%s, against a server with %s", told.judged().id(), told.defect())
                            .isInstanceOf(Verdict.Fails.class)));
  }

  private record Told(SessionDefect defect, Case judged, Future<Result> result) {}

  private static Result judge(SessionDefect defect, Case judged) throws Exception {
    long hello = judged.danger() == Danger.LONG ? HELLO_MILLIS : 10_000;
    try (SessionReference server = new SessionReference(defect, hello)) {
      List<Case> itself = Cases.only(server.cases(), List.of(judged.id()));
      return new Runner(server.address(), TERMS, next -> {}).run(itself).get(0);
    }
  }

  @Test
  void everyCaseTellsSomeDefect() {
    assertThat(Arrays.stream(SessionDefect.values()).flatMap(defect -> defect.caughtBy().stream()))
        .extracting(Case::id)
        .containsAll(SessionCases.all(SessionReference.KNOWN).stream().map(Case::id).toList());
  }

  @Test
  @Timeout(150) // the run itself is bounded by its terms
  void allCasesHoldForServerWithoutDefect() throws Exception {
    assertThat(withoutDefect.get())
        .hasSize(SessionCases.all(SessionReference.KNOWN).size())
        .allMatch(Result::holds);
  }

  private static List<Result> judgeWithoutDefect() throws Exception {
    try (SessionReference server = new SessionReference(null, HELLO_MILLIS)) {
      return new Runner(server.address(), TERMS, next -> {}).run(server.cases());
    }
  }
}
