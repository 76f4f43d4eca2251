package io.chatroom.client.conformance;

import io.chatroom.client.conformance.Verdict.Fails;
import io.chatroom.client.conformance.Verdict.NotRun;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Results as people read them: by section, each failure with what was expected beside it. */
final class Report {

  private final PrintWriter out;
  private final boolean unicode;

  /** Why the last one was not run: often it is the same for many, and is said once. */
  private @Nullable String reason;

  /**
   * @param out where to write
   * @param unicode whether it can show more than ASCII
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
    if (results.stream().anyMatch(result -> result.verdict() instanceof NotRun)) {
      out.println(
          "Cases run in an order of their own, those that may end a server last. For what was not"
              + " run, start the server again and pick with --only.");
    }
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
    } else if (result.verdict() instanceof NotRun notRun) {
      if (!notRun.reason().equals(reason)) {
        reason = notRun.reason();
        out.printf("  (? is not run: %s)%n", reason);
      }
      out.printf("  ? %s%n", judged.id());
    } else {
      out.printf("  %s %s%n", yes(), judged.id());
    }
  }

  /** {@code 81 hold, 2 do not, 1 SHOULD does not, 3 were not run.} */
  static String summary(List<Result> results, boolean strict) {
    long hold = results.stream().filter(Result::holds).count();
    long notRun = results.stream().filter(r -> r.verdict() instanceof NotRun).count();
    long shoulds = failing(results, Level.SHOULD);
    long musts = failing(results, Level.MUST);
    String verdict =
        results.stream().anyMatch(result -> result.counts(strict))
            ? "The server does not conform"
            : "The server conforms";
    return "%s: %d hold, %d %s not, %d %s not%s%s."
        .formatted(
            verdict,
            hold,
            musts,
            musts == 1 ? "does" : "do",
            shoulds,
            shoulds == 1 ? "SHOULD does" : "SHOULDs do",
            shoulds > 0 && !strict ? " (which counts with --strict)" : "",
            notRun == 0 ? "" : notRun == 1 ? ", 1 was not run" : ", " + notRun + " were not run");
  }

  private static long failing(List<Result> results, Level level) {
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
