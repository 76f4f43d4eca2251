package io.chatroom.client.chat;

import io.chatroom.client.Ending;
import io.chatroom.client.ServerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Connections that follow a script. */
final class ScriptedDialer implements Dialer {

  /** One attempt to connect, and the connection if it succeeds. */
  static final class Call implements Link {
    final ServerAddress server;
    final String name;
    final Listener listener;
    final CompletableFuture<Link> answer = new CompletableFuture<>();
    final List<String> sent = new ArrayList<>();
    final List<CompletableFuture<Void>> confirmations = new ArrayList<>();
    final CompletableFuture<Ending> closed = new CompletableFuture<>();
    boolean left;

    /** The number of messages that the system reports as acknowledged. */
    OptionalLong acknowledged = OptionalLong.of(Long.MAX_VALUE);

    /** True if messages are accepted at once. */
    boolean quick = true;

    private Call(ServerAddress server, String name, Listener listener) {
      this.server = server;
      this.name = name;
      this.listener = listener;
    }

    void accept() {
      answer.complete(this);
    }

    void refuse() {
      refuse(new IllegalStateException("refused"));
    }

    void refuse(Exception why) {
      answer.completeExceptionally(why);
    }

    @Override
    public CompletableFuture<Void> send(String text) {
      sent.add(text);
      CompletableFuture<Void> confirmation = new CompletableFuture<>();
      confirmations.add(confirmation);
      if (quick) {
        confirmation.complete(null);
      }
      return confirmation;
    }

    @Override
    public OptionalLong acknowledged() {
      return acknowledged;
    }

    @Override
    public CompletableFuture<Ending> closed() {
      return closed;
    }

    @Override
    public void leave() {
      left = true;
    }
  }

  final List<Call> calls = new ArrayList<>();

  @Override
  public CompletableFuture<Link> dial(ServerAddress server, String name, Listener listener) {
    Call call = new Call(server, name, listener);
    calls.add(call);
    return call.answer;
  }

  Call last() {
    return calls.get(calls.size() - 1);
  }
}
