package io.chatroom.server.admin;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Checks whether a server is alive: whether each of its event loops runs a submitted task in time.
 * A thread that is stuck, or too busy to run it, fails.
 */
public final class Health implements Page {

  private final List<EventExecutor> loops = new ArrayList<>();
  private final Duration patience;

  /**
   * @param loops the event loops to check
   * @param patience maximum time that each can take
   */
  public Health(Iterable<EventExecutor> loops, Duration patience) {
    loops.forEach(this.loops::add);
    this.patience = patience;
  }

  @Override
  public CompletionStage<Reply> look(String accept) {
    Map<Integer, CompletableFuture<Void>> answers = new LinkedHashMap<>();
    for (int i = 0; i < loops.size(); i++) {
      answers.put(i, ask(loops.get(i)));
    }
    return CompletableFuture.allOf(answers.values().toArray(CompletableFuture<?>[]::new))
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .handle((all, late) -> late == null ? Reply.line(200, "ok") : silent(answers));
  }

  private static CompletableFuture<Void> ask(EventExecutor loop) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    try {
      loop.execute(() -> answer.complete(null));
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(e); // the loop has ended
    }
    return answer;
  }

  private Reply silent(Map<Integer, CompletableFuture<Void>> answers) {
    List<Integer> silent =
        answers.entrySet().stream()
            .filter(
                answer ->
                    !answer.getValue().isDone() || answer.getValue().isCompletedExceptionally())
            .map(Map.Entry::getKey)
            .toList();
    return Reply.line(
        503,
        "event loops "
            + silent
            + " of "
            + loops.size()
            + " have not run a task for "
            + patience.toMillis()
            + " ms");
  }
}
