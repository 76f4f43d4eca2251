package io.chatroom.server.metrics;

import io.chatroom.protocol.Violation;
import io.chatroom.server.log.LogMetrics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Counts the events of one server. Frequent events are counted by each event loop separately and
 * summed up on request.
 */
public final class ServerMetrics implements Metrics {

  /** From 1xx to 5xx. */
  static final int STATUS_CLASSES = 5;

  private final List<LoopCounts> loops = new CopyOnWriteArrayList<>();
  private final LongAdder joined = new LongAdder();
  private final Map<Outcome, LongAdder> outcomes = adders(Outcome.class);
  private final Map<Violation, LongAdder> violations = adders(Violation.class);
  private final LongAdder delays = new LongAdder();
  private final LongAdder delayNanos = new LongAdder();
  private final Map<RequestKind, List<LongAdder>> requests = new EnumMap<>(RequestKind.class);
  private final LogCounts log = new LogCounts();

  /** Creates all counters. */
  public ServerMetrics() {
    for (RequestKind kind : RequestKind.values()) {
      requests.put(kind, Stream.generate(LongAdder::new).limit(STATUS_CLASSES).toList());
    }
  }

  /** One adder for each, created in advance, so that the map is only read after that. */
  private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> kinds) {
    Map<E, LongAdder> adders = new EnumMap<>(kinds);
    for (E kind : kinds.getEnumConstants()) {
      adders.put(kind, new LongAdder());
    }
    return adders;
  }

  private static <E extends Enum<E>> LongAdder of(Map<E, LongAdder> adders, E kind) {
    return Objects.requireNonNull(adders.get(kind));
  }

  @Override
  public LoopMetrics ofLoop() {
    LoopCounts counts = new LoopCounts();
    loops.add(counts);
    return counts;
  }

  @Override
  public void joined() {
    joined.increment();
  }

  @Override
  public void ended(Outcome outcome) {
    of(outcomes, outcome).increment();
  }

  @Override
  public void violation(Violation violation) {
    of(violations, violation).increment();
  }

  @Override
  public void delayed(long nanos) {
    delays.increment();
    delayNanos.add(nanos);
  }

  @Override
  public void requested(RequestKind kind, int status) {
    of(kind, status / 100).increment();
  }

  private LongAdder of(RequestKind kind, int statusClass) {
    return Objects.requireNonNull(requests.get(kind)).get(statusClass - 1);
  }

  /** The number of requests of a kind that were answered with a status of a class, from 1 to 5. */
  long requests(RequestKind kind, int statusClass) {
    return of(kind, statusClass).sum();
  }

  /** The counts of durable logs. */
  public LogMetrics ofLog() {
    return log;
  }

  LogCounts log() {
    return log;
  }

  /** The sum of a count over all event loops. */
  long inAll(int index) {
    return loops.stream().mapToLong(loop -> loop.get(index)).sum();
  }

  /** The sums of several consecutive counts over all event loops. */
  long[] inAll(int index, int count) {
    return LongStream.range(index, index + count).map(i -> inAll((int) i)).toArray();
  }

  long joins() {
    return joined.sum();
  }

  long of(Outcome outcome) {
    return of(outcomes, outcome).sum();
  }

  long of(Violation violation) {
    return of(violations, violation).sum();
  }

  long delays() {
    return delays.sum();
  }

  long delayNanos() {
    return delayNanos.sum();
  }
}
