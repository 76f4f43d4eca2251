package io.chatroom.client.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.time.Duration;
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
 * Every {@link Defect} is found by each of its cases, each run against a server of its own, and
 * every case finds a defect. Most of the time is spent waiting for what a broken server does not
 * do, so all of them wait at once.
 */
class DefectsTest {

  /** The time to register of the correct server, for cases that wait until it is over. */
  private static final Duration REGISTRATION = Duration.ofSeconds(6);

  private static ExecutorService threads = Executors.newFixedThreadPool(1);

  private static Future<List<Result>> withoutDefect = CompletableFuture.completedFuture(List.of());

  /** Results of the cases that wait until the time to register is over. */
  private static Future<List<Result>> untilTimeIsOver =
      CompletableFuture.completedFuture(List.of());

  @BeforeAll
  static void startThreads() {
    threads = Executors.newFixedThreadPool(12);
    Predicate<Case> isLong = judged -> judged.danger() == Danger.LONG;
    withoutDefect =
        threads.submit(() -> judgeWithoutDefect(Duration.ofMinutes(5), isLong.negate()));
    untilTimeIsOver = threads.submit(() -> judgeWithoutDefect(REGISTRATION, isLong));
  }

  @AfterAll
  static void stopThreads() {
    threads.shutdownNow();
  }

  @TestFactory
  Stream<DynamicTest> everyDefectIsFound() {
    List<Trial> all =
        Arrays.stream(Defect.values())
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

  private record Trial(Defect defect, Case judged, Future<Result> result) {}

  private static Result judge(Defect defect, Case judged) throws Exception {
    Duration registration = Duration.ofSeconds(judged.danger() == Danger.LONG ? 1 : 10);
    return Judging.judge(
        (limits, times) -> {
          try (ReferenceServer server =
              new ReferenceServer(defect, registration.multipliedBy(times))) {
            return new Runner(server.address(), limits, next -> {}).run(List.of(judged)).get(0);
          }
        });
  }

  @Test
  void everyCaseFindsSomeDefect() {
    assertThat(Arrays.stream(Defect.values()).flatMap(defect -> defect.caughtBy().stream()))
        .extracting(Case::id)
        .containsAll(Cases.all().stream().map(Case::id).toList());
  }

  @Test
  @Timeout(1_200) // each run has its own, shorter limit
  void correctServerPassesAllCases() throws Exception {
    List<Result> results = new ArrayList<>(withoutDefect.get());
    results.addAll(untilTimeIsOver.get());
    assertThat(results).hasSize(Cases.all().size());
    assertThat(Judging.failures(results)).isEmpty();
  }

  private static List<Result> judgeWithoutDefect(Duration registration, Predicate<Case> chosen)
      throws Exception {
    List<Case> cases = Cases.all().stream().filter(chosen).toList();
    try (ReferenceServer server = new ReferenceServer(null, registration)) {
      return new Runner(server.address(), Judging.PATIENT, next -> {}).run(cases);
    }
  }
}
