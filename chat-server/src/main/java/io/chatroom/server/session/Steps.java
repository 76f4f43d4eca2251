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
 * What one session takes, one step after the other, where something may have to be asked for first:
 * what comes behind a step that waits is taken behind it. The session is not read from meanwhile,
 * which bounds how many there are. Belongs to the session's event loop.
 */
final class Steps {

  private static final Logger log = LoggerFactory.getLogger(Steps.class);

  static final Denial NOT_KNOWN =
      Denial.of(Code.UNAVAILABLE, "The server cannot look this up for now, try again later.");

  /** A step that has to ask more often is refused: what it asks for is forgotten again at once. */
  private static final int MOST_QUESTIONS = 20;

  private static final Denial STOPS = Denial.of(Code.UNAVAILABLE, "The server is about to stop.");

  /** What a step has to wait for. */
  interface Need {

    /** Null if there is nothing, or nothing more. Asked again when what it gave has come. */
    @Nullable CompletionStage<?> next();
  }

  /** What was asked for before the step has its turn, so that many are asked for at once. */
  static final class Begun implements Need {

    private @Nullable CompletionStage<?> begun;
    private final Need more;

    /**
     * @param begun what was asked for; null if nothing
     * @param more what else there is
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

  /** What is asked for once, when all else is there. */
  static final class Then implements Need {

    private final Need first;
    private @Nullable Need then;

    /**
     * @param first asked until there is nothing more
     * @param then asked once behind that
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

  /** One step. */
  static final class Step {

    private final Need need;
    private final Runnable take;
    private final Consumer<Denial> refuse;
    private int questions;

    /**
     * @param need what has to come before it is taken
     * @param take takes it
     * @param refuse answers that it is not taken, and why
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

  /** The first of them waits, or is being taken. */
  private final Deque<Step> steps = new ArrayDeque<>(1);

  /**
   * @param loop the session's event loop
   * @param tookSome called when steps were taken that had to wait
   * @param failed gets the defect for which one of those could not be taken
   */
  Steps(Executor loop, Runnable tookSome, Consumer<@Nullable Throwable> failed) {
    this.loop = loop;
    this.tookSome = tookSome;
    this.failed = failed;
  }

  boolean areTaken() {
    return steps.isEmpty();
  }

  /** How many wait. */
  int waiting() {
    return steps.size();
  }

  /** Takes a step: at once, or as soon as it can be and all before it are taken. */
  void take(Step step) {
    steps.addLast(step);
    if (steps.size() == 1) {
      try {
        goOn();
      } catch (RuntimeException e) {
        steps.clear(); // the session ends for it
        throw e;
      }
    }
  }

  /**
   * Takes steps that belong to the one that is being taken: before all that came behind that.
   *
   * @param next in their order
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
      if (needed != null && step.questions < MOST_QUESTIONS) {
        step.questions++;
        Step waits = step;
        needed.whenComplete((come, failure) -> onLoop(() -> came(waits, failure)));
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
      // the server has ended, and the session with it
    }
  }

  /** What a step has waited for has come, or never will. */
  private void came(Step step, @Nullable Throwable failure) {
    if (steps.peekFirst() != step) {
      return; // it was given up
    }
    try {
      if (failure != null) {
        log.debug("what a session has to wait for has failed", failure);
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

  /** It may have ended the session, and so given up all. */
  private void end(Step step) {
    if (steps.peekFirst() == step) {
      steps.removeFirst();
    }
  }

  /** Nobody waits for an answer any more. */
  void forget() {
    steps.clear();
  }

  /** The server stops: whoever waits is told to ask again. */
  void giveUp() {
    List<Step> waiting = List.copyOf(steps);
    steps.clear();
    waiting.forEach(step -> step.refuse.accept(STOPS));
  }
}
