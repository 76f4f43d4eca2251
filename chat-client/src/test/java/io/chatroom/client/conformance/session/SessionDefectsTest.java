package io.chatroom.client.conformance.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.chatroom.client.conformance.Case;
import io.chatroom.client.conformance.Cases;
import io.chatroom.client.conformance.Danger;
import io.chatroom.client.conformance.Judging;
import io.chatroom.client.conformance.Result;
import io.chatroom.client.conformance.Runner;
import io.chatroom.client.conformance.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Every {@link SessionDefect} is found by each of its cases, each run against a server of its own,
 * and every case finds a defect. Most of the time is spent waiting for what a broken server does
 * not do, so all of them wait at once.
 */
class SessionDefectsTest {

  /** The time limit for a hello of the correct server, for cases that wait until it is over. */
  private static final long HELLO_MILLIS = 6_000;

  private static ExecutorService threads = Executors.newFixedThreadPool(1);

  private static Future<List<Result>> withoutDefect = CompletableFuture.completedFuture(List.of());

  /** Results of the cases that wait until the time for a hello is over. */
  private static Future<List<Result>> untilTimeIsOver =
      CompletableFuture.completedFuture(List.of());

  @BeforeAll
  static void startThreads() {
    threads = Executors.newFixedThreadPool(18);
    Predicate<Case> isLong = judged -> judged.danger() == Danger.LONG;
    withoutDefect = threads.submit(() -> judgeWithoutDefect(300_000, isLong.negate()));
    untilTimeIsOver = threads.submit(() -> judgeWithoutDefect(HELLO_MILLIS, isLong));
  }

  @AfterAll
  static void stopThreads() {
    threads.shutdownNow();
  }

  @TestFactory
  Stream<DynamicTest> everyDefectIsFound() {
    List<Trial> all =
        Arrays.stream(SessionDefect.values())
            .flatMap(
                defect ->
                    defect.caughtBy().stream()
                        .map(
                            each ->
                                new Trial(defect, each, threads.submit(() -> judge(defect, each)))))
            .toList();
    return all.stream()
        .map(
            trial ->
                dynamicTest(
                    trial.judged().id() + " finds " + trial.defect(),
                    () ->
                        assertThat(trial.result().get().verdict())
                            .as("%s, against a server with %s", trial.judged().id(), trial.defect())
                            .isInstanceOf(Verdict.Fails.class)));
  }

  private record Trial(SessionDefect defect, Case judged, Future<Result> result) {}

  private static Result judge(SessionDefect defect, Case judged) throws Exception {
    long hello = judged.danger() == Danger.LONG ? 1_000 : 10_000;
    return Judging.judge(
        (limits, times) -> {
          try (SessionReference server = new SessionReference(defect, hello * times)) {
            List<Case> itself = Cases.only(server.cases(), List.of(judged.id()));
            return new Runner(server.address(), limits, next -> {}).run(itself).get(0);
          }
        });
  }

  @Test
  void everyCaseFindsSomeDefect() {
    assertThat(Arrays.stream(SessionDefect.values()).flatMap(defect -> defect.caughtBy().stream()))
        .extracting(Case::id)
        .containsAll(SessionCases.all(SessionReference.KNOWN).stream().map(Case::id).toList());
  }

  @Test
  @Timeout(1_200) // each run has its own, shorter limit
  void correctServerPassesAllCases() throws Exception {
    List<Result> results = new ArrayList<>(withoutDefect.get());
    results.addAll(untilTimeIsOver.get());
    assertThat(results).hasSize(SessionCases.all(SessionReference.KNOWN).size());
    assertThat(Judging.failures(results)).isEmpty();
  }

  private static List<Result> judgeWithoutDefect(long helloMillis, Predicate<Case> chosen)
      throws Exception {
    try (SessionReference server = new SessionReference(null, helloMillis)) {
      List<Case> cases = server.cases().stream().filter(chosen).toList();
      return new Runner(server.address(), Judging.PATIENT, next -> {}).run(cases);
    }
  }
}
