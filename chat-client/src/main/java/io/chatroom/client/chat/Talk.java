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
 * methods may be called from any thread, and none waits.
 */
interface Talk {

  /** What happens in a conversation. The calls come on threads of its own. */
  interface Events {

    /** An attempt has begun. */
    void connecting(ServerAddress server);

    /** A connection is there; everything that waits goes now. */
    void connected(ServerAddress server);

    /** A connection is there again, and nothing has been missed that is not told. */
    void resumed(ServerAddress server);

    /** The connection has held for so long that the server seems to accept us. */
    void held(ServerAddress server);

    /**
     * The connection has ended, and what others say meanwhile is not heard.
     *
     * @param reason a sentence for people, without its end
     * @param doubtful what had gone and nobody knows whether it arrived
     */
    void lost(String reason, List<String> doubtful);

    /** There is no connection; called again every second of the wait. */
    void retrying(String reason, Duration in);

    /** The server was never met before, and nobody vouches for it. Nothing more is tried. */
    void unknown(UnknownServerException server);

    /**
     * There is no session, and the seed's protocol may do. Nothing more happens here.
     *
     * @param isOldServer whether the server began none, and not for anybody
     */
    void noSessions(boolean isOldServer);

    /**
     * There will be no connection any more: reconnecting was switched off, or the server is not the
     * one that it was.
     */
    void over(String reason);

    /** Something that the person should know. */
    void note(String sentence);

    /** Somebody said something. */
    void heard(ChatMessage message);

    /** No more for the moment: the time to show what was heard. */
    void pause();

    /** The operating system has taken what we said. */
    void gone(String text);

    /** What has not gone yet, or was not acknowledged, whenever that changes. */
    void waiting(List<String> texts);
  }

  /** Begins to connect. To be called once. */
  void start();

  /**
   * Says these, in order, now or when there is a connection again.
   *
   * @return null, or a sentence that tells why none of them is said
   */
  @Nullable String say(List<String> texts);

  /** Does what a command about rooms asks for. */
  ChatSession.Reply run(Verb verb, String argument);

  /** Whether a line is the answer to a question that stands, and not to be said. */
  default boolean answers(String line) {
    return false;
  }

  /** Goes to the room with this number, if there is one. */
  void switchTo(int number);

  /**
   * Leaves: what was said goes out if there is a connection or one is being made, and the
   * connection ends in order. Called again, it answers the same.
   */
  CompletableFuture<Farewell> leave();

  /**
   * Leaves for another server: the same, but what has not gone waits for no connection here, and
   * nothing is told any more but what has gone. What the farewell names as unsent can be said
   * there.
   */
  CompletableFuture<Farewell> part();
}
