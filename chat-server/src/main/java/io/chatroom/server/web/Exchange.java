package io.chatroom.server.web;

import io.chatroom.server.front.Newcomer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A complete request that awaits its answer, for its endpoint. */
final class Exchange implements Responder, Stream {

  /** The connection, which has one exchange at a time. */
  interface Connection {

    Newcomer newcomer();

    /** Sends the answer. */
    void answer(Answer answer);

    /** Begins a stream; returns false if it ends at once. */
    boolean stream(Map<String, String> headers);

    /** Ends a stream. */
    void endStream();
  }

  private enum State {
    WAITING,
    STREAMING,
    OVER
  }

  private final Connection connection;
  private State state = State.WAITING;
  private @Nullable Runnable whenGone;
  private boolean gone;

  Exchange(Connection connection) {
    this.connection = connection;
  }

  boolean isWaiting() {
    return state == State.WAITING;
  }

  boolean isStreaming() {
    return state == State.STREAMING;
  }

  @Override
  public void answer(Answer answer) {
    if (state == State.WAITING) {
      state = State.OVER;
      whenGone = null;
      gone = true; // the end of the connection no longer matters
      connection.answer(answer);
    } else {
      answer.body().release();
    }
  }

  @Override
  public Stream stream(Map<String, String> headers) {
    if (state == State.WAITING) {
      state = State.STREAMING;
      if (!connection.stream(headers)) {
        gone();
      }
    }
    return this;
  }

  @Override
  public void whenGone(Runnable task) {
    if (gone) {
      task.run();
    } else {
      whenGone = task;
    }
  }

  /** Must be called when the connection has ended. */
  void gone() {
    state = State.OVER;
    gone = true;
    Runnable task = whenGone;
    whenGone = null;
    if (task != null) {
      task.run();
    }
  }

  @Override
  public Newcomer connection() {
    return connection.newcomer();
  }

  @Override
  public void end() {
    if (state == State.STREAMING) {
      state = State.OVER;
      connection.endStream();
    }
  }

  @Override
  public boolean isOver() {
    return state == State.OVER;
  }
}
