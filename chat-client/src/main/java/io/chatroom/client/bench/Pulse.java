package io.chatroom.client.bench;

import java.io.IOException;

/** Called now and then during a long operation. */
@FunctionalInterface
interface Pulse {

  /** About how often. */
  int MILLIS = 100;

  /**
   * Some time has passed.
   *
   * @param progress how far it is, in a few words
   * @throws IOException to give up; its message is one sentence
   */
  void beat(String progress) throws IOException;
}
