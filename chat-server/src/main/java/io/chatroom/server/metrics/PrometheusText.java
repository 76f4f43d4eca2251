package io.chatroom.server.metrics;

import io.chatroom.protocol.Violation;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All metrics, in the text formats of Prometheus and OpenMetrics: the only class that knows
 * Prometheus. Labels take their values from our enumerations, never from a peer.
 *
 * <p>It is loaded at the first request only, because it would slow down every start. Not
 * thread-safe.
 */
public final class PrometheusText {

  private static final double NANOS_PER_SECOND = 1e9;

  private static final Pattern WEIGHT =
      Pattern.compile("\\s*q\\s*=\\s*([01](?:\\.[0-9]{0,3})?)\\s*", Pattern.CASE_INSENSITIVE);

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ExpositionFormatWriter usual = PrometheusTextFormatWriter.create();
  private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();
  private final ServerMetrics metrics;

  /**
   * @param metrics the counts
   * @param gauges values to read on request
   * @param version of this server
   */
  public PrometheusText(ServerMetrics metrics, List<Gauge> gauges, String version) {
    this.metrics = metrics;
    Info.builder()
        .name("chat_build_info")
        .help("Version of this server; always 1")
        .labelNames("version")
        .register(registry)
        .addLabelValues(version);
    for (Gauge gauge : gauges) {
      gauge(gauge.name(), gauge.help(), gauge.value());
    }
    registerSlowMembers();
    registerConnections();
    registerMessages();
    registerLog();
    JvmBufferPoolMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmRuntimeInfoMetric.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    ProcessMetrics.builder().register(registry);
  }

  private ExpositionFormatWriter writer(String accept) {
    double open = weight("application/openmetrics-text", accept);
    return open > 0 && open >= weight("text/plain", accept) ? openMetrics : usual;
  }

  /** The weight of a type (RFC 9110, 12.5.1); 0 if it is not named. */
  private static double weight(String type, String accept) {
    for (String range : accept.split(",", -1)) {
      String[] parameters = range.split(";", -1);
      if (parameters[0].strip().equalsIgnoreCase(type)) {
        for (String parameter : parameters) {
          Matcher weight = WEIGHT.matcher(parameter);
          if (weight.matches()) {
            return Double.parseDouble(weight.group(1));
          }
        }
        return 1;
      }
    }
    return 0;
  }

  /**
   * The content type of an answer.
   *
   * @param accept what the request accepts, as HTTP's header of that name
   */
  public String contentType(String accept) {
    return writer(accept).getContentType();
  }

