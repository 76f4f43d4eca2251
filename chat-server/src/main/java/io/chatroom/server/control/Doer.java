package io.chatroom.server.control;

import java.io.IOException;
import java.util.List;

/** Does what a command wants: in a running server, or in the command itself where none runs. */
public interface Doer {

  /**
   * Does it. May block for some seconds.
   *
   * @param words the command and what belongs to it
   * @return lines for people, safe to print
   * @throws IOException if it is not done; the message is one sentence for people, safe to print
   */
  List<String> run(List<String> words) throws IOException;
}
