package io.chatroom.server.facts;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if another server has changed facts of the same kind at the same time. Nothing was changed
 * here, and the other server's changes are known by now.
 */
public final class ConflictException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * Maximum number of tries. Several servers can change the same kind at once, but each time at
   * least one of them succeeds.
   */
  private static final int TRIES = 20;

  public ConflictException() {
    super("another server has changed this at the same time, try again");
  }

  /** Returns true if a failure is a conflict. */
  public static boolean isWhy(@Nullable Throwable failure) {
    return failure instanceof ConflictException
        || (failure instanceof CompletionException && isWhy(failure.getCause()));
  }

  /**
   * Repeats an attempt until it meets no conflict, a bounded number of times.
   *
   * @param attempt makes a decision from current facts and changes facts; its other effects must be
   *     undone when its stage fails
   */
  public static <T extends @Nullable Object> CompletionStage<T> tryAgain(
      Supplier<CompletionStage<T>> attempt) {
    return tryAgain(attempt, TRIES);
  }

  private static <T extends @Nullable Object> CompletionStage<T> tryAgain(
      Supplier<CompletionStage<T>> attempt, int tries) {
    return attempt
        .get()
        .handle(
            (result, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedStage(result);
              }
              return tries > 1 && isWhy(failure)
                  ? tryAgain(attempt, tries - 1)
                  : CompletableFuture.<T>failedStage(failure);
            })
        .thenCompose(Function.identity());
  }
}
