package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.server.names.Denial;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of one session's requests. Each is a step, which may have to wait for prerequisites,
 * such as a room that is being loaded; later steps wait behind it. The session does not read from
 * its client meanwhile, which bounds the queue. Belongs to the session's event loop.
 */
final class Steps {

  private static final Logger log = LoggerFactory.getLogger(Steps.class);

  static final Denial NOT_KNOWN =
      Denial.of(Code.UNAVAILABLE, "The server cannot look this up for now, try again later.");

  /** Limit for a step whose prerequisites disappear as fast as they are met. */
  private static final int MAX_WAITS = 20;

  private static final Denial STOPS = Denial.of(Code.UNAVAILABLE, "The server is about to stop.");

  /** The prerequisites of a step. */
  interface Need {

    /** The next prerequisite to wait for; null if all are met. Called again once that is met. */
    @Nullable CompletionStage<?> next();
  }

  /** Prerequisites of which the first is requested before the step has its turn. */
  static final class Begun implements Need {

    private @Nullable CompletionStage<?> begun;
    private final Need more;

    /**
     * @param begun already requested; null if nothing
     * @param more all further prerequisites
     */
    Begun(@Nullable CompletionStage<?> begun, Need more) {
      this.begun = begun;
      this.more = more;
    }

    @Override
    public @Nullable CompletionStage<?> next() {
      CompletionStage<?> first = begun;
      begun = null;
      return first == null ? more.next() : first;
    }
  }

  /** Prerequisites followed by a last one, which is requested only once. */
  static final class Then implements Need {

    private final Need first;
    private @Nullable Need then;

    /**
     * @param first called until all of them are met
     * @param then called once after that
     */
    Then(Need first, Need then) {
      this.first = first;
      this.then = then;
    }

    @Override
    public @Nullable CompletionStage<?> next() {
      CompletionStage<?> needed = first.next();
      Need last = then;
      if (needed != null || last == null) {
        return needed;
      }
      then = null;
      return last.next();
    }
  }

  /** One request, with its prerequisites. */
  static final class Step {

    private final Need need;
    private final Runnable take;
    private final Consumer<Denial> refuse;
    private int waits;

    /**
     * @param need the prerequisites
     * @param take takes the request once they are met
     * @param refuse refuses the request with the given reason
     */
    Step(Need need, Runnable take, Consumer<Denial> refuse) {
      this.need = need;
      this.take = take;
      this.refuse = refuse;
    }
  }

  private final Executor loop;
  private final Runnable tookSome;
  private final Consumer<@Nullable Throwable> failed;

  /** The first one is waiting, or is being taken. */
  private final Deque<Step> steps = new ArrayDeque<>(1);

  /**
   * @param loop the session's event loop
   * @param tookSome called after steps that had to wait were taken
   * @param failed receives the defect that made taking such a step impossible
   */
  Steps(Executor loop, Runnable tookSome, Consumer<@Nullable Throwable> failed) {
    this.loop = loop;
    this.tookSome = tookSome;
    this.failed = failed;
  }

  /** True if no step is waiting. */
  boolean areTaken() {
    return steps.isEmpty();
  }

  /** How many steps are waiting. */
  int waiting() {
    return steps.size();
  }

  /** Takes a step once its prerequisites are met and all earlier steps are taken; perhaps now. */
  void take(Step step) {
    steps.addLast(step);
    if (steps.size() == 1) {
      try {
        goOn();
      } catch (RuntimeException e) {
        steps.clear(); // the caller ends the session
        throw e;
      }
    }
  }

  /**
   * Takes steps that are part of the one being taken, before all that wait behind that one.
   *
   * @param next in order
   */
  void takeNext(List<Step> next) {
    Step now = steps.pollFirst();
    if (now == null) {
      next.forEach(this::take);
      return;
    }
    for (int i = next.size() - 1; i >= 0; i--) {
      steps.addFirst(next.get(i));
    }
    steps.addFirst(now);
  }

  private void goOn() {
    for (Step step = steps.peekFirst(); step != null; step = steps.peekFirst()) {
      CompletionStage<?> needed = step.need.next();
      if (needed != null && step.waits < MAX_WAITS) {
        step.waits++;
        Step waiting = step;
        needed.whenComplete((met, failure) -> onLoop(() -> met(waiting, failure)));
        return;
      }
      if (needed == null) {
        step.take.run();
      } else {
        step.refuse.accept(NOT_KNOWN);
      }
      end(step);
    }
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // the server has stopped, and the session has ended with it
    }
  }

  /** A prerequisite is met, or has failed. */
  private void met(Step step, @Nullable Throwable failure) {
    if (steps.peekFirst() != step) {
      return; // it was given up
    }
    try {
      if (failure != null) {
        log.debug("a prerequisite of a request has failed", failure);
        step.refuse.accept(NOT_KNOWN);
        end(step);
      }
      goOn();
    } catch (RuntimeException e) {
      steps.clear();
      failed.accept(e);
      return;
    }
    tookSome.run();
  }

  /** Removes a step, unless it has ended the session and so removed all. */
  private void end(Step step) {
    if (steps.peekFirst() == step) {
      steps.removeFirst();
    }
  }

  /** The session has ended: drops all steps without an answer. */
  void forget() {
    steps.clear();
  }

  /** The server is stopping: refuses all waiting steps. */
  void giveUp() {
    List<Step> waiting = List.copyOf(steps);
    steps.clear();
    waiting.forEach(step -> step.refuse.accept(STOPS));
  }
}
