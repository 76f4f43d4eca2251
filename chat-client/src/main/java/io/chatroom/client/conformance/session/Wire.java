package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Bytes;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Carries objects on a connection. One thread may read while others write. */
interface Wire {

  /** Returns what the client sends first. */
  Bytes opening();

  /** Reads what a server sends before its first object. */
  void readOpening(InputStream in) throws IOException;

  /** Encodes an object. */
  Bytes frame(Bytes object);

  /** Encodes the beginning of an object, which announces its {@code lengthBytes}. */
  Bytes announce(long lengthBytes);

  /**
   * Reads one object.
   *
   * @return {@code null} if the server ended its stream between objects
   * @throws IOException if the bytes are not an object; the message is a phrase for people
   */
  @Nullable Bytes read(InputStream in, Reply reply) throws IOException;

  /** Returns what announces the end of the stream; empty if the end itself is enough. */
  Bytes ending();

  /** Sends what the carrier itself must answer, such as a pong. */
  @FunctionalInterface
  interface Reply {
    void send(Bytes bytes);
  }

  /** The server broke the rules of the carrier; the message is a phrase for people. */
  final class WrongFrameException extends IOException {
    WrongFrameException(String message) {
      super(message);
    }
  }
}
