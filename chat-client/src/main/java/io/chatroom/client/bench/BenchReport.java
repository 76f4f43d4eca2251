package io.chatroom.client.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Formats a result for people or for programs. */
public final class BenchReport {

  /** Share of time above which a busy event loop may limit the result, instead of the server. */
  private static final double TOO_BUSY = 0.9;

  /** Messages a second below which a sender in a closed loop probably waits for a rate limit. */
  private static final int SLOW_MESSAGES_PER_SECOND = 100;

  private final BenchResult result;
  private final BenchPlan plan;

  public BenchReport(BenchResult result) {
    this.result = result;
    this.plan = result.plan();
  }

  /** Prints a few lines: what was measured, how fast it went, and the faults. */
  public void print(PrintWriter out) {
    out.println(done());
    out.println();
    line(out, "deliveries", result.deliveries());
    line(out, "messages", result.messages());
    out.printf(
        Locale.ROOT,
        "%-12s%,16.1f MB %,14.1f MB/s%n",
        "delivered",
        megabytes(),
        result.perSecond(result.deliveries()) * result.deliveryBytes() / 1e6);
    Latencies times = result.latencies();
    out.println();
    out.printf(Locale.ROOT, "%-12s%10s%10s%10s%10s%10s%n", "", "p50", "p90", "p99", "p99.9", "max");
    line(out, "latency", times);
    if (result.acks() != null) {
      line(out, "ack", result.acks());
    }
    out.println();
    out.println(faults());
    notes().forEach(out::println);
    out.flush();
  }

