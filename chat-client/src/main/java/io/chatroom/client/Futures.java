package io.chatroom.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Passes on the results of futures without wrapping their failures. */
final class Futures {

  private Futures() {}

  /** Completes a future as another one completes. */
  static <S, T> void pass(
      CompletableFuture<S> from, CompletableFuture<T> to, Function<? super S, ? extends T> result) {
    from.whenComplete(
        (object, failure) -> {
          if (failure == null) {
            to.complete(result.apply(object));
          } else {
            to.completeExceptionally(failure);
          }
        });
  }

  /** A new future that completes, without the result, as another one does. */
  static CompletableFuture<Void> done(CompletableFuture<?> from) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    from.whenComplete(
        (object, failure) -> {
          if (failure == null) {
            done.complete(null);
          } else {
            done.completeExceptionally(failure);
          }
        });
    return done;
  }
}
