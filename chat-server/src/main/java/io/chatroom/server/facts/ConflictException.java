package io.chatroom.server.facts;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Another server has changed facts of the same kind at the same time: nothing was changed here, and
 * the other server's changes are known by now.
 */
public final class ConflictException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * How often to retry: several servers may change the same kind at once, but each time at least
   * one of them succeeds.
   */
  private static final int TRIES = 20;

  public ConflictException() {
    super("another server has changed the same at the same time, ask again");
  }

  /** Whether a failure is a conflict. */
  public static boolean isWhy(@Nullable Throwable failure) {
    return failure instanceof ConflictException
        || (failure instanceof CompletionException && isWhy(failure.getCause()));
  }

  /**
   * Retries an attempt until it meets no conflict, a bounded number of times.
   *
   * @param attempt decides by what is known, and changes facts; its other effects must be undone
   *     when its stage fails
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