  /** Returns one JSON object; bench.md describes its fields. */
  public String json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("server", plan.server().toString());
    if (plan.sessions() != null) {
      json.put("sessions", plan.sessions().name().toLowerCase(Locale.ROOT));
    }
    json.put("receivers", plan.receivers());
    json.put("senders", plan.senders());
    json.put("size", plan.messageBytes());
    if (plan.pace() instanceof BenchPlan.Pace.Rate rate) {
      json.put("rate", rate.messagesPerSecond());
    } else if (plan.pace() instanceof BenchPlan.Pace.InFlight window) {
      json.put("inFlight", window.messages());
    }
    json.put("sample", Math.min(plan.sample(), plan.receivers()));
    json.put("seconds", rounded(result.seconds()));
    json.put("messages", result.messages());
    json.put("messagesPerSecond", Math.round(result.perSecond(result.messages())));
    json.put("deliveries", result.deliveries());
    json.put("deliveriesPerSecond", Math.round(result.perSecond(result.deliveries())));
    json.put("deliveryBytes", result.deliveryBytes());
    micros(json.putObject("latencyMicros"), result.latencies());
    if (result.acks() != null) {
      micros(json.putObject("ackMicros"), result.acks());
    }
    Faults faults = result.faults();
    json.put("lost", faults.lost());
    json.put("repeated", faults.repeated());
    json.put("outOfOrder", faults.outOfOrder());
    json.put("wrong", faults.wrong());
    json.put("own", faults.own());
    json.put("otherOrder", faults.otherOrder());
    json.put("strangers", result.strangers());
    json.put("onTime", result.onTime());
    json.put("clientBusy", rounded(result.busy()));
    json.put("stopped", result.stopped());
    json.put("faultless", result.faultless());
    return json.toString();
  }

  private static void micros(ObjectNode json, Latencies times) {
    json.put("p50", rounded(times.p50() / 1e3));
    json.put("p90", rounded(times.p90() / 1e3));
    json.put("p99", rounded(times.p99() / 1e3));
    json.put("p999", rounded(times.p999() / 1e3));
    json.put("max", rounded(times.max() / 1e3));
  }

  /**
   * Returns the faults in one sentence.
   *
   * @throws IllegalStateException if there are none
   */
  public String complaint() {
    Faults faults = result.faults();
    List<String> all = new ArrayList<>();
    add(all, faults.lost(), "lost");
    add(all, faults.repeated(), "too many");
    add(all, faults.outOfOrder(), "out of order");
    add(all, faults.wrong(), "altered");
    add(all, faults.own(), "to the sender itself");
    if (faults.otherOrder() > 0) {
      all.add(number(faults.otherOrder()) + " of the sampled receivers received another order");
    }
    if (all.isEmpty()) {
      throw new IllegalStateException("nothing was wrong");
    }
    return "the server did not deliver as it should: " + String.join(", ", all);
  }

  private static void add(List<String> all, long count, String what) {
    if (count > 0) {
      all.add(number(count) + " " + (count == 1 ? "delivery " : "deliveries ") + what);
    }
  }

  private String done() {
    return String.format(
        Locale.ROOT,
        "%s%s: %s, %s, messages of %,d bytes, %s, %s%s",
        plan.server(),
        plan.sessions() == null
            ? ""
            : plan.sessions() == BenchPlan.Sessions.TCP
                ? ", sessions over TCP"
                : ", sessions over WebSocket",
        several(plan.receivers(), "receiver"),
        several(plan.senders(), "sender"),
        plan.messageBytes(),
        plan.pace() instanceof BenchPlan.Pace.InFlight window
            ? number(window.messages()) + " in flight"
            : number(((BenchPlan.Pace.Rate) plan.pace()).messagesPerSecond()) + " a second",
        time(result.nanos()),
        result.stopped() ? " until it was stopped" : "");
  }

  private String faults() {
    Faults faults = result.faults();
    return String.format(
        Locale.ROOT,
        "lost %,d, repeated %,d, out of order %,d, altered %,d, to the sender %,d, another order"
            + " %,d",
        faults.lost(),
        faults.repeated(),
        faults.outOfOrder(),
        faults.wrong(),
        faults.own(),
        faults.otherOrder());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (plan.pace() instanceof BenchPlan.Pace.InFlight && result.busy() >= TOO_BUSY) {
      notes.add(
          String.format(
              Locale.ROOT,
              "note: the bench itself was busy %.0f %% of the time, so the server may be able to"
                  + " deliver more; use more --threads, or another machine",
              result.busy() * 100));
    }
    double each = result.perSecond(result.messages()) / plan.senders();
    if (plan.pace() instanceof BenchPlan.Pace.InFlight && each < SLOW_MESSAGES_PER_SECOND) {
      notes.add(
          String.format(
              Locale.ROOT,
              "note: each sender reached only %,.0f messages a second; if the server has a rate"
                  + " limit, this is it (that of ours is 50; turn it off with --messages-per-second"
                  + " 0)",
              each));
    }
    if (plan.pace() instanceof BenchPlan.Pace.Rate rate && !result.onTime()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "note: instead of %,d messages a second there were %,.0f, because the server read no"
                  + " more",
              rate.messagesPerSecond(),
              result.perSecond(result.messages())));
    }
    if (result.strangers() > 0) {
      notes.add(
          "note: others sent "
              + several(result.strangers(), "message")
              + " meanwhile; the result does not count that, but the server had to deliver it");
    }
    return notes;
  }

  private void line(PrintWriter out, String what, long count) {
    out.printf(Locale.ROOT, "%-12s%,16d    %,14.0f /s%n", what, count, result.perSecond(count));
  }

  private static void line(PrintWriter out, String what, Latencies times) {
    out.printf(
        Locale.ROOT,
        "%-12s%10s%10s%10s%10s%10s%n",
        what,
        time(times.p50()),
        time(times.p90()),
        time(times.p99()),
        time(times.p999()),
        time(times.max()));
  }

  private double megabytes() {
    return result.deliveries() * (double) result.deliveryBytes() / 1e6;
  }

  private static String several(long count, String what) {
    return number(count) + " " + what + (count == 1 ? "" : "s");
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** Formats a time with three significant digits, the precision of the histogram. */
  private static String time(long nanos) {
    if (nanos < 1_000_000) {
      return String.format(Locale.ROOT, "%.0f µs", nanos / 1e3);
    }
    return nanos < 1_000_000_000
        ? String.format(Locale.ROOT, "%.3g ms", nanos / 1e6)
        : String.format(Locale.ROOT, "%.3g s", nanos / 1e9);
  }

  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
