package io.chatroom.server.control;

import java.io.IOException;
import java.util.List;

/** Runs commands: in a running server, or in the command's own process if there is none. */
public interface Doer {

  /**
   * Runs a command. May block for some seconds.
   *
   * @param words the command and its arguments
   * @return lines for people, safe to print
   * @throws IOException if it fails; the message is one sentence for people, safe to print
   */
  List<String> run(List<String> words) throws IOException;
}
