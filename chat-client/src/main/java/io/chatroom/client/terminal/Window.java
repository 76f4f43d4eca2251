package io.chatroom.client.terminal;

import io.chatroom.client.chat.Screen;
import java.io.IOException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Where a person reads and types. Typing is for one thread. */
public interface Window extends Screen, AutoCloseable {

  /**
   * How a line was ended.
   *
   * @param key by which key, or that there is no more input
   * @param text what had been typed
   */
  record Input(Key key, String text) {}

  /** What ends a line. */
  enum Key {
    ENTER,
    INTERRUPT,
    END
  }

  /**
   * Waits for a line.
   *
   * @param typed what stands in it already
   */
  Input read(String typed) throws IOException;

  /**
   * Asks a question.
   *
   * @param otherwise what an empty answer means
   * @return null if there is no answer
   */
  @Nullable String ask(String question, String otherwise) throws IOException;

  /** Makes a {@link #read} that waits end, as if by Control-C. */
  void interrupt();

  /**
   * Who is told that a key was pressed that goes to a room, with its number. The line that is being
   * typed is locked meanwhile, so nothing may be shown from there. Does nothing where there are no
   * such keys.
   */
  default void onRoomKey(IntConsumer pressed) {}

  /** Whether a line was refused that its author could not mend, as it is not typed in here. */
  default boolean hasRefused() {
    return false;
  }

  /** Gives the terminal back as it was. */
  @Override
  void close();
}
