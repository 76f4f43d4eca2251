package io.chatroom.client.terminal;

import io.chatroom.client.chat.Screen;
import java.io.IOException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The window for output and input. Input is for one thread. */
public interface Window extends Screen, AutoCloseable {

  /**
   * A line, with the key that ended it.
   *
   * @param key the key, or the end of input
   * @param text the typed text
   */
  record Input(Key key, String text) {}

  /** The ways in which a line ends. */
  enum Key {
    ENTER,
    INTERRUPT,
    END
  }

  /**
   * Waits for a line.
   *
   * @param typed its initial text
   */
  Input read(String typed) throws IOException;

  /**
   * Asks a question.
   *
   * @param otherwise the default answer
   * @return null if there is no answer
   */
  @Nullable String ask(String question, String otherwise) throws IOException;

  /** Ends a waiting {@link #read}, as if by Control-C. */
  void interrupt();

  /**
   * Sets the callback for the keys that switch to a room; it gets the room's number. The input line
   * is locked during the call, so it must not show anything. Does nothing if there are no such
   * keys.
   */
  default void onRoomKey(IntConsumer pressed) {}

  /** True if a line was refused that the user could not correct, as the input is not typed. */
  default boolean hasRefused() {
    return false;
  }

  /** Restores the terminal. */
  @Override
  void close();
}
