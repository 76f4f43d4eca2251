package io.chatroom.client.conformance;

import java.time.Duration;
import java.util.List;

/** How the kit's own tests judge servers, on machines that may be busy. */
public final class Judging {

  private static final Duration TALK = Duration.ofMillis(2500);
  private static final Duration WHOLE_RUN = Duration.ofMinutes(10);

  /**
   * Long limits, for servers that send everything that the kit waits for: then they cost no time.
   */
  public static final TimeLimits PATIENT =
      new TimeLimits(
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(50),
          WHOLE_RUN,
          TALK,
          Duration.ofSeconds(30));

  private static final int MORE_PATIENT = 10;

  private Judging() {}

  /** A run against a broken server. */
  @FunctionalInterface
  public interface Trial {

    /**
     * Runs the case.
     *
     * @param times factor for the time limits of the server
     */
    Result judge(TimeLimits limits, int times) throws Exception;
  }

  /**
   * Judges a broken server with short limits, because what the kit waits for may never come. If the
   * case does not fail, it runs again with longer limits: on a busy machine something may have come
   * too late, so that the case was not run, or ran with fewer members than the defect needs.
   */
  public static Result judge(Trial trial) throws Exception {
    Result result = trial.judge(hasty(1), 1);
    return result.verdict() instanceof Verdict.Fails
        ? result
        : trial.judge(hasty(MORE_PATIENT), MORE_PATIENT);
  }

  private static TimeLimits hasty(int times) {
    return new TimeLimits(
        Duration.ofMillis(1500).multipliedBy(times),
        Duration.ofSeconds(3).multipliedBy(times),
        Duration.ofMillis(1500).multipliedBy(times),
        WHOLE_RUN,
        TALK.multipliedBy(times),
        TimeLimits.MIN_TOLERANCE);
  }

  /** Returns the cases that did not pass, with the reasons, for the message of an assertion. */
  public static List<String> failures(List<Result> results) {
    return results.stream()
        .filter(result -> !result.holds())
        .map(result -> result.judged().id() + ": " + result.verdict())
        .toList();
  }
}
