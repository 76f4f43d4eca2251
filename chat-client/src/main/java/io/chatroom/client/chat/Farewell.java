package io.chatroom.client.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of leaving a conversation.
 *
 * @param unsent the messages that were not sent
 * @param doubtful the messages that were sent, but may not have arrived
 * @param trouble why the last messages may not have arrived, as a sentence for people; or null
 */
public record Farewell(List<String> unsent, List<String> doubtful, @Nullable String trouble) {

  /** True if no message is known to be missing or in doubt. */
  public boolean isInOrder() {
    return unsent.isEmpty() && doubtful.isEmpty() && trouble == null;
  }
}
