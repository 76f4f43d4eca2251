package io.chatroom.client.bench;

import java.io.IOException;

/** Is felt now and then while something takes its time. */
@FunctionalInterface
interface Pulse {

  /** How often, about. */
  int MILLIS = 100;

  /**
   * A moment has passed.
   *
   * @param progress how far it is, in a few words
   * @throws IOException if there is no point in going on; its message is one sentence
   */
  void beat(String progress) throws IOException;
}