  /**
   * The present metrics.
   *
   * @param accept what the request accepts, as HTTP's header of that name
   */
  public byte[] render(String accept) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer(accept).write(text, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException("an array that cannot be written to", e);
    }
    return text.toByteArray();
  }

  private void registerSlowMembers() {
    GaugeWithCallback.builder()
        .name("chat_slow_members")
        .help(
            "Members that do not keep up: those behind get everything later, lagging ones miss messages")
        .labelNames("state")
        .callback(
            value -> {
              value.call((double) metrics.inAll(LoopCounts.BEHIND), "behind");
              value.call((double) metrics.inAll(LoopCounts.LAGGING), "lagging");
            })
        .register(registry);
    count("chat_skipped_messages", "Messages that a lagging member missed", LoopCounts.SKIPPED);
  }

  private void registerConnections() {
    counter("chat_registrations", "Connections that became members", metrics::joins);
    CounterWithCallback.builder()
        .name("chat_connections_ended")
        .help("Connections that have ended, by outcome")
        .labelNames("outcome")
        .callback(
            value -> {
              for (Outcome outcome : Outcome.values()) {
                value.call((double) metrics.of(outcome), outcome.label());
              }
            })
        .register(registry);
    CounterWithCallback.builder()
        .name("chat_violations")
        .help("Connections closed for breaking the protocol, by the rule they broke")
        .labelNames("kind")
        .callback(
            value -> {
              for (Violation violation : Violation.values()) {
                value.call((double) metrics.of(violation), violation.code());
              }
            })
        .register(registry);
    CounterWithCallback.builder()
        .name("chat_http_requests")
        .help("HTTP requests answered, by kind and class of status")
        .labelNames("kind", "status")
        .callback(
            value -> {
              for (RequestKind kind : RequestKind.values()) {
                for (int hundred = 1; hundred <= ServerMetrics.STATUS_CLASSES; hundred++) {
                  value.call(
                      (double) metrics.requests(kind, hundred), kind.label(), hundred + "xx");
                }
              }
            })
        .register(registry);
    counter(
        "chat_rate_limit_delays",
        "Times a member was not read from because it exceeded its rate",
        metrics::delays);
    CounterWithCallback.builder()
        .name("chat_rate_limit_delay_seconds")
        .help("Total time that members were not read from because they exceeded their rate")
        .callback(value -> value.call((double) metrics.delayNanos() / NANOS_PER_SECOND))
        .register(registry);
  }

  private void registerMessages() {
    count("chat_messages", "Messages and events that members have posted", LoopCounts.MESSAGES);
    count(
        "chat_message_bytes",
        "Size of these messages as one receiver gets them",
        LoopCounts.MESSAGE_BYTES);
    count("chat_deliveries", "Messages given to a member", LoopCounts.DELIVERIES);
    count("chat_delivery_bytes", "Bytes given to members", LoopCounts.DELIVERY_BYTES);
    registry.register(
        () ->
            histogram(
                "chat_burst_size_bytes",
                "Size of the messages that an event loop read at once and writes at once to each member",
                LoopCounts.BURST_BYTES,
                1,
                metrics.inAll(LoopCounts.BURSTS, LoopCounts.BURST_BYTES.length + 1),
                metrics.inAll(LoopCounts.MESSAGE_BYTES)));
    registry.register(
        () ->
            histogram(
                "chat_event_loop_lag_seconds",
                "Delay of a task that each event loop runs every second",
                LoopCounts.LAG_NANOS,
                NANOS_PER_SECOND,
                metrics.inAll(LoopCounts.LAGS, LoopCounts.LAG_NANOS.length + 1),
                metrics.inAll(LoopCounts.LAG_SUM)));
  }

  /** No counts without a store. */
  private void registerLog() {
    LogCounts log = metrics.log();
    counter("chat_log_failures", "Transactions that could not be stored", log::failures);
    registry.register(
        () ->
            spread(
                "chat_log_commit_seconds",
                "Time of a transaction, which stores everything that waits, of all rooms",
                LogCounts.NANOS,
                NANOS_PER_SECOND,
                log.transactions));
    registry.register(
        () ->
            spread(
                "chat_log_fsync_seconds",
                "The part of that time for syncing to disk",
                LogCounts.NANOS,
                NANOS_PER_SECOND,
                log.syncs));
    registry.register(
        () ->
            spread(
                "chat_log_commit_messages",
                "Messages that were stored in one transaction",
                LogCounts.MESSAGES,
                1,
                log.messages));
  }

  private static HistogramSnapshot spread(
      String name, String help, long[] bounds, double unit, LogCounts.Spread spread) {
    return histogram(name, help, bounds, unit, spread.counts(), spread.sum());
  }

  private void count(String name, String help, int index) {
    counter(name, help, () -> metrics.inAll(index));
  }

  private void counter(String name, String help, LongSupplier count) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(value -> value.call((double) count.getAsLong()))
        .register(registry);
  }

  private void gauge(String name, String help, LongSupplier now) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(value -> value.call((double) now.getAsLong()))
        .register(registry);
  }

  private static HistogramSnapshot histogram(
      String name, String help, long[] bounds, double unit, long[] counts, long sum) {
    double[] upperBounds =
        Arrays.copyOf(Arrays.stream(bounds).asDoubleStream().toArray(), counts.length);
    for (int i = 0; i < bounds.length; i++) {
      upperBounds[i] /= unit;
    }
    upperBounds[bounds.length] = Double.POSITIVE_INFINITY;
    return HistogramSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(
            HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(upperBounds, counts))
                .sum(sum / unit)
                .build())
        .build();
  }
}
