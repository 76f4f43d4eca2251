package io.chatroom.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.ServerAddress;
import io.chatroom.client.bench.BenchPlan.Amount;
import io.chatroom.client.bench.BenchPlan.Pace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Exact numbers and notes, which depend on the machine in a real run. */
class BenchReportTest {

  private static final Pace CLOSED = new Pace.InFlight(64);

  private static BenchResult result(
      Pace pace, boolean onTime, Faults faults, long strangers, double busy, boolean stopped) {
    BenchPlan plan =
        new BenchPlan(
            new ServerAddress("chat.example.org", 3306),
            1_000,
            1,
            64,
            new Amount.Time(Duration.ofSeconds(5)),
            pace,
            Duration.ofSeconds(2),
            8,
            1,
            Duration.ofSeconds(5),
            null);
    Latencies latencies = new Latencies(8, 1_700, 999_400, 12_340_000, 99_990_000, 2_500_000_000L);
    return new BenchResult(
        plan,
        5_000_000_000L,
        25_000,
        25_000_000,
        94,
        latencies,
        null,
        onTime,
        faults,
        strangers,
        busy,
        stopped);
  }

  private static List<String> text(BenchResult result) {
    StringWriter text = new StringWriter();
    new BenchReport(result).print(new PrintWriter(text));
    return text.toString().lines().toList();
  }

  @Test
  void printsColumns() {
    assertThat(text(result(CLOSED, true, Faults.NONE, 0, 0.5, false)))
        .containsExactly(
            "chat.example.org:3306: 1,000 receivers, 1 sender, messages of 64 bytes, 64 in flight,"
                + " 5.00 s",
            "",
            "deliveries        25,000,000         5,000,000 /s",
            "messages              25,000             5,000 /s",
            "delivered            2,350.0 MB          470.0 MB/s",
            "",
            "                   p50       p90       p99     p99.9       max",
            "latency           2 µs    999 µs   12.3 ms    100 ms    2.50 s",
            "",
            "lost 0, repeated 0, out of order 0, altered 0, to the sender 0, another order 0");
  }

  @Test
  void notesThatTheRateWasNotKept() {
    assertThat(text(result(new Pace.Rate(8_000), false, Faults.NONE, 0, 1, false)))
        .contains(
            "note: instead of 8,000 messages a second there were 5,000, because the server read no"
                + " more")
        .noneMatch(line -> line.contains("busy"));
  }

  @Test
  void notesThatTheBenchMayBeTheLimit() {
    assertThat(text(result(CLOSED, true, Faults.NONE, 0, 0.951, false)))
        .contains(
            "note: the bench itself was busy 95 % of the time, so the server may be able to deliver"
                + " more; use more --threads, or another machine");
  }

  @Test
  void notesThatARateLimitMayBeTheLimit() {
    BenchResult slow =
        new BenchResult(
            result(CLOSED, true, Faults.NONE, 0, 0, false).plan(),
            5_000_000_000L,
            250,
            250_000,
            94,
            new Latencies(8, 1, 1, 1, 1, 1),
            null,
            true,
            Faults.NONE,
            0,
            0,
            false);
    assertThat(text(slow))
        .contains(
            "note: each sender reached only 50 messages a second; if the server has a rate limit,"
                + " this is it (that of ours is 50; turn it off with --messages-per-second 0)");
  }

  @Test
  void notesThatOthersSentMessages() {
    assertThat(text(result(CLOSED, true, Faults.NONE, 1, 0, true)))
        .contains(
            "note: others sent 1 message meanwhile; the result does not count that, but the server"
                + " had to deliver it")
        .anyMatch(line -> line.endsWith("5.00 s until it was stopped"));
  }

  @Test
  void complainsInOneSentence() {
    Faults all = new Faults(1_234, 1, 2, 3, 4, 0);

    assertThat(new BenchReport(result(CLOSED, true, all, 0, 0, false)).complaint())
        .isEqualTo(
            "the server did not deliver as it should: 1,234 deliveries lost, 1 delivery too many,"
                + " 2 deliveries out of order, 3 deliveries altered, 4 deliveries to the sender"
                + " itself");
    Faults order = new Faults(0, 0, 0, 0, 0, 3);
    assertThat(new BenchReport(result(CLOSED, true, order, 0, 0, false)).complaint())
        .isEqualTo(
            "the server did not deliver as it should: 3 of the sampled receivers received another"
                + " order");
  }

  @Test
  void documentHasEveryFieldOfTheJson() throws IOException {
    String page = Files.readString(Path.of("../docs/bench.md"));
    JsonNode json =
        JsonMapper.shared()
            .readTree(new BenchReport(result(CLOSED, true, Faults.NONE, 0, 0.5, false)).json());

    assertThat(json.propertyNames())
        .hasSizeGreaterThan(20)
        .allSatisfy(field -> assertThat(page).contains("`" + field + "`"));
  }
}
