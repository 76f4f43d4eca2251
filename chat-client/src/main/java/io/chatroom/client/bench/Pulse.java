package io.chatroom.client.bench;

import java.io.IOException;

/** Called regularly during a long operation. */
@FunctionalInterface
interface Pulse {

  /** About how many milliseconds pass between two calls. */
  int MILLIS = 100;

  /**
   * Reports progress.
   *
   * @param progress the progress, in a few words
   * @throws IOException to cancel the operation; the message is one sentence
   */
  void beat(String progress) throws IOException;
}
