package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Bytes;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** How objects are carried on a connection. Reading and writing may be in different threads. */
interface Wire {

  /** What the client sends first. */
  Bytes opening();

  /** Reads what a server sends before its first object. */
  void readOpening(InputStream in) throws IOException;

  /** An object, as it is put on the connection. */
  Bytes frame(Bytes object);

  /** The beginning of an object of so many bytes, which says how many they are. */
  Bytes announce(long lengthBytes);

  /**
   * Reads one object.
   *
   * @return {@code null} if the server has ended its stream where an object could have begun
   * @throws IOException if what came is none; the message is a phrase for people
   */
  @Nullable Bytes read(InputStream in, Reply reply) throws IOException;

  /** What says that nothing more will come; empty where the end of the stream says so itself. */
  Bytes ending();

  /** Sends what a carrier owes by itself. */
  @FunctionalInterface
  interface Reply {
    void send(Bytes bytes);
  }

  /** What came is not as the carrier has it; the message is a phrase for people. */
  final class WrongFrameException extends IOException {
    WrongFrameException(String message) {
      super(message);
    }
  }
}
