package io.chatroom.client.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a conversation was left.
 *
 * @param unsent what could not be said
 * @param doubtful what had gone, and nobody knows whether it arrived
 * @param trouble why the last of what was said may not have arrived, as a sentence for people; or
 *     null
 */
public record Farewell(List<String> unsent, List<String> doubtful, @Nullable String trouble) {

  /** Whether everything that was said has arrived, as far as the protocol can tell. */
  public boolean isInOrder() {
    return unsent.isEmpty() && doubtful.isEmpty() && trouble == null;
  }
}
