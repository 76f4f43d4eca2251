package io.chatroom.client.conformance;

import java.time.Duration;
import java.util.List;

/** How the kit's own tests judge, on machines that may be busy with much else. */
public final class Judging {

  private static final Duration TALK = Duration.ofMillis(2500);
  private static final Duration WHOLE_RUN = Duration.ofMinutes(10);

  /** Where everything comes that is waited for: then long waits cost nothing. */
  public static final Terms PATIENT =
      new Terms(
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(50),
          WHOLE_RUN,
          TALK,
          Duration.ofSeconds(30));

  private static final int MORE_PATIENT = 10;

  private Judging() {}

  /** A judgement of a server that is broken. */
  @FunctionalInterface
  public interface Trial {

    /**
     * Judges.
     *
     * @param times how many times as long as usual the server's own times are
     */
    Result judge(Terms terms, int times) throws Exception;
  }

  /**
   * Judges a broken server with short waits, because what it owes may never come. A case that does
   * not fail so is judged with longer ones: even what works may have come too late, so that nothing
   * could be judged, or the judge went on with fewer members than the defect needs to show.
   */
  public static Result judge(Trial trial) throws Exception {
    Result result = trial.judge(hasty(1), 1);
    return result.verdict() instanceof Verdict.Fails
        ? result
        : trial.judge(hasty(MORE_PATIENT), MORE_PATIENT);
  }

  private static Terms hasty(int times) {
    return new Terms(
        Duration.ofMillis(1500).multipliedBy(times),
        Duration.ofSeconds(3).multipliedBy(times),
        Duration.ofMillis(1500).multipliedBy(times),
        WHOLE_RUN,
        TALK.multipliedBy(times),
        Terms.LEAST_GRACE);
  }

  /** What does not hold, and why, for the message of an assertion. */
  public static List<String> failures(List<Result> results) {
    return results.stream()
        .filter(result -> !result.holds())
        .map(result -> result.judged().id() + ": " + result.verdict())
        .toList();
  }
}
