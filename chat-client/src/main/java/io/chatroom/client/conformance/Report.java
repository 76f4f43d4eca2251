package io.chatroom.client.conformance;

import io.chatroom.client.conformance.Verdict.Fails;
import io.chatroom.client.conformance.Verdict.NotRun;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prints results for people: by section, each failure with what was expected and what happened, and
 * at the end why cases were not run.
 */
final class Report {

  private final PrintWriter out;
  private final boolean unicode;

  /**
   * @param out where to print
   * @param unicode true if {@code out} can show more than ASCII
   */
  Report(PrintWriter out, boolean unicode) {
    this.out = out;
    this.unicode = unicode;
  }

  void list(List<Case> cases) {
    Section section = null;
    for (Case each : cases) {
      section = title(section, each);
      out.printf("  %-6s %s  (%s)%n", each.level(), each.id(), each.numbers());
      out.printf("         %s%n", each.sentence());
    }
  }

  void results(List<Result> results, boolean strict) {
    Section section = null;
    for (Result result : results) {
      section = title(section, result.judged());
      result(result);
    }
    out.println();
    whyNotRun(results);
    out.println(summary(results, strict));
    out.flush();
  }

  private Section title(@Nullable Section before, Case next) {
    if (next.section() != before) {
      out.printf("%s%s%n", before == null ? "" : System.lineSeparator(), next.section().title());
    }
    return next.section();
  }

  private void result(Result result) {
    Case judged = result.judged();
    if (result.verdict() instanceof Fails fails) {
      out.printf("  %s %s  (%s, %s)%n", no(), judged.id(), judged.level(), judged.numbers());
      out.printf("      %s%n", judged.sentence());
      out.printf("      expected: %s%n", fails.expected());
      out.printf("      actual:   %s%n", fails.actual());
    } else {
      out.printf("  %s %s%n", result.holds() ? yes() : "?", judged.id());
    }
  }

  /** Prints one line for each reason, however many cases share it. */
  private void whyNotRun(List<Result> results) {
    Map<String, Long> cases = new LinkedHashMap<>();
    for (Result result : results) {
      if (result.verdict() instanceof NotRun notRun) {
        cases.merge(notRun.reason(), 1L, Long::sum);
      }
    }
    if (cases.isEmpty()) {
      return;
    }
    cases.forEach((reason, count) -> out.printf("? %d not run: %s%n", count, reason));
    out.println(
        "To run them, restart the server and select them with --only. Cases that can crash a server"
            + " run last, in whatever order they are listed.");
  }

  /** {@code 81 passed, 2 MUSTs failed, 1 SHOULD failed, 3 not run.} */
  static String summary(List<Result> results, boolean strict) {
    long passed = results.stream().filter(Result::holds).count();
    long notRun = results.stream().filter(r -> r.verdict() instanceof NotRun).count();
    long musts = failed(results, Level.MUST);
    long shoulds = failed(results, Level.SHOULD);
    String verdict =
        results.stream().anyMatch(result -> result.counts(strict))
            ? "The server does not conform"
            : "The server conforms";
    return "%s: %d passed, %d %s failed, %d %s failed%s%s."
        .formatted(
            verdict,
            passed,
            musts,
            musts == 1 ? "MUST" : "MUSTs",
            shoulds,
            shoulds == 1 ? "SHOULD" : "SHOULDs",
            shoulds > 0 && !strict ? " (counted only with --strict)" : "",
            notRun == 0 ? "" : ", " + notRun + " not run");
  }

  private static long failed(List<Result> results, Level level) {
    return results.stream()
        .filter(result -> result.verdict() instanceof Fails)
        .filter(result -> result.judged().level() == level)
        .count();
  }

  private String yes() {
    return unicode ? "\u2713" : "+";
  }

  private String no() {
    return unicode ? "\u2717" : "x";
  }
}
