package io.chatroom.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.log.Slice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A limited number of concurrent reads, the others in order; no turn is ever lost. */
class ReadGateTest {

  private static final Slice SLICE = new Slice("e", 1, 0, List.of());

  private final ReadGate gate = new ReadGate(2);

  /** The reads that have begun, oldest first. */
  private final List<CompletableFuture<Slice>> begun = new ArrayList<>();

  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final List<@Nullable Object> done = new ArrayList<>();

  @Test
  void beginsAsManyAsAllowedAndTheNextWhenOneIsDone() {
    read(4);
    assertThat(begun).hasSize(2);
    begun.get(1).complete(SLICE);
    assertThat(begun).as("what was read is not given yet").hasSize(2);
    runLoop();
    assertThat(begun).hasSize(3);
    begun.get(0).complete(SLICE);
    begun.get(2).complete(SLICE);
    runLoop();
    begun.get(3).complete(SLICE);
    runLoop();

    assertThat(done).containsExactly(SLICE, SLICE, SLICE, SLICE);
    read(3);
    assertThat(begun).as("there is room for two again").hasSize(6);
  }

  @Test
  void keepsTheOrderOfArrival() {
    ReadGate one = new ReadGate(1);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      one.read(
          () -> {
            order.add(number);
            return CompletableFuture.completedFuture(SLICE);
          },
          loop::add,
          (slice, failure) -> {});
    }
    runLoop();
    assertThat(order).containsExactly(0, 1, 2, 3, 4);
  }

  /** Otherwise all waiting requests would hold a partial page in memory. */
  @Test
  void continuesBegunReadsFirst() {
    ReadGate one = new ReadGate(1);
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      one.read(
          begins(order, number + " begins"),
          loop::add,
          (slice, failure) ->
              one.readOn(
                  begins(order, number + " goes on"),
                  loop::add,
                  (rest, none) -> order.add(number + " ends")));
    }
    runLoop();
    assertThat(order)
        .containsExactly(
            "0 begins",
            "0 goes on",
            "0 ends",
            "1 begins",
            "1 goes on",
            "1 ends",
            "2 begins",
            "2 goes on",
            "2 ends");
  }

  private static Supplier<CompletionStage<Slice>> begins(List<String> order, String what) {
    return () -> {
      order.add(what);
      return CompletableFuture.completedFuture(SLICE);
    };
  }

  @Test
  void reportsAFailureAndGoesOn() {
    read(3);
    IllegalStateException broken = new IllegalStateException("the disk is broken");
    begun.get(0).completeExceptionally(broken);
    runLoop();
    assertThat(done).containsExactly(broken);
    assertThat(begun).hasSize(3);
  }

  @Test
  void freesTheTurnOfAReadThatCannotBegin() {
    IllegalStateException closed = new IllegalStateException("the log is closed");
    for (int i = 0; i < 3; i++) {
      gate.read(
          () -> {
            throw closed;
          },
          loop::add,
          this::done);
    }
    runLoop();
    assertThat(done).containsExactly(closed, closed, closed);
    read(3);
    assertThat(begun).hasSize(2);
  }

  @Test
  void freesTheTurnOfAReadWhoseCallbackFails() {
    gate.read(
        () -> CompletableFuture.completedFuture(SLICE),
        loop::add,
        (slice, failure) -> {
          throw new IllegalStateException("a bug");
        });
    assertThatThrownBy(this::runLoop).hasMessage("a bug");
    read(3);
    assertThat(begun).hasSize(2);
  }

  @Test
  void freesTheTurnOfOneWhoseLoopHasStopped() {
    Executor stopped =
        task -> {
          throw new RejectedExecutionException("stopped");
        };
    for (int i = 0; i < 5; i++) {
      gate.read(() -> CompletableFuture.completedFuture(SLICE), stopped, this::done);
    }
    assertThat(done).isEmpty();
    read(3);
    assertThat(begun).hasSize(2);
  }

  private void read(int count) {
    for (int i = 0; i < count; i++) {
      gate.read(
          () -> {
            CompletableFuture<Slice> read = new CompletableFuture<>();
            begun.add(read);
            return read;
          },
          loop::add,
          this::done);
    }
  }

  private void done(@Nullable Slice slice, @Nullable Throwable failure) {
    done.add(slice == null ? failure : slice);
  }

  private void runLoop() {
    for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
      task.run();
    }
  }
}
