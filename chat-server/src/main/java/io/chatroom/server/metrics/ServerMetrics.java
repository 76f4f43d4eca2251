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

/**
 * Counts what happens in one server. What happens often is counted by each event loop for itself
 * and summed up when somebody looks.
 */
public final class ServerMetrics implements Metrics {

  private final List<LoopCounts> loops = new CopyOnWriteArrayList<>();
  private final LongAdder joined = new LongAdder();
  private final Map<Outcome, LongAdder> outcomes = adders(Outcome.class);
  private final Map<Violation, LongAdder> violations = adders(Violation.class);
  private final LongAdder delays = new LongAdder();
  private final LongAdder delayNanos = new LongAdder();
  private final LogCounts log = new LogCounts();

  /** One for each, made in advance: from then on the map is only read. */
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

  /** For logs that survive the server. */
  public LogMetrics ofLog() {
    return log;
  }

  LogCounts log() {
    return log;
  }

  /** The sum of what all event loops have counted there. */
  long inAll(int index) {
    return loops.stream().mapToLong(loop -> loop.get(index)).sum();
  }

  /** The same for so many counts in a row. */
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
