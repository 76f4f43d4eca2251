package io.chatroom.client.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

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
 * Each case can fail, and fails for its reason: for every {@link Defect} the cases that must tell,
 * each on a server of its own; and no case without a defect that breaks it. Most of the time is
 * spent waiting for what a broken server does not do, so all of them wait at once.
 */
class DefectsTest {

  private static final Duration REGISTRATION = Duration.ofSeconds(1);
  private static final Terms TERMS =
      new Terms(
          Duration.ofMillis(1500),
          Duration.ofSeconds(3),
          Duration.ofMillis(1500),
          Duration.ofSeconds(100),
          Duration.ofMillis(2500));

  private static ExecutorService threads = Executors.newFixedThreadPool(1);

  private static Future<List<Result>> withoutDefect = CompletableFuture.completedFuture(List.of());

  @BeforeAll
  static void startThreads() {
    threads = Executors.newFixedThreadPool(11);
    withoutDefect = threads.submit(() -> judgeWithoutDefect());
  }

  @AfterAll
  static void stopThreads() {
    threads.shutdownNow();
  }

  @TestFactory
  Stream<DynamicTest> everyDefectIsTold() {
    List<Told> all =
        Arrays.stream(Defect.values())
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

  private record Told(Defect defect, Case judged, Future<Result> result) {}

  private static Result judge(Defect defect, Case judged) throws Exception {
    Duration registration = judged.danger() == Danger.LONG ? REGISTRATION : Duration.ofSeconds(10);
    try (ReferenceServer server = new ReferenceServer(defect, registration)) {
      return new Runner(server.address(), TERMS, next -> {}).run(List.of(judged)).get(0);
    }
  }

  @Test
  void everyCaseTellsSomeDefect() {
    assertThat(Arrays.stream(Defect.values()).flatMap(defect -> defect.caughtBy().stream()))
        .extracting(Case::id)
        .containsAll(Cases.all().stream().map(Case::id).toList());
  }

  @Test
  @Timeout(150) // the run itself is bounded by its terms
  void allCasesHoldForServerWithoutDefect() throws Exception {
    assertThat(withoutDefect.get())
        .hasSize(Cases.all().size())
        .noneMatch(result -> result.counts(true));
  }

  private static List<Result> judgeWithoutDefect() throws Exception {
    try (ReferenceServer server = new ReferenceServer(null, REGISTRATION)) {
      return new Runner(server.address(), TERMS, next -> {}).run(Cases.all());
    }
  }
}
