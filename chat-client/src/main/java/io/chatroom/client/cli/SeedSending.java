package io.chatroom.client.cli;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatException;
import io.chatroom.client.Ending;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends in the seed's protocol, which confirms nothing: a message that the server's system has
 * acknowledged may have arrived.
 */
final class SeedSending implements Sending {

  /** Maximum number of characters in flight before the next line is read. */
  private static final int WINDOW_CHARS = 64 * 1024;

  /** Maximum number of texts that are kept until they are acknowledged. */
  private static final int REMEMBERED_MESSAGES = 100_000;

  private final ChatClient client;
  private final Runnable works;
  private final Unacknowledged sent = new Unacknowledged(REMEMBERED_MESSAGES);

  /**
   * @param works called when the server has shown that it speaks this protocol
   */
  SeedSending(ChatClient client, Runnable works) {
    this.client = client;
    this.works = works;
  }

  @Override
  public void send(Source source) throws IOException {
    CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    int unconfirmed = 0;
    for (String text = source.next(); text != null; text = source.next()) {
      if (text.isEmpty()) {
        continue;
      }
      last = client.send(text);
      if (!last.isCompletedExceptionally()) {
        sent.add(text, client.acknowledged());
      }
      unconfirmed += text.length();
      if (unconfirmed > WINDOW_CHARS || last.isCompletedExceptionally()) {
        Await.result(last);
        unconfirmed = 0;
      }
    }
    Await.result(last);
  }

  @Override
  public CompletableFuture<?> gone() {
    return client.closed();
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public boolean tell(@Nullable IOException trouble, Consumer<String> line) {
    String lost = null;
    try {
      if (Await.result(client.closed()) == Ending.BY_SERVER) {
        lost = "connection is gone";
      }
    } catch (IOException e) {
      lost = ClientCommand.sentence(e);
    }
    if (trouble != null && (lost == null || !(trouble instanceof ChatException))) {
      line.accept(ClientCommand.sentence(trouble)); // else it is a consequence of the loss
    }
    if (lost != null) {
      line.accept(lost);
      sent.tell(client.acknowledged(), line);
    }
    if (lost == null) {
      works.run();
    }
    return trouble == null && lost == null;
  }
}
