package io.chatroom.client.chat;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatListener;
import io.chatroom.client.Ending;
import io.chatroom.client.ServerAddress;
import io.chatroom.protocol.ChatMessage;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Connects over the network, on a thread for each attempt: looking up a name can take long, and
 * neither the screen nor the input may wait for it.
 */
final class NetDialer implements Dialer {

  private final ChatClient.Builder client;

  /**
   * @param client how to connect; must not be changed any more
   */
  NetDialer(ChatClient.Builder client) {
    this.client = client;
  }

  @Override
  public CompletableFuture<Link> dial(ServerAddress server, String name, Listener listener) {
    CompletableFuture<Link> answer = new CompletableFuture<>();
    inBackground(
        "connect",
        () -> {
          try {
            answer.complete(new NetLink(client.connect(server, name, adapt(listener))));
          } catch (IOException | RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  private static ChatListener adapt(Listener listener) {
    return new ChatListener() {
      @Override
      public void onMessage(ChatClient client, ChatMessage message) {
        listener.received(message);
      }

      @Override
      public void onPause() {
        listener.pause();
      }
    };
  }

  private static void inBackground(String what, Runnable task) {
    Thread thread = new Thread(task, what);
    thread.setDaemon(true);
    thread.start();
  }

  private record NetLink(ChatClient client) implements Link {

    @Override
    public CompletableFuture<Void> send(String text) {
      return client.send(text);
    }

    @Override
    public OptionalLong acknowledged() {
      return client.acknowledged();
    }

    @Override
    public CompletableFuture<Ending> closed() {
      return client.closed();
    }

    @Override
    public void leave() {
      inBackground("leave", client::close);
    }
  }
}
