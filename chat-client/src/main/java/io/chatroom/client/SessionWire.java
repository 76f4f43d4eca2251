package io.chatroom.client;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The current connection as the parts of a {@link Session} use it, on the client's thread. */
interface SessionWire {

  /** The delay before a refused request is sent again if the server names none. */
  long RETRY_MILLIS = 1_000;

  /** True from the welcome to the bye or the end of the connection. */
  boolean isWelcomed();

  /** Sends an object; drops it if there is no connection. */
  void send(FromClient object);

  /** Sends a request with a new q, and completes the future with its answer. */
  void request(
      Class<? extends FromServer> expected,
      Function<String, FromClient> request,
      CompletableFuture<FromServer> answer);

  /** The number of requests that await their answers. */
  int requests();

  /** Runs a task later, if this connection is still open then. */
  void later(long millis, Runnable task);

  /** Calls a listener; an exception of the listener ends the client. */
  void tell(Runnable call);

  /** The delay before the request that this error refused is sent again. */
  static long retryMillis(FromServer.Error error) {
    return error.afterMillis() == null ? RETRY_MILLIS : Math.max(1, error.afterMillis());
  }
}
