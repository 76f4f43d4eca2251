package io.chatroom.client.chat;

import io.chatroom.client.ChatException;
import io.chatroom.client.OwnedNames;
import io.chatroom.client.ServerAddress;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.FromServer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the user whether to claim their name: once for each name and server, where the server has
 * owned names. The next line is the answer. A line that is clearly a message is posted instead, and
 * the question lapses: later a "yes" may be meant for somebody in the room. Thread-safe.
 */
final class ClaimQuestion {

  private static final String LATER = "/claim claims the name later";

  private final ServerAddress server;
  private final @Nullable OwnedNames names;
  private final String name;
  private final Consumer<String> notes;
  private boolean isOpen;

  /**
   * @param names remembers that the question was asked; null: it is never asked
   * @param notes shows a sentence to the user
   */
  ClaimQuestion(
      ServerAddress server, @Nullable OwnedNames names, String name, Consumer<String> notes) {
    this.server = server;
    this.names = names;
    this.name = name;
    this.notes = notes;
  }

  /**
   * Asks, if the name is not owned yet and the question was not asked before. A server that is not
   * durable forgets owned names when it restarts, so there it does not ask.
   */
  synchronized void ask(FromServer.Welcome welcome) {
    if (names == null
        || welcome.owned()
        || !welcome.features().containsAll(List.of("claim", "durable"))) {
      return;
    }
    try {
      isOpen = names.isToBeAsked(server, name);
    } catch (ChatException e) {
      notes.accept(String.valueOf(e.getMessage()));
    }
    if (isOpen) {
      notes.accept(
          "claim the name "
              + VisibleText.name(name)
              + " on "
              + server
              + ", so that nobody else can use it? [y/N] (/claim does it later)");
    }
  }

  /**
   * Takes a typed line as the answer.
   *
   * @param claim claims the name
   * @return null if the line is no answer, and is to be posted
   */
  ChatSession.@Nullable Reply answer(String line, Runnable claim) {
    Answer answer = Answer.of(line);
    synchronized (this) {
      if (!isOpen) {
        return null;
      }
      isOpen = answer == Answer.UNCLEAR;
    }
    switch (answer) {
      case YES -> claim.run();
      case NO, NONE -> notes.accept(LATER);
      case OTHER -> {
        return null;
      }
      case UNCLEAR -> {
        notes.accept("not posted: answer the question about your name with y or n first");
        return ChatSession.Reply.REFUSED;
      }
    }
    return ChatSession.Reply.DONE;
  }
}
