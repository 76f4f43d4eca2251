package io.chatroom.client.chat;

import io.chatroom.client.ServerAddress;
import io.chatroom.client.UnknownServerException;
import io.chatroom.protocol.ChatMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with one server, over any number of connections, in one of the two protocols. All
 * methods may be called from any thread, and none blocks.
 */
interface Talk {

  /** Receives the events of a conversation, on its threads. */
  interface Events {

    /** An attempt has begun. */
    void connecting(ServerAddress server);

    /** A connection was made, and waiting messages are sent now. */
    void connected(ServerAddress server);

    /** A connection was made again, and everything missed has been reported. */
    void resumed(ServerAddress server);

    /** The connection has held for long enough that the server seems to accept us. */
    void held(ServerAddress server);

    /**
     * The connection has ended; messages of others are missed meanwhile.
     *
     * @param reason a sentence for people, without its full stop
     * @param doubtful the messages that were sent, but may not have arrived
     */
    void lost(String reason, List<String> doubtful);

    /** Waiting to reconnect; called every second. */
    void retrying(String reason, Duration in);

    /**
     * The server is unknown, and no authority has issued its certificate. The conversation stops
     * here.
     */
    void unknown(UnknownServerException server);

    /**
     * There is no session, but the seed's protocol may work. The conversation stops here.
     *
     * @param isOldServer whether the server knows no sessions at all
     */
    void noSessions(boolean isOldServer);

    /**
     * The conversation is over for good: reconnecting is switched off, or the server cannot be
     * trusted any more.
     */
    void over(String reason);

    /** A notice for the person. */
    void note(String sentence);

    /** A message was received. */
    void heard(ChatMessage message);

    /** No more for the moment: the time to show what was received. */
    void pause();

    /** The operating system has accepted our messages. */
    void gone(String text);

    /** The messages that are not sent, or not acknowledged, yet; called whenever they change. */
    void waiting(List<String> texts);
  }

  /** Begins to connect. Call it once. */
  void start();

  /**
   * Sends these, in order, now or when there is a connection again.
   *
   * @return null, or a sentence that says why none of them is sent
   */
  @Nullable String say(List<String> texts);

  /** Runs a command about rooms. */
  ChatSession.Reply run(Verb verb, String argument);

  /**
   * Takes a line as the answer to an open question.
   *
   * @return null if there is none, or the line is no answer: it is to be posted
   */
  default ChatSession.@Nullable Reply answer(String line) {
    return null;
  }

  /** Goes to the room with this number, if there is one. */
  void switchTo(int number);

  /**
   * Leaves: sends what waits if there is a connection or one is being made, and ends the connection
   * in order. A second call returns the same future.
   */
  CompletableFuture<Farewell> leave();

  /**
   * Leaves for another server. Like {@link #leave}, but unsent messages do not wait for a
   * connection here, and from now on the only events are about sent messages. The messages that the
   * farewell names as unsent can be sent there.
   */
  CompletableFuture<Farewell> part();
}
